"""Killed at any moment of a load and run again: every row is there once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.contract import Engine, Warehouse
from tests.fixtures.chapters import BATCHES, CHAPTERS, ORDERS_PER_BATCH, holdings, load_all
from tests.fixtures.fork_server import ForkServer, Kill, forking, some_of

LEDGER = "hotdash.storage.warehouse.load_ledger"
PIPELINE = "dlt.pipeline.pipeline:Pipeline"
COPY_JOB = {
    "duckdb": "dlt.destinations.impl.duckdb.duck:DuckDbCopyJob.run",
    "postgres": "dlt.destinations._adbc_jobs:AdbcParquetCopyJob.run",
}
TABLES_WITH_ROWS = 3
PAGES = CHAPTERS * BATCHES
EVERYTHING = {
    "told_orders": (PAGES * ORDERS_PER_BATCH, PAGES * ORDERS_PER_BATCH),
    "told_lines": (PAGES, PAGES),
    "slice_days": (CHAPTERS, CHAPTERS),
}

MOMENTS = [
    Kill(f"{LEDGER}:begin", "before", 1),
    Kill("tests.fixtures.chapters:turn_page", "before", 2),
    Kill(f"{PIPELINE}.load", "after", 1),
    Kill(f"{LEDGER}:begin", "after", 2),
    Kill("tests.fixtures.chapters:turn_page", "before", BATCHES + 3),
    Kill(f"{PIPELINE}.extract", "after", 2),
    Kill(f"{PIPELINE}.normalize", "after", 2),
    Kill(f"{PIPELINE}.load", "after", 2),
    Kill(f"{LEDGER}:commit", "before", 2),
    Kill(f"{LEDGER}:commit", "after", 2),
]


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking(
        "tests.fixtures.chapters",
        "dlt.destinations.impl.duckdb.duck",
        "dlt.destinations.impl.postgres.postgres",
    )


def kill_and_resume(
    forks: ForkServer, kill: Kill, engine: Engine, home: Path, url: str | None, warehouse: Warehouse
) -> None:
    ended = forks.call(
        "tests.fixtures.chapters:load_all_in_child",
        kill=kill,
        engine=engine,
        home=str(home),
        url=url,
    )
    assert ended.was_killed, f"never came to the moment: {ended}"
    load_all(warehouse, home)


@pytest.mark.law(2)
@pytest.mark.parametrize("moment", some_of(MOMENTS, 3), ids=str)
def test_killed_at_any_moment_every_row_is_there_once(
    moment: Kill,
    forks: ForkServer,
    engine: Engine,
    warehouse: Warehouse,
    warehouse_url: str | None,
    tmp_path: Path,
) -> None:
    kill_and_resume(forks, moment, engine, tmp_path, warehouse_url, warehouse)

    assert holdings(warehouse) == EVERYTHING
    assert load_ledger.pending(warehouse) == []


def test_killed_between_two_tables_of_the_second_load(
    forks: ForkServer,
    engine: Engine,
    warehouse: Warehouse,
    warehouse_url: str | None,
    tmp_path: Path,
) -> None:
    kill = Kill(COPY_JOB[engine], "after", 2 * TABLES_WITH_ROWS)
    kill_and_resume(forks, kill, engine, tmp_path, warehouse_url, warehouse)

    assert holdings(warehouse) == EVERYTHING


def test_killed_again_while_wiping_what_the_first_kill_left(
    forks: ForkServer,
    engine: Engine,
    warehouse: Warehouse,
    warehouse_url: str | None,
    tmp_path: Path,
) -> None:
    child = {"engine": engine, "home": str(tmp_path), "url": warehouse_url}
    function = "tests.fixtures.chapters:load_all_in_child"
    assert forks.call(function, kill=Kill(f"{LEDGER}:commit", "before", 2), **child).was_killed
    assert forks.call(function, kill=Kill(f"{LEDGER}:delete_loads", "after"), **child).was_killed

    load_all(warehouse, tmp_path)

    assert holdings(warehouse) == EVERYTHING
