"""The schemas of a warehouse and the one table that says which version of Hotdash laid them out."""

from uuid import uuid4

from hotdash.storage.warehouse.contract import (
    SCHEMA_VERSION,
    SCHEMAS,
    Warehouse,
    WarehouseVersionError,
    rows,
)


def prepare(warehouse: Warehouse) -> str:
    """Make what is missing, refuse what another version made; returns the warehouse's own id."""
    if not _has_version_table(warehouse):
        _refuse_foreign_tables(warehouse)
        _lay_out(warehouse)
    found = rows(warehouse.query("select version, warehouse_id from raw.schema_version"))
    if len(found) != 1 or found[0]["version"] != SCHEMA_VERSION:
        raise _of_another_version(warehouse, [row["version"] for row in found])
    return str(found[0]["warehouse_id"])


def _of_another_version(warehouse: Warehouse, versions: list[int]) -> WarehouseVersionError:
    told = ", ".join(str(version) for version in versions) or "none"
    if versions and min(versions) > SCHEMA_VERSION:
        hint = "Install the Hotdash that made it, or a newer one."
    else:
        hint = (
            "Install the Hotdash that made it; or move it away, and `hotdash run --full --reread` loads "
            "what the vendors still have. `hotdash privacy replay` then erases whoever they bring back."
        )
    return WarehouseVersionError(
        f"The warehouse {warehouse.identity} has schema version {told}; "
        f"this Hotdash works with version {SCHEMA_VERSION}.",
        hint=hint,
    )


def _has_version_table(warehouse: Warehouse) -> bool:
    return bool(_raw_tables(warehouse, "and table_name = 'schema_version'"))


def _refuse_foreign_tables(warehouse: Warehouse) -> None:
    tables = _raw_tables(warehouse, "")
    if tables:
        raise WarehouseVersionError(
            f"The schema raw of {warehouse.identity} already holds tables that are not "
            f"Hotdash's: {', '.join(tables[:5])}.",
            hint="Name an empty database or another file for the warehouse.",
        )


def _raw_tables(warehouse: Warehouse, condition: str) -> list[str]:
    found = warehouse.query(
        "select table_name from information_schema.tables "
        f"where table_schema = 'raw' {condition} order by table_name"
    )
    return [row["table_name"] for row in rows(found)]


def _lay_out(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        for schema in SCHEMAS:
            warehouse.execute(f"create schema if not exists {schema}")
        warehouse.execute(
            "create table raw.schema_version (version integer not null, warehouse_id text not null)"
        )
        warehouse.execute(
            "insert into raw.schema_version values (?, ?)", [SCHEMA_VERSION, str(uuid4())]
        )
