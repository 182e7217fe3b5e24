"""What the raw tables hold: their columns, the rows of a load, and the end of loads that never were."""

from collections.abc import Collection, Mapping
from typing import Any

from hotdash.storage.warehouse.contract import Warehouse, rows

_TABLES_WITH_LOADS = """
    select table_name from information_schema.columns
    where table_schema = 'raw' and column_name = 'load_id' and table_name <> 'load_events'
    order by table_name
"""

_COLUMNS = """
    select table_name, column_name, data_type, numeric_precision, numeric_scale
    from information_schema.columns where table_schema = 'raw'
"""

_TYPE_NAMES: dict[str, str] = {
    "varchar": "text",
    "character varying": "text",
    "decimal": "numeric",
    "timestamp with time zone": "timestamptz",
}


def marks(values: Collection[object]) -> str:
    return ", ".join("?" for _ in values)


def raw_tables(warehouse: Warehouse) -> list[str]:
    return [row["table_name"] for row in rows(warehouse.query(_TABLES_WITH_LOADS))]


def stored_columns(warehouse: Warehouse) -> dict[str, dict[str, str]]:
    """Per raw table its columns and their types, named alike on every engine."""
    tables: dict[str, dict[str, str]] = {}
    for row in rows(warehouse.query(_COLUMNS)):
        tables.setdefault(row["table_name"], {})[row["column_name"]] = _type_name(row)
    return tables


def stored_rows(warehouse: Warehouse, load_id: str, tables: Collection[str]) -> dict[str, int]:
    """How many rows of a load really lie in each table."""
    if not tables:
        return {}
    counts = " union all ".join(
        f"select '{table}' as name, count(*) as stored from raw.{table} where load_id = ?"
        for table in tables
    )
    found = rows(warehouse.query(counts, [load_id] * len(tables)))
    return {row["name"]: row["stored"] for row in found}


def delete_loads(warehouse: Warehouse, load_ids: Collection[str]) -> None:
    if load_ids:
        for table in raw_tables(warehouse):
            statement = f"delete from raw.{table} where load_id in ({marks(load_ids)})"
            warehouse.execute(statement, list(load_ids))


def create_raw_table(warehouse: Warehouse, table: str, columns: Mapping[str, str]) -> None:
    """Postgres finds the rows of a load by an index; DuckDB by the order they were written in."""
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    with warehouse.transaction():
        warehouse.execute(f"create table if not exists raw.{table} ({listed})")
        if warehouse.engine == "postgres":
            warehouse.execute(f"create index if not exists {table}_load on raw.{table} (load_id)")


def _type_name(column: dict[str, Any]) -> str:
    base = str(column["data_type"]).lower().split("(")[0]
    name = _TYPE_NAMES.get(base, base)
    if name == "numeric":
        return f"numeric({column['numeric_precision']},{column['numeric_scale']})"
    return name
