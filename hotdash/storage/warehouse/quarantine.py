"""What no raw table could hold: one record per thing of the vendor's, however often it came, waiting or resolved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.load_ledger import IS_COMMITTED
from hotdash.storage.warehouse.raw_tables import marks, stored_columns

TABLE = "quarantine"

# The newest coming of a thing stands for all; without an id its own words name it.
_NEWEST = f"""
    with committed as (
        select load_id, source, "at" as committed_at from raw.load_events where {IS_COMMITTED}
    ),
    told as (
        select q.shop_id, q.load_id, q.fetched_at, q.table_name, q.vendor_id, q.reason, q.payload,
            c.source, c.committed_at,
            substr(md5(q.shop_id || ' ' || q.table_name || ' '
                || coalesce('id ' || q.vendor_id, 'text ' || q.payload)), 1, 12) as record_id
        from raw.quarantine q join committed c on c.load_id = q.load_id
    ),
    placed as (
        select *,
            row_number() over (partition by record_id
                order by committed_at desc, fetched_at desc, load_id desc) as place,
            count(*) over (partition by record_id) as times,
            min(fetched_at) over (partition by record_id) as first_at
        from told
    ),
    newest as (select * from placed where place = 1)
"""

_RECORDS = """
    select record_id, shop_id, source, table_name, vendor_id, reason, payload, load_id, first_at,
        fetched_at as last_at, times, committed_at,
        exists (
            select 1 from raw.load_events w join committed c on c.load_id = w.load_id
            where w.event = 'whole' and w.shop_id = newest.shop_id and w.source = newest.source
                and c.committed_at > newest.committed_at
        ) as is_read_whole_since
    from newest
"""

_READABLE = """
    select distinct newest.record_id
    from newest
    join raw.{table} r on r.shop_id = newest.shop_id and {key} = newest.vendor_id
    join committed c on c.load_id = r.load_id
    where newest.table_name = ?
        and (c.committed_at > newest.committed_at or r.fetched_at > newest.fetched_at)
"""

_DAYS = """
    select d.shop_id, d.table_name, d.day, max(c."at") as committed_at
    from raw.slice_days d
    join (select load_id, "at" from raw.load_events where {committed}) c on c.load_id = d.load_id
    where d.table_name in ({marks})
    group by d.shop_id, d.table_name, d.day
"""

_FIRST_DAYS = """
    select load_id, table_name, min(day) as day from raw.slice_days
    where load_id in ({marks}) group by load_id, table_name
"""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """`day` is that of a slice; None for entities."""

    record_id: str
    shop_id: str
    source: str
    table_name: str
    vendor_id: str | None
    reason: str
    payload: str
    load_id: str
    first_at: datetime
    last_at: datetime
    times: int
    is_waiting: bool
    day: date | None = None

    @property
    def kind(self) -> str:
        """Its reason without the value to blame, so that like ones can be counted together."""
        return self.reason.partition(": ")[0]


@dataclass(frozen=True, slots=True)
class TableKey:
    """What tells the rows of a raw table apart, and whether it holds days instead of entities."""

    columns: Sequence[str]
    is_slice: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """No condition means all. A record may be named by the beginning of its id."""

    shops: Collection[str] | None = None
    source: str | None = None
    table: str | None = None
    reason: str | None = None
    record: str | None = None

    def takes(self, each: Quarantined) -> bool:
        return (
            (self.shops is None or each.shop_id in self.shops)
            and self.source in (None, each.source)
            and self.table in (None, each.table_name)
            and (self.reason is None or self.reason.lower() in each.reason.lower())
            and (self.record is None or each.record_id.startswith(self.record))
        )


@dataclass(frozen=True, slots=True)
class ReasonCount:
    shop_id: str
    source: str
    table_name: str
    reason: str
    waiting: int
    resolved: int


EVERYTHING = Chosen()


def quarantined(
    warehouse: Warehouse, keys: Mapping[str, TableKey], chosen: Chosen = EVERYTHING
) -> list[Quarantined]:
    """The newest first. Resolved is what a later committed load could read, or no longer met."""
    stored = stored_columns(warehouse)
    if TABLE not in stored or "load_events" not in stored:
        return []
    found = rows(warehouse.query(_NEWEST + _RECORDS))
    tables = {row["table_name"] for row in found} & stored.keys() & keys.keys()
    slices = {table for table in tables if keys[table].is_slice}
    readable = _readable(warehouse, keys, tables - slices)
    days = _SliceDays(warehouse, [row for row in found if row["table_name"] in slices])
    records = [_record(row, readable, days) for row in found]
    wanted = [record for record in records if chosen.takes(record)]
    return sorted(wanted, key=lambda each: (each.last_at, each.record_id), reverse=True)


def counts_by_reason(records: Iterable[Quarantined]) -> list[ReasonCount]:
    """Where most waits comes first."""
    counts: dict[tuple[str, str, str, str], ReasonCount] = {}
    for each in records:
        key = (each.shop_id, each.source, each.table_name, each.kind)
        count = counts.get(key) or ReasonCount(*key, 0, 0)
        counts[key] = replace(
            count,
            waiting=count.waiting + each.is_waiting,
            resolved=count.resolved + (not each.is_waiting),
        )
    return sorted(counts.values(), key=lambda each: (-each.waiting, each.table_name, each.reason))


def day_of(vendor_id: str | None) -> date | None:
    """A slice's day stands in its key, as 2026-11-20 or 20261120."""
    for part in (vendor_id or "").split(":"):
        try:
            return date.fromisoformat(part)
        except ValueError:
            continue
    return None


def _readable(
    warehouse: Warehouse, keys: Mapping[str, TableKey], tables: Collection[str]
) -> set[str]:
    return {
        row["record_id"]
        for table in tables
        for row in rows(
            warehouse.query(
                _NEWEST + _READABLE.format(table=table, key=_joined(keys[table].columns)), [table]
            )
        )
    }


def _joined(columns: Sequence[str]) -> str:
    return " || ':' || ".join(f"cast(r.{column} as text)" for column in columns)


class _SliceDays:
    """When each day of a slice was last read, and which days the quarantined records belong to."""

    def __init__(self, warehouse: Warehouse, records: Sequence[Mapping[str, Any]]) -> None:
        self._read_at: dict[tuple[str, str, date], datetime] = {}
        self._first: dict[tuple[str, str], date] = {}
        self._tables = sorted({row["table_name"] for row in records})
        if self._tables:
            self._look(warehouse, sorted({row["load_id"] for row in records}))

    def _look(self, warehouse: Warehouse, loads: Sequence[str]) -> None:
        listed = _DAYS.format(committed=IS_COMMITTED, marks=marks(self._tables))
        for row in rows(warehouse.query(listed, self._tables)):
            key = (row["shop_id"], row["table_name"], row["day"])
            self._read_at[key] = row["committed_at"]
        first = _FIRST_DAYS.format(marks=marks(loads))
        for row in rows(warehouse.query(first, loads)):
            self._first[row["load_id"], row["table_name"]] = row["day"]

    def day(self, row: Mapping[str, Any]) -> date | None:
        """Where it cannot be told, the first day that was read with it."""
        if row["table_name"] not in self._tables:
            return None
        told = day_of(row["vendor_id"])
        return told or self._first.get((row["load_id"], row["table_name"])) or row["last_at"].date()

    def is_read_since(self, row: Mapping[str, Any], day: date | None) -> bool:
        if day is None:
            return False
        read_at = self._read_at.get((row["shop_id"], row["table_name"], day))
        return read_at is not None and read_at > row["committed_at"]


def _record(row: Mapping[str, Any], readable: Collection[str], days: _SliceDays) -> Quarantined:
    day = days.day(row)
    is_resolved = (
        row["record_id"] in readable or row["is_read_whole_since"] or days.is_read_since(row, day)
    )
    return Quarantined(
        row["record_id"],
        row["shop_id"],
        row["source"],
        row["table_name"],
        row["vendor_id"],
        row["reason"],
        row["payload"],
        row["load_id"],
        row["first_at"],
        row["last_at"],
        row["times"],
        not is_resolved,
        day,
    )
