"""A shop's raw tables with one person in them, and the desk that erases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures import planted_person as person
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.shops import add_shop

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def desk_of(database: Database, home: Path) -> PrivacyDesk:
    databases = frozenset(home / name for name in ("warehouse.duckdb", "warehouse.duckdb.wal"))
    warehouse = open_warehouse("duckdb", home=home, memory_mb=256, url=None)
    return PrivacyDesk(database, warehouse, home, FixedClock(NOW), databases)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[PrivacyDesk]:
    with database.jobs() as session:
        add_shop(session, person.SHOP)
    desk = desk_of(database, tmp_path)
    person.tell(RawWorld(desk.warehouse))
    yield desk
    desk.warehouse.close()
