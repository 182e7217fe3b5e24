"""How many rows every table of a warehouse has."""

from collections.abc import Mapping

from hotdash.storage.warehouse.contract import Warehouse, rows

_TABLES = """
    select table_schema || '.' || table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' order by 1
"""


def row_counts(warehouse: Warehouse) -> Mapping[str, int]:
    names = [row["name"] for row in rows(warehouse.query(_TABLES))]
    if not names:
        return {}
    asked = " union all ".join(
        f"select '{name}' as name, count(*) as rows from {_quoted(name)}" for name in names
    )
    return {row["name"]: row["rows"] for row in rows(warehouse.query(asked))}


def _quoted(name: str) -> str:
    schema, _, table = name.partition(".")
    return f'"{schema}"."{table}"'
