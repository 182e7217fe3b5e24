"""hotdash anomalies look|list|show|answer, as a person types them at an installation's home."""

import re
from pathlib import Path

import pytest

from tests.fixtures.commands import Commands
from tests.fixtures.fallen_day import FALLEN, fallen, publish
from tests.fixtures.storefront import ROD, Storefront


@pytest.fixture
def at_home(storefront: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    return Commands(tmp_path, storefront.database.direct_uri)


def test_a_fallen_day_is_looked_for_listed_shown_and_answered(
    at_home: Commands, storefront: Storefront
) -> None:
    assert "Nobody has looked yet" in at_home.shown("anomalies", "list", "--shop", ROD)
    publish(storefront, fallen())
    looked = at_home.told("anomalies", "look", "--shop", ROD)["looked"]
    assert looked[0]["new"] > 0
    assert "Nothing was published" in at_home.shown("anomalies", "look", "--shop", ROD)

    listed = at_home.told("anomalies", "list", "--shop", ROD, "--level", "alert")
    assert listed["look"]["last_day"] == FALLEN.isoformat()
    revenue = next(each for each in listed["anomalies"] if each["series"] == "revenue")
    assert revenue["driver"].startswith("It comes from country US")
    assert "Revenue" in at_home.shown("anomalies", "list", "--shop", ROD)

    shown = at_home.told("anomalies", "show", revenue["id"][-8:])
    assert shown["context"]["driver"]["named"] == "US"
    words = at_home.shown("anomalies", "show", revenue["id"][-8:])
    flat = " ".join(words.split())
    for sentence in (*shown["sentences"], "Nothing that Hotdash knows of came before it."):
        assert sentence in flat
    assert shown["is_new"]
    assert "standard deviations, judged from the eight weeks before, of which " in flat
    assert re.search(r"days count; usual are \$[\d,]+(\.\d\d)? to \$[\d,]+(\.\d\d)?\.", flat)

    refused = at_home.shown("anomalies", "answer", revenue["id"], "explained", code=1)
    assert "without a reason" in refused
    assert "no answer" in at_home.shown("anomalies", "answer", revenue["id"], "gone", code=1)
    answered = at_home.told(
        *("anomalies", "answer", revenue["id"], "explained"),
        *("--reason", "The US checkout was closed."),
    )
    assert answered["state"] == "explained"
    explained = at_home.told("anomalies", "list", "--shop", ROD, "--state", "explained")
    assert [each["id"] for each in explained["anomalies"]] == [revenue["id"]]
