"""One DuckDB file, one configuration: ours, dlt's and dbt's at the same time."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from hotdash.storage.warehouse.contract import (
    SCHEMA_VERSION,
    WarehouseBusyError,
    WarehouseUnavailableError,
    WarehouseVersionError,
)
from hotdash.storage.warehouse.duckdb import DuckDBWarehouse
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.warehouses import BuiltWarehouse


def opened(folder: Path, name: str = "warehouse.duckdb") -> DuckDBWarehouse:
    return DuckDBWarehouse(folder / name, memory_mb=512, temp_folder=folder / "tmp")


def in_another_process(path: Path) -> subprocess.CompletedProcess[str]:
    code = f"import duckdb; duckdb.connect({str(path)!r}).execute('select 1')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.law(3)
def test_dlt_dbt_and_we_share_one_open_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the three works while the others' connections are open, and sees their rows."""
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    import dlt

    built = BuiltWarehouse(opened(tmp_path), tmp_path)
    world = built.new_world()
    world.shop("a", "Europe/Berlin")
    world.load("a", [Order(1, "2026-05-04T12:00Z", [Line(1, "10.00")])])
    built.build()
    with built.warehouse.transaction():
        built.warehouse.execute("create table raw.ours (a bigint)")
    pipeline = dlt.pipeline(
        "shared",
        pipelines_dir=str(tmp_path / "dlt"),
        destination=built.warehouse.dlt_destination(),
        dataset_name="raw",
    )
    pipeline.run(pa.table({"a": [1, 2]}), table_name="theirs")
    built.build()
    assert built.rows("select sum(a) as a from raw.theirs") == [{"a": 3}]
    assert built.rows("select count(*) as days from marts.fct_revenue") == [{"days": 1}]
    built.warehouse.close()


def test_the_file_is_free_once_closed_also_after_dbt(tmp_path: Path) -> None:
    built = BuiltWarehouse(opened(tmp_path), tmp_path)
    built.new_world()
    built.build()
    assert in_another_process(tmp_path / "warehouse.duckdb").returncode != 0
    built.warehouse.close()
    done = in_another_process(tmp_path / "warehouse.duckdb")
    assert done.returncode == 0, done.stderr


def test_limits_are_in_force(tmp_path: Path) -> None:
    warehouse = opened(tmp_path)
    (row,) = warehouse.query(
        "select current_setting('memory_limit') as memory, current_setting('TimeZone') as zone, "
        "current_setting('temp_directory') as spill"
    ).to_pylist()
    assert row == {"memory": "512.0 MiB", "zone": "UTC", "spill": str(tmp_path / "tmp")}
    warehouse.close()


def test_the_identity_is_known_before_the_file_is_opened(tmp_path: Path) -> None:
    warehouse = opened(tmp_path)
    assert warehouse.identity == f"duckdb:{tmp_path / 'warehouse.duckdb'}"
    assert not (tmp_path / "warehouse.duckdb").exists()


def test_another_process_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError) as failure:
            opened(tmp_path).query("select 1")
        other.communicate("\n")
    assert str(path) in failure.value.message


def test_not_a_duckdb_file(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database, by any means" * 1000)
    with pytest.raises(WarehouseVersionError) as failure:
        opened(tmp_path).query("select 1")
    assert "warehouse.duckdb" in failure.value.message
    assert "Move the file away" in failure.value.hint


@pytest.mark.parametrize(
    ("version", "mend"),
    [
        (SCHEMA_VERSION + 1, "Install the Hotdash that made it"),
        (SCHEMA_VERSION - 1, "hotdash run --full --reread"),
    ],
)
def test_a_warehouse_of_another_version(tmp_path: Path, version: int, mend: str) -> None:
    warehouse = opened(tmp_path)
    warehouse.execute(f"update raw.schema_version set version = {version}")
    warehouse.close()
    with pytest.raises(WarehouseVersionError) as failure:
        opened(tmp_path).query("select 1")
    assert f"schema version {version};" in failure.value.message
    assert mend in failure.value.hint
    assert f"works with version {SCHEMA_VERSION}" in failure.value.message


def test_somebody_elses_file(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as theirs:
        theirs.execute("create schema raw")
        theirs.execute("create table raw.precious (a integer)")
    with pytest.raises(WarehouseVersionError) as failure:
        opened(tmp_path).query("select 1")
    assert "precious" in failure.value.message


def test_no_place_to_put_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseUnavailableError) as failure:
        opened(tmp_path / "file").query("select 1")
    assert "cannot be opened" in failure.value.message


def test_a_file_called_like_a_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WarehouseUnavailableError, match=r"raw\.duckdb"):
        opened(tmp_path, "raw.duckdb")
