"""The warehouse that the settings name."""

from pathlib import Path

from hotdash.storage.warehouse.contract import Engine, Warehouse
from hotdash.storage.warehouse.duckdb import DuckDBWarehouse
from hotdash.storage.warehouse.postgres import PostgresWarehouse


def open_warehouse(engine: Engine, *, home: Path, memory_mb: int, url: str | None) -> Warehouse:
    """The url is used by Postgres only; DuckDB keeps its file and its spill under home."""
    if engine == "postgres":
        if url is None:
            raise ValueError("a Postgres warehouse needs a url")
        return PostgresWarehouse(url)
    return DuckDBWarehouse(
        home / "warehouse.duckdb", memory_mb=memory_mb, temp_folder=home / "warehouse.tmp"
    )
