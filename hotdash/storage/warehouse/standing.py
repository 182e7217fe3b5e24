"""What stands in a warehouse, as far as the text of a statement may depend on it."""

from hotdash.storage.warehouse.contract import SCHEMAS, Warehouse

_KIND_MADE = {"staging": "VIEW"}
_TABLE = "BASE TABLE"

_TABLES = f"""
    select table_schema, table_name, table_type
    from information_schema.tables
    where table_schema in ({", ".join(f"'{schema}'" for schema in SCHEMAS if schema != "raw")})
    order by table_schema, table_name
"""

_RAW_COLUMNS = """
    select table_name, column_name, data_type
    from information_schema.columns
    where table_schema = 'raw'
    order by table_name, column_name
"""

Facts = list[list[str]]


def raw_columns(warehouse: Warehouse) -> Facts:
    """Every column that a model may read, with its type."""
    return _told(warehouse, _RAW_COLUMNS)


def made_tables(warehouse: Warehouse) -> Facts:
    """Everything made of raw tables, and what kind of thing it is."""
    return _told(warehouse, _TABLES)


def misplaced_tables(warehouse: Warehouse) -> Facts:
    """Where a view stands in a table's place, or a table in a view's."""
    return [
        [schema, name, kind]
        for schema, name, kind in made_tables(warehouse)
        if kind != _KIND_MADE.get(schema, _TABLE)
    ]


def dropping(relation: str) -> str:
    """A statement that takes a table away, where there is one; the relation is a name dbt quoted."""
    return f"drop table if exists {relation} cascade"


def _told(warehouse: Warehouse, sql: str) -> Facts:
    return [list(row.values()) for row in warehouse.query(sql).to_pylist()]
