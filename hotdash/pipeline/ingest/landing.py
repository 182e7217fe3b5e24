"""How a connector's events become rows of raw tables: whose they are, of which load, and when they were fetched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatchmethod
from typing import Any

import pyarrow as pa

from hotdash.base.errors import HotdashError
from hotdash.connectors.contract import Deleted, RawKind, RawTable, Rows, SliceDays, Unreadable

Columns = Mapping[str, pa.DataType]
Landed = tuple[str, pa.Table]

TEXT = pa.string()
INSTANT = pa.timestamp("us", tz="UTC")
STAMPS: Columns = {"shop_id": TEXT, "load_id": TEXT, "fetched_at": INSTANT}
IS_DELETED: Columns = {"is_deleted": pa.bool_()}
EXTRA: Columns = {"_extra": TEXT}

SLICE_DAYS = "slice_days"
QUARANTINE = "quarantine"
OWN_TABLES: Mapping[str, Columns] = {
    SLICE_DAYS: {**STAMPS, "table_name": TEXT, "day": pa.date32()},
    QUARANTINE: {
        **STAMPS,
        "table_name": TEXT,
        "vendor_id": TEXT,
        "reason": TEXT,
        "payload": TEXT,
    },
}

_arrow: Any = pa  # its stubs leave tables of mixed types unknown


class SchemaChangedError(HotdashError):
    """Columns came, went or changed their type: nothing of the load is kept, nothing is bent to fit."""

    code = "schema_changed"
    http_status = 409


def columns_of(schema: pa.Schema) -> Columns:
    return dict(zip(schema.names, schema.types, strict=True))


def landed_columns(table: RawTable) -> Columns:
    stamps = {**STAMPS, **IS_DELETED} if table.kind is RawKind.ENTITY else STAMPS
    return {**stamps, **columns_of(table.schema), **EXTRA}


def landing_of(tables: Iterable[RawTable]) -> dict[str, Columns]:
    """Every raw table a source of these tables writes to."""
    return {**{table.name: landed_columns(table) for table in tables}, **OWN_TABLES}


@dataclass(frozen=True)
class Stamp:
    """What every row of one load carries."""

    shop_id: str
    load_id: str

    def land(self, event: Any) -> Landed:
        return self._land(event)

    @singledispatchmethod
    def _land(self, event: Any) -> Landed:
        raise TypeError(f"{event!r} holds no rows")

    @_land.register
    def _(self, event: Rows) -> Landed:
        told = columns_of(event.data.schema)
        declared = columns_of(event.table.schema)
        require_declared(event.table, {**EXTRA, **declared} if "_extra" in told else declared, told)
        return self._filled(event.table, event.data, event.fetched_at, is_deleted=False)

    @_land.register
    def _(self, event: Deleted) -> Landed:
        """A tombstone: the key stands, everything else is empty."""
        declared = columns_of(event.table.schema)
        keys = {name: declared[name] for name in event.table.key}
        require_declared(event.table, keys, columns_of(event.keys.schema))
        return self._filled(event.table, event.keys, event.fetched_at, is_deleted=True)

    @_land.register
    def _(self, event: SliceDays) -> Landed:
        records = [{"table_name": event.table.name, "day": day} for day in event.days]
        return self._own(SLICE_DAYS, records, event.fetched_at)

    @_land.register
    def _(self, event: Unreadable) -> Landed:
        record = {
            "table_name": event.table.name,
            "vendor_id": event.vendor_id,
            "reason": event.reason,
            "payload": event.payload,
        }
        return self._own(QUARANTINE, [record], event.fetched_at)

    def _filled(
        self, table: RawTable, data: pa.Table, fetched_at: datetime, *, is_deleted: bool
    ) -> Landed:
        constants = {**self._constants(fetched_at), "is_deleted": is_deleted}
        landed: dict[str, Any] = {
            name: data.column(name)
            if name in data.column_names
            else _arrow.repeat(pa.scalar(constants.get(name), kind), data.num_rows)
            for name, kind in landed_columns(table).items()
        }
        return table.name, _arrow.table(landed)

    def _own(self, name: str, records: list[dict[str, Any]], fetched_at: datetime) -> Landed:
        constants = self._constants(fetched_at)
        schema = pa.schema(list(OWN_TABLES[name].items()))
        return name, pa.Table.from_pylist([{**constants, **each} for each in records], schema)

    def _constants(self, fetched_at: datetime) -> dict[str, Any]:
        return {"shop_id": self.shop_id, "load_id": self.load_id, "fetched_at": fetched_at}


def require_declared(table: RawTable, declared: Columns, told: Columns) -> None:
    """The columns must be exactly those declared: name by name, type by type."""
    changes = [
        *(f"{name} was added" for name in told if name not in declared),
        *(f"{name} is missing" for name in declared if name not in told),
        *(
            f"{name} is {told[name]} instead of {kind}"
            for name, kind in declared.items()
            if name in told and told[name] != kind
        ),
    ]
    if changes:
        raise SchemaChangedError(
            f"The columns of {table.name} changed: {'; '.join(changes)}.",
            hint="Nothing of this load was kept. Bring the connector's table declaration in line "
            "with what the vendor sends, then run again.",
        )
