"""What the raw tables still lack of what the vendors sent."""

from collections import Counter
from collections.abc import Iterable

from hotdash.connectors.contract import RawKind, RawTable
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.quarantine import (
    EVERYTHING,
    Chosen,
    Quarantined,
    TableKey,
    quarantined,
)


def table_keys(tables: Iterable[RawTable]) -> dict[str, TableKey]:
    return {table.name: TableKey(table.key, table.kind is RawKind.SLICE) for table in tables}


def waiting_records(
    warehouse: Warehouse, tables: Iterable[RawTable], chosen: Chosen = EVERYTHING
) -> list[Quarantined]:
    return [each for each in quarantined(warehouse, table_keys(tables), chosen) if each.is_waiting]


def waiting_counts(warehouse: Warehouse, tables: Iterable[RawTable]) -> Counter[tuple[str, str]]:
    """By shop and table."""
    return Counter((each.shop_id, each.table_name) for each in waiting_records(warehouse, tables))


def waiting_by_source(warehouse: Warehouse, tables: Iterable[RawTable]) -> Counter[tuple[str, str]]:
    """By shop and the source that sent them."""
    return Counter((each.shop_id, each.source) for each in waiting_records(warehouse, tables))
