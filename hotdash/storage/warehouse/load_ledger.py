"""The append-only record of loads: a load exists once its single committed row stands here."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotdash.base.errors import ConflictError
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.raw_tables import delete_loads, marks

_CREATE = (
    "create schema if not exists raw",
    """
    create table if not exists raw.load_events (
        load_id text not null, shop_id text not null, source text not null, event text not null,
        "at" timestamptz not null, run_id text, cursor text, complete_through timestamptz,
        rows bigint, build_id text
    )
    """,
)

# A load discarded while its writer still lived stays discarded, whatever that writer says later.
IS_COMMITTED = """
    event = 'committed' and load_id not in (
        select load_id from raw.load_events where event = 'discarded'
    )
"""

_APPEND = """
    insert into raw.load_events
        (load_id, shop_id, source, event, "at", run_id)
    values (?, ?, ?, ?, ?, ?)
"""

_IS_DISCARDED = """
    select load_id from raw.load_events where event = 'discarded' and load_id = ?
"""

_COMMIT = """
    insert into raw.load_events
        (load_id, shop_id, source, event, "at", run_id, cursor, complete_through, rows)
    select cast(? as text), cast(? as text), cast(? as text), 'committed',
        cast(? as timestamptz), cast(? as text), cast(? as text), cast(? as timestamptz),
        cast(? as bigint)
    where not exists (
        select 1 from raw.load_events where event = 'discarded' and load_id = cast(? as text)
    )
"""

_PENDING = """
    select load_id, shop_id, source, run_id from raw.load_events s
    where event = 'started' and not exists (
        select 1 from raw.load_events e
        where e.load_id = s.load_id and e.event in ('committed', 'discarded')
    )
    order by load_id
"""

_NEWEST_COMMITTED = f"""
    select cursor, complete_through from raw.load_events
    where {IS_COMMITTED} and shop_id = ? and source = ?
    order by "at" desc, load_id desc limit 1
"""

_TO_BUILD = f"""
    select load_id, shop_id, source, run_id from raw.load_events c
    where {IS_COMMITTED} and not exists (
        select 1 from raw.load_events b where b.load_id = c.load_id and b.event = 'built'
    )
    order by load_id
"""

_MARK_BUILT = """
    insert into raw.load_events (load_id, shop_id, source, event, "at", run_id, build_id)
    select load_id, shop_id, source, 'built', cast(? as timestamptz), run_id, cast(? as text)
    from raw.load_events c
    where event = 'committed' and load_id in ({marks}) and not exists (
        select 1 from raw.load_events b where b.load_id = c.load_id and b.event = 'built'
    )
"""

_COMPLETE_THROUGH = f"""
    select shop_id, source, max(complete_through) as complete_through from raw.load_events
    where {IS_COMMITTED} and complete_through is not null
    group by shop_id, source
"""


class LoadEvent(StrEnum):
    STARTED = "started"
    WHOLE = "whole"
    COMMITTED = "committed"
    DISCARDED = "discarded"
    BUILT = "built"


@dataclass(frozen=True)
class Load:
    load_id: str
    shop_id: str
    source: str
    run_id: str | None


@dataclass(frozen=True)
class Reading:
    """How far a committed load read: where the next one goes on, and up to when nothing is missing."""

    cursor: Mapping[str, str]
    complete_through: datetime


class LoadDiscardedError(ConflictError):
    code = "load_discarded"


def ensure_ledger(warehouse: Warehouse) -> None:
    for statement in _CREATE:
        warehouse.execute(statement)


def begin(warehouse: Warehouse, load: Load, at: datetime) -> None:
    _append(warehouse, load, LoadEvent.STARTED, at)


def note_whole(warehouse: Warehouse, load: Load, at: datetime) -> None:
    """This load reads everything there is: what it does not meet, the vendor has no longer."""
    _append(warehouse, load, LoadEvent.WHOLE, at)


def commit(warehouse: Warehouse, load: Load, reading: Reading, count: int, at: datetime) -> None:
    """One row, one statement: before it nothing of the load exists, after it all of it."""
    cursor = json.dumps(dict(reading.cursor), sort_keys=True)
    identity = [load.load_id, load.shop_id, load.source, at, load.run_id]
    values = [*identity, cursor, reading.complete_through, count, load.load_id]
    warehouse.execute(_COMMIT, values)
    if rows(warehouse.query(_IS_DISCARDED, [load.load_id])):
        raise LoadDiscardedError(
            f"The load {load.load_id} of {load.shop_id} was discarded while it was being written.",
            hint="Another process took the warehouse meanwhile; run again.",
        )


def pending(warehouse: Warehouse) -> list[Load]:
    return _loads(warehouse, _PENDING)


def discard_pending(
    warehouse: Warehouse, at: datetime, drop_packages: Callable[[], None]
) -> list[Load]:
    """Wipe what loads that never committed left behind, in the raw tables and in the loader."""
    drop_packages()
    lost = pending(warehouse)
    with warehouse.transaction():
        delete_loads(warehouse, [load.load_id for load in lost])
        for load in lost:
            _append(warehouse, load, LoadEvent.DISCARDED, at)
    return lost


def newest_reading(warehouse: Warehouse, shop_id: str, source: str) -> Reading | None:
    for row in rows(warehouse.query(_NEWEST_COMMITTED, [shop_id, source])):
        return Reading(json.loads(row["cursor"]), row["complete_through"])
    return None


def unbuilt_loads(warehouse: Warehouse) -> list[Load]:
    """Committed, and no build has computed them."""
    return _loads(warehouse, _TO_BUILD)


def mark_built(
    warehouse: Warehouse, load_ids: Collection[str], build_id: str, at: datetime
) -> None:
    """Marking twice marks once, so a build that died after marking can be repeated."""
    if load_ids:
        statement = _MARK_BUILT.format(marks=marks(load_ids))
        warehouse.execute(statement, [at, build_id, *load_ids])


def complete_through(warehouse: Warehouse) -> dict[str, dict[str, datetime]]:
    """Per shop and source: the instant up to which everything was read."""
    reached: dict[str, dict[str, datetime]] = {}
    for row in rows(warehouse.query(_COMPLETE_THROUGH)):
        reached.setdefault(row["shop_id"], {})[row["source"]] = row["complete_through"]
    return reached


def _loads(warehouse: Warehouse, statement: str) -> list[Load]:
    return [
        Load(row["load_id"], row["shop_id"], row["source"], row["run_id"])
        for row in rows(warehouse.query(statement))
    ]


def _append(
    warehouse: Warehouse,
    load: Load,
    event: LoadEvent,
    at: datetime,
) -> None:
    values = [load.load_id, load.shop_id, load.source, event.value, at, load.run_id]
    warehouse.execute(_APPEND, values)
