"""One world with something for every tool: tiles, visits of orders, checks, decisions, a kept week."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.jobs.weekly_packet import keep_week
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.agents import BASE_URL, Agent
from tests.fixtures.asked import ask
from tests.fixtures.attribution_world import publish_attribution
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import OWNER, ROD, Storefront, copied
from tests.fixtures.web import web, web_in_front_of

__all__ = ["web", "web_in_front_of"]
WEEK = "2026-W46"


@pytest.fixture(scope="session")
def told(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    """To look at; what is proposed here stays in the queue."""
    with copied(template_urls, storefront_template, tmp_path_factory.mktemp("told")) as storefront:
        publish_attribution(storefront)
        ask(storefront.database, storefront.clock.now())
        clock = FixedClock(Week.parse(WEEK).is_sent_at("America/Los_Angeles"))
        with storefront.database.jobs() as session:
            rod = next(each for each in list_shops(session) if each.shop_id == ROD)
        keep_week(storefront.database, clock, rod, Week.parse(WEEK), BASE_URL)
        yield storefront


@pytest.fixture(scope="session")
def owner(told: Storefront) -> Agent:
    return Agent.holding(told, told.token_of(OWNER))


@pytest.fixture
def changed(storefront: Storefront, tmp_path: Path) -> Agent:
    """Of a world to change."""
    del tmp_path
    return Agent.holding(storefront, storefront.token_of(OWNER))
