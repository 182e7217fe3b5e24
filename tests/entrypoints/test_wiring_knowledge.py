"""The night's reading as the worker does it: one site's trouble keeps no other site and no index waiting."""

from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.settings import Settings
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_knowledge import read_and_index
from hotdash.jobs.crawl_sites import CrawlError
from hotdash.storage.appdb.repositories import knowledge, site_pages
from hotdash.storage.appdb.session import Database
from tests.fixtures.own_site import own_site, page
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, NOW, ROD


@pytest.mark.usefixtures("two_shops")
def test_one_shops_mistyped_site_keeps_neither_the_other_nor_the_index_waiting(
    database: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    with own_site({"/": page("Lacquer from Kyoto.")}) as site:
        house = _house(database, database_urls, tmp_path, {ROD: "shop.example", KYOTO: site.root})
        with pytest.raises(CrawlError) as told:
            read_and_index(house)

    assert f"shop.example of {ROD} (failed)" in str(told.value)
    with database.jobs() as session:
        crawls = [site_pages.last_crawl(session, each) for each in (ROD, KYOTO)]
        built = {each.shop_id: each for each in knowledge.list_builds(session)}
    assert [each and (each.stopped, each.asked) for each in crawls] == [("failed", 0), ("done", 1)]
    assert built.keys() == {None, ROD, KYOTO}
    assert built[KYOTO].documents == 1


def _house(
    database: Database, urls: DatabaseUrls, home: Path, sites: dict[str, str]
) -> Installation:
    told = {
        "environment": "development",
        "home": home,
        "database_url": urls.owner,
        "knowledge_sites": sites,
    }
    settings = Settings.model_validate(told)
    house = Installation(settings, database, None)
    house.clock = FixedClock(NOW)
    return house
