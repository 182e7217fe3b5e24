"""Loaded families as rows of Shopify's raw tables, all that belongs together under one instant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from hotdash.connectors.arrow import array, repeated, table, whole
from hotdash.connectors.contract import Deleted, Event, RawTable, Rows, Unreadable
from hotdash.connectors.files.building import Columns, Parts
from hotdash.connectors.files.loading import Loaded
from hotdash.connectors.records import WHOLE

Build = Callable[[Parts], Columns]
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Target:
    """Which raw table a part fills; `build` tells its columns, those it leaves out stay empty."""

    part: str
    table: str
    build: Build


def told(
    loaded: Loaded,
    targets: Sequence[Target],
    tables: Mapping[str, RawTable],
    root_table: RawTable,
    fetched_at: datetime,
) -> Iterator[Event]:
    """All that belongs together under one instant; a table nobody knows yet is left out."""
    for target in targets:
        if target.table in tables and target.part in loaded.parts:
            raw = tables[target.table]
            rows = fill(raw, target.build(loaded.parts))
            for start in range(0, rows.num_rows, _ROWS_AT_ONCE):
                yield Rows(raw, rows.slice(start, _ROWS_AT_ONCE), fetched_at)
    if loaded.deleted:
        [key] = root_table.key
        keys = table({key: array(loaded.deleted, WHOLE)})
        yield Deleted(root_table, keys, fetched_at)
    for refusal in loaded.refusals:
        root = None if refusal.root is None else str(refusal.root)
        yield Unreadable(root_table, refusal.reason, refusal.payload, fetched_at, root)


def fill(raw: RawTable, columns: Columns) -> pa.Table:
    size = len(next(iter(columns.values())))
    schema: Any = raw.schema
    return table(
        {
            field.name: whole(columns[field.name]).cast(field.type)
            if field.name in columns
            else repeated(None, field.type, size)
            for field in schema
        }
    )
