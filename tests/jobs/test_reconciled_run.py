"""A whole run finds by itself what was deleted at the vendor, and what came back, and publishes either way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.parity import Parity
from hotdash.base.progress import SilentProgress
from hotdash.base.settings import load_settings
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.jobs.parity import LentRows, serving_parity
from hotdash.jobs.refresh import refresh
from hotdash.jobs.validate_launch import validate
from hotdash.simulators.world import World
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle


@pytest.fixture
def house(
    database_urls: DatabaseUrls, simulator: SimulatorHandle, tmp_path: Path
) -> Iterator[Installation]:
    """In the simulator's time."""
    settings = load_settings(home=tmp_path, database_url=database_urls.owner)
    with open_installation(settings) as house:
        house.clock = simulator
        house.save_shop(SHOP_ID, simulator.shops[SHOP_ID]["sources"]["shopify"])
        yield house


def run(house: Installation) -> Any:
    with house.refresh_context() as work:
        [shop] = refresh(work, SilentProgress()).shops
    assert not shop.failed, shop.findings
    return shop


def outcome(shop: Any) -> tuple[int, int, list[Any], str]:
    compared = shop.sources["shopify"]["reconciliation"]
    told = (compared["vanished"], compared["fetched"], compared["left"])
    return (*told, shop.marts["fct_orders"]["outcome"])


def kept_from_signing(house: Installation) -> list[tuple[str, str]]:
    """What a launch validation has against the numbers of this run, with every check really asked."""

    @contextmanager
    def opened() -> Iterator[Warehouse]:
        with house.warehouse() as warehouse:
            yield warehouse

    def compare(shop_id: str) -> Parity:
        return serving_parity(house.database, LentRows(opened), shop_id)

    report = validate(house.database, house.clock, SHOP_ID, compare)
    return [(each.name, each.told) for each in report.keeps_from_signing]


def test_an_order_deleted_long_ago_and_one_that_came_back(
    house: Installation, simulator: SimulatorHandle, world: World
) -> None:
    order = max(each.order_id for each in world.orders_as_of(UNTIL - timedelta(days=40), SHOP_ID))
    assert outcome(run(house)) == (0, 0, [], "published")
    assert kept_from_signing(house) == []

    simulator.vanish(order)
    simulator.advance(timedelta(days=1))
    assert outcome(run(house)) == (1, 0, [], "published")

    now = simulator.now()
    simulator.reset()
    simulator.set_clock(now + timedelta(days=1))
    assert outcome(run(house)) == (0, 1, [], "published")
