"""The spool keeps what the warehouse does not surely hold."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.jobs.forget_clicks import KEPT, forget_drained_clicks
from hotdash.storage.appdb.session import Database
from tests.connectors.clickstream.test_spool import House
from tests.fixtures.shops import SeededShop


@pytest.fixture
def house(database: Database, shop: SeededShop, tmp_path: Path) -> Iterator[House]:
    house = House(database, shop.shop_id, tmp_path)
    yield house
    house.warehouse.close()


def forget(house: House) -> int:
    return forget_drained_clicks(
        house.spool.database, house.warehouse, [house.shop_id, "nobody"], house.clock
    )


def test_nothing_is_forgotten_before_its_load_and_its_time(house: House) -> None:
    house.click("a")
    house.load()
    house.clock.advance(KEPT + timedelta(hours=1))
    house.click("b")
    house.clock.advance(KEPT + timedelta(hours=1))
    assert forget(house) == 1, "b was never loaded"
    house.load()
    assert forget(house) == 1
    assert house.ids == ["a", "b"]
