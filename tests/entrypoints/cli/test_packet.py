"""hotdash packet make|list|show, as a person types them at an installation's home."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from tests.fixtures.commands import Commands
from tests.fixtures.storefront import KYOTO, ROD, Storefront

WEEK = ("--week", "2026-W46")


@pytest.fixture
def at_home(storefront: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    return Commands(tmp_path, storefront.database.direct_uri)


def packet(commands: Commands, *arguments: str, code: int = 0) -> str:
    return commands.shown("packet", *arguments, code=code)


def test_a_week_is_made_kept_listed_and_shown_as_it_was(
    at_home: Commands, storefront: Storefront, tmp_path: Path
) -> None:
    assert "No week is kept yet" in packet(at_home, "list", "--shop", ROD)
    made = at_home.told("packet", "make", "--shop", ROD, *WEEK, "--folder", "first", "--keep")
    assert made["kept"]
    assert made["files"] == [
        f"first/packet-hot-rod-an-2026-W46.{ending}" for ending in ("html", "pdf", "json", "ipynb")
    ]
    storefront.publish(ROD, growth=2)
    again = at_home.told("packet", "make", "--shop", ROD, *WEEK, "--folder", "second", "--keep")
    assert not again["kept"], "the archive has one of this week"
    shown = at_home.told(
        *("packet", "show", "--shop", ROD, "--folder", "kept"),
        *(part for form in ("html", "pdf", "json", "ipynb") for part in ("--format", form)),
    )
    for file in (Path(each) for each in made["files"]):
        kept = (tmp_path / "kept" / file.name).read_bytes()
        assert kept == (tmp_path / file).read_bytes()
        assert kept != (tmp_path / "second" / file.name).read_bytes()
    document = orjson.loads((tmp_path / "kept" / "packet-hot-rod-an-2026-W46.json").read_bytes())
    assert shown["headline"] == document["headline"][0]["text"]
    assert shown["sent_at"] is None
    [listed] = at_home.told("packet", "list", "--shop", ROD)["packets"]
    assert listed == {name: shown[name] for name in listed}
    assert "2026-W46" in packet(at_home, "list", "--shop", ROD)
    assert shown["headline"] in packet(at_home, "show", "--shop", ROD, *WEEK)


def test_one_format_writes_one_file_and_keeps_nothing(
    at_home: Commands, storefront: Storefront, tmp_path: Path
) -> None:
    told = packet(at_home, "make", "--shop", KYOTO, *WEEK, "--format", "pdf")
    assert told.splitlines()[0].startswith("Revenue was ¥")
    assert [each.name for each in tmp_path.glob("packet-*")] == ["packet-kustom-kyoto-2026-W46.pdf"]
    with storefront.database.jobs() as session:
        assert session.scalars(text("select count(*) from app.packets")).one() == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("make", "--shop", "nobody"), "There is no shop 'nobody'."),
        (("make", "--shop", ROD, "--week", "47"), "'47' is no week."),
        (("make", "--shop", ROD, "--week", "2099-W01"), "Week 2099-W01 of hot-rod-an is not over"),
        (("show", "--shop", ROD, *WEEK), "No packet of hot-rod-an is kept of week 2026-W46."),
        (("show", "--shop", ROD), "No packet of hot-rod-an is kept yet."),
    ],
)
def test_what_cannot_be_done_says_why(
    at_home: Commands, arguments: tuple[str, ...], told: str
) -> None:
    assert at_home.error("packet", *arguments)["message"].startswith(told)
