"""The raw tables as the code declares them: made when missing, refused when a column changed."""

from collections.abc import Mapping

import pyarrow as pa

from hotdash.pipeline.ingest.landing import Columns, SchemaChangedError
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.raw_tables import create_raw_table, stored_columns


def ensure_tables(warehouse: Warehouse, declared: Mapping[str, Columns]) -> None:
    """Every declared table exists, also one nothing is told about, and holds no other columns."""
    stored = stored_columns(warehouse)
    for name, kinds in declared.items():
        columns = {column: type_name(kind) for column, kind in kinds.items()}
        if name in stored:
            _require_same(name, columns, stored[name])
        else:
            create_raw_table(warehouse, name, columns)


def _require_same(table: str, declared: Mapping[str, str], stored: Mapping[str, str]) -> None:
    """A column that is declared but not stored is no harm: the loader adds it."""
    changes = [
        f"{column} is stored as {kind} and declared as {declared.get(column, 'nothing')}"
        for column, kind in stored.items()
        if declared.get(column) != kind
    ]
    if changes:
        raise SchemaChangedError(
            f"The stored table raw.{table} is not the one this Hotdash declares: "
            f"{'; '.join(changes)}.",
            hint="Nothing was loaded. Use the Hotdash that made this warehouse, or load into a "
            "new one.",
        )


def type_name(kind: pa.DataType) -> str:
    """As both engines call it."""
    name = str(kind).replace("decimal128", "numeric").replace(" ", "")
    return _NAMES.get(kind, name)


_NAMES: Mapping[pa.DataType, str] = {
    pa.string(): "text",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamptz",
}
