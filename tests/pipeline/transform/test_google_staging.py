"""What Google told, staged: the newest complete reading of each day, equal on every engine."""

from datetime import timedelta
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.connectors.registry import open_connector
from hotdash.connectors.spec import Access
from hotdash.pipeline.ingest.ingest import ingest
from tests.fixtures.simulator import HASTY, SHOP_ID, UNTIL, SimulatorHandle
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt

SLICES = (
    "stg_ga4__traffic",
    "stg_ga4__product_views",
    "stg_ga4__report_days",
    "stg_search_console__queries",
    "stg_search_console__days",
)
ENTITIES = ("stg_ga4__properties", "stg_ga4__quota", "stg_search_console__sites")
LOADED_AT = {"load_id", "fetched_at"}
Staged = dict[str, list[str]]


def read(built: BuiltWarehouse, simulator: SimulatorHandle, vendor: str) -> None:
    clock = FixedClock(simulator.now())
    fields = simulator.shops[SHOP_ID]["sources"][vendor]
    access = Access(SHOP_ID, fields, clock, policy=HASTY, options={"history_days": "8"})
    connector = open_connector(vendor, access)
    workdir = built.home / "dlt"
    ingest(built.warehouse, connector, SHOP_ID, "run", clock, SilentProgress(), workdir)


def staged(built: BuiltWarehouse) -> Staged:
    def plain(row: dict[str, Any]) -> str:
        return str({name: value for name, value in row.items() if name not in LOADED_AT})

    return {
        model: sorted(plain(row) for row in built.rows(f"select * from staging.{model}"))
        for model in (*SLICES, *ENTITIES)
    }


@pytest.fixture(scope="module")
def both(built_on: OpenBuilt, running_simulator: SimulatorHandle) -> dict[str, Staged]:
    """Two reads a day apart on each engine, so that the last days are there twice."""
    found: dict[str, Staged] = {}
    for engine in ENGINES:
        built = built_on(engine)
        built.new_world().shop(SHOP_ID, "America/Chicago")
        running_simulator.reset()
        for _ in range(2):
            for vendor in ("ga4", "search_console"):
                read(built, running_simulator, vendor)
            running_simulator.advance(timedelta(days=1))
        built.build()
        found[engine] = staged(built)
    running_simulator.reset()
    return found


def test_every_engine_has_the_same_rows(both: dict[str, Staged]) -> None:
    first, *others = both.values()
    assert all(first.values())
    for other in others:
        for model, rows in first.items():
            assert other[model] == rows, model


@pytest.mark.law(1)
def test_the_newest_complete_reading_of_a_day_wins(both: dict[str, Staged]) -> None:
    days = both["duckdb"]["stg_ga4__report_days"]
    assert len(days) == 2 * (8 + 1)
    changing = [row for row in days if "'may_change': True" in row]
    settled_by_then = UNTIL.date() - timedelta(days=2)
    assert len(changing) == 2 * 2
    assert not [row for row in changing if f"{settled_by_then!r}" in row]
