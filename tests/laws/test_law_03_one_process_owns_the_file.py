"""Law 3: one process, one configuration: dlt and dbt share ours, and everybody else is told to wait."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import SilentProgress
from hotdash.pipeline.ingest.ingest import ingest
from hotdash.storage.warehouse.contract import WarehouseBusyError
from hotdash.storage.warehouse.duckdb import DuckDBWarehouse
from tests.fixtures.fork_server import ForkServer, forking
from tests.fixtures.told_connector import NOW, ToldConnector, many_orders, reached

pytestmark = pytest.mark.law(3)


def warehouse_in(home: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(home / "warehouse.duckdb", memory_mb=512, temp_folder=home / "tmp")


def use_in_child(home: str) -> int:
    return warehouse_in(Path(home)).query("select 1 as one").to_pylist()[0]["one"]


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.laws.test_law_03_one_process_owns_the_file")


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[DuckDBWarehouse]:
    warehouse = warehouse_in(tmp_path)
    warehouse.query("select 1")
    yield warehouse
    warehouse.close()


def use_elsewhere(forks: ForkServer, home: Path) -> str | None:
    function = "tests.laws.test_law_03_one_process_owns_the_file:use_in_child"
    return forks.call(function, home=str(home)).error


def test_a_second_process_is_told_that_the_file_is_taken(
    forks: ForkServer, warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    error = use_elsewhere(forks, tmp_path)
    assert error is not None
    assert error.startswith(WarehouseBusyError.__name__)
    assert "warehouse.duckdb" in error
    assert "one process owns the file" in error


def test_it_is_free_once_the_owner_has_closed_it_also_after_a_load(
    forks: ForkServer, warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    connector = ToldConnector([[many_orders(3), reached()]])
    workdir = tmp_path / "dlt"
    ingest(warehouse, connector, "a", "run", FixedClock(NOW), SilentProgress(), workdir)
    warehouse.close()
    assert use_elsewhere(forks, tmp_path) is None


def test_a_second_configuration_in_this_process_is_refused_by_the_engine(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    with pytest.raises(duckdb.ConnectionException, match="different configuration"):
        duckdb.connect(str(tmp_path / "warehouse.duckdb"), config={"memory_limit": "1GB"})


def test_dbt_is_given_our_configuration_to_the_letter(warehouse: DuckDBWarehouse) -> None:
    output = warehouse.dbt_output()
    assert output["config_options"] == warehouse.connect_config
    duckdb.connect(output["path"], config=output["config_options"]).close()


def test_dlt_is_given_a_cursor_of_our_own_connection(warehouse: DuckDBWarehouse) -> None:
    warehouse.execute("create temp table ours as select 1 as one")
    credentials = warehouse.dlt_destination().config_params["credentials"]
    attached = credentials.execute("select path from duckdb_databases() where path is not null")
    assert [Path(path).name for (path,) in attached.fetchall()] == ["warehouse.duckdb"]
