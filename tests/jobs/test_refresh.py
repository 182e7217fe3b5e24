"""The whole run with two shops in memory: what comes out, what goes wrong for one shop, what is recorded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.shops import add_shop
from tests.fixtures.told_shopify import run_twice


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = open_warehouse("duckdb", home=tmp_path, memory_mb=512, url=None)
    yield warehouse
    warehouse.close()


@pytest.fixture
def shops(database: Database) -> None:
    with database.jobs() as session:
        add_shop(session, "hot-rod-an", timezone="America/Chicago")
        add_shop(session, "nordkurve-teile", timezone="Europe/Berlin", currency="EUR")


@pytest.mark.usefixtures("shops")
def test_two_runs(database: Database, warehouse: Warehouse, tmp_path: Path) -> None:
    import json
    for report in run_twice(database, warehouse, tmp_path):
        print(json.dumps(report.document(), indent=1))
