"""One read as it would lie in the raw tables, and several of them as models would see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import (
    Connector,
    Cursor,
    Deleted,
    Drift,
    Event,
    RawKind,
    RawTable,
    Reached,
    Rows,
    SliceDays,
    Unreadable,
)

Row = dict[str, Any]
Key = tuple[Any, ...]
State = dict[str, dict[Key, Row]]

_EXTRA = "_extra"


@dataclass
class Read:
    rows: list[tuple[RawTable, datetime, Row]] = field(
        default_factory=list[tuple[RawTable, datetime, Row]]
    )
    deleted: list[tuple[RawTable, datetime, Key]] = field(
        default_factory=list[tuple[RawTable, datetime, Key]]
    )
    days: dict[str, set[date]] = field(default_factory=dict[str, set[date]])
    unreadable: list[Unreadable] = field(default_factory=list[Unreadable])
    drifts: list[Drift] = field(default_factory=list[Drift])
    reached: Reached | None = None
    events: int = 0

    @property
    def cursor(self) -> Cursor:
        assert self.reached is not None, "the read did not say how far it came"
        return self.reached.cursor

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for table, _, _ in self.rows:
            found[table.name] = found.get(table.name, 0) + 1
        return found


def read(connector: Connector, cursor: Cursor | None = None) -> Read:
    """Every event is held against the contract while it is gathered."""
    return gathered(connector.tables, connector.read(cursor, SilentProgress()))


def gathered(tables: Sequence[RawTable], events: Iterable[Event]) -> Read:
    told = Read()
    declared = {table.name: table for table in tables}
    for event in events:
        assert told.reached is None, f"{event!r} comes after the end"
        told.events += 1
        if isinstance(event, Reached):
            told.reached = event
            continue
        assert declared.get(event.table.name) == event.table, f"{event.table.name} is not declared"
        _note(told, event)
    assert told.reached is not None, "a read ends with how far it came"
    return told


def _note(told: Read, event: Rows | Deleted | SliceDays | Unreadable | Drift) -> None:
    if isinstance(event, Rows):
        require_fit(event.table, event.data.schema)
        records: list[Row] = event.data.to_pylist()
        told.rows += [(event.table, event.fetched_at, record) for record in records]
    elif isinstance(event, Deleted):
        keys: list[Row] = event.keys.to_pylist()
        told.deleted += [(event.table, event.fetched_at, key_of(event.table, k)) for k in keys]
    elif isinstance(event, SliceDays):
        told.days.setdefault(event.table.name, set()).update(event.days)
    elif isinstance(event, Unreadable):
        told.unreadable.append(event)
    else:
        told.drifts.append(event)


def require_fit(table: RawTable, told: pa.Schema) -> None:
    """Exactly the declared columns, and _extra where there is something in it."""
    wanted = dict(zip(table.schema.names, table.schema.types, strict=True))
    found = dict(zip(told.names, told.types, strict=True))
    extra = found.pop(_EXTRA, None)
    assert extra in (None, pa.string()), f"{table.name}.{_EXTRA} is {extra}"
    assert found == wanted, f"{table.name} tells {found} and declares {wanted}"


def key_of(table: RawTable, row: Mapping[str, Any]) -> Key:
    return tuple(row[name] for name in table.key)


def state_of(
    tables: Sequence[RawTable], reads: Sequence[Read], told_apart: frozenset[str]
) -> State:
    """What models see after these reads: newest versions, children of the newest parent, newest days."""
    state: State = {}
    for table in tables:
        if table.kind is RawKind.SLICE:
            state[table.name] = _slices(table, reads)
        else:
            state[table.name] = _entities(table, tables, reads, told_apart)
    return state


def _slices(table: RawTable, reads: Sequence[Read]) -> dict[Key, Row]:
    by_day: dict[date, dict[Key, Row]] = {}
    day_column = day_column_of(table)
    for each in reads:
        for day in each.days.get(table.name, ()):
            by_day[day] = {}
        for told, _, row in each.rows:
            if told == table and row[day_column] in each.days.get(table.name, ()):
                by_day[row[day_column]][key_of(table, row)] = row
    return {key: row for rows in by_day.values() for key, row in rows.items()}


def day_column_of(table: RawTable) -> str:
    """A slice's key holds the day that it is a slice of."""
    kinds = dict(zip(table.schema.names, table.schema.types, strict=True))
    days = [name for name in table.key if kinds[name] == pa.date32()]
    assert days, f"the key of the slice {table.name} holds no day"
    return days[0]


def _entities(
    table: RawTable,
    tables: Sequence[RawTable],
    reads: Sequence[Read],
    told_apart: frozenset[str],
) -> dict[Key, Row]:
    newest = _newest(table, reads)
    parent = None if table.name in told_apart else parent_of(table, tables)
    if parent is not None:
        versions = _newest(parent, reads)
        width = len(parent.key)
        newest = {
            key: (at, row)
            for key, (at, row) in newest.items()
            if key[:width] not in versions or at >= versions[key[:width]][0]
        }
    return {key: row for key, (_, row) in newest.items() if row is not None}


def parent_of(table: RawTable, tables: Sequence[RawTable]) -> RawTable | None:
    """The table that the key begins with: children are replaced with their parent."""
    above = [
        each
        for each in tables
        if each.kind is RawKind.ENTITY
        and len(each.key) < len(table.key)
        and table.key[: len(each.key)] == each.key
    ]
    return min(above, key=lambda each: len(each.key), default=None)


def _newest(table: RawTable, reads: Sequence[Read]) -> dict[Key, tuple[datetime, Row | None]]:
    newest: dict[Key, tuple[datetime, Row | None]] = {}
    for each in reads:
        told: list[tuple[datetime, Key, Row | None]] = [
            (at, key_of(table, row), row) for other, at, row in each.rows if other == table
        ]
        told += [(at, key, None) for other, at, key in each.deleted if other == table]
        for at, key, row in told:
            if key not in newest or at >= newest[key][0]:
                newest[key] = (at, row)
    return newest
