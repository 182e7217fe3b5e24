"""hotdash studies list|show, as a person types them at an installation's home."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import SystemClock
from hotdash.insights.studies.catalog import STUDIES
from tests.fixtures.commands import Commands
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, ROD, Storefront
from tests.fixtures.study_world import LEAD, studying


@pytest.fixture(scope="module")
def studied(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    """Commands read this machine's clock, and a baseline is of the year before it."""
    folder = tmp_path_factory.mktemp("studied")
    start = (SystemClock().now() - timedelta(days=40)).date()
    with studying(template_urls, storefront_template, folder, start) as storefront:
        yield storefront


@pytest.fixture
def at_home(studied: Storefront, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    monkeypatch.chdir(tmp_path)
    return Commands(tmp_path, studied.database.direct_uri)


def test_the_list_says_what_each_found_or_lacks(at_home: Commands) -> None:
    told = at_home.told("studies", "list", "--shop", ROD)
    assert told["shop"] == ROD
    states = {each["study"]: each["state"] for each in told["studies"]}
    assert list(states) == [each.name for each in STUDIES]
    assert states == {
        "activation": "not_enough",
        "sla-anomalies": "moves_together",
        "inventory-fulfillment": "not_enough",
        "satisfaction-sales": "no_link",
        "campaigns-stock": "not_connected",
        "stock-conversations": "not_enough",
    }
    assert "satisfaction-sales" in at_home.shown("studies", "list", "--shop", ROD)


def test_one_is_shown_with_its_query(at_home: Commands) -> None:
    document = at_home.told("studies", "show", "sla-anomalies", "--shop", ROD)
    assert document["blocked"] == []
    assert document["study"]["pair"]["link"]["lag"] == LEAD
    shown = at_home.shown("studies", "show", "sla-anomalies", "--shop", ROD)
    for told in (
        document["study"]["verdict"],
        "at a lead of 3 days",
        "Builds: fct_conversations ",
        "from serving.fct_landing_pages as fact",
        "Moving together is no cause",
    ):
        assert told in shown


def test_a_baseline_is_over_all_shops_or_the_one_named(at_home: Commands) -> None:
    everywhere = at_home.told("studies", "show", "activation")["study"]["baseline"]
    assert (everywhere["shops"], everywhere["started"], everywhere["activated"]) == (2, 1, 1)
    of_one = at_home.told("studies", "show", "activation", "--shop", KYOTO)["study"]["baseline"]
    assert (of_one["shops"], of_one["started"]) == (1, 0)
    assert "from no publication" in at_home.shown("studies", "show", "activation")


def test_what_is_not_there_is_named(at_home: Commands) -> None:
    assert "sla-anomalies" in at_home.shown("studies", "show", "weather", code=1)
    assert "There are 2 shops." in at_home.shown("studies", "list", code=1)
    assert ROD in at_home.shown("studies", "list", "--shop", "nowhere", code=1)
