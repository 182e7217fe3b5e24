"""One owner per resource: a session's advisory lock decides, a row says who it is."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.operations import LeaseHolder

_TRY = "select pg_try_advisory_lock(hashtextextended('hotdash lease ' || %s, 0))"
_WAIT = "select pg_advisory_lock(hashtextextended('hotdash lease ' || %s, 0))"
_LET_GO = "select pg_advisory_unlock_all()"
_HELD = """
    select exists (
        select from pg_locks
        where locktype = 'advisory' and pid = pg_backend_pid() and granted
    )
"""

# A lock of one 64-bit key is listed as its two halves.
_SOMEBODY_HOLDS = """
    select exists (
        select from pg_locks as l
        where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
            and l.database = (select d.oid from pg_database as d where d.datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint)
                = hashtextextended('hotdash lease ' || :resource, 0)
    )
"""


@dataclass(frozen=True)
class Holder:
    resource: str
    host: str
    pid: int
    taken_at: datetime
    run_id: UUID | None = None

    @property
    def name(self) -> str:
        return f"process {self.pid} on {self.host}"


def try_lock(connection: psycopg.Connection, resource: str) -> bool:
    """The lock lives as long as this connection: a killed owner frees it by dying."""
    return _answer(connection.execute(_TRY, [resource]))


def wait_for_lock(connection: psycopg.Connection, resource: str, seconds: float) -> bool:
    """In turn: the server wakes whoever has waited longest. False when the time is over."""
    milliseconds = str(max(1, round(seconds * 1000)))
    connection.execute("select set_config('lock_timeout', %s, false)", [milliseconds])
    try:
        connection.execute(_WAIT, [resource])
    except psycopg.errors.LockNotAvailable:
        return False
    finally:
        connection.execute("select set_config('lock_timeout', '0', false)")
    return True


def is_locked(session: Session, resource: str) -> bool:
    """By a living process; asked without taking it, so that whoever looks keeps nobody out."""
    return bool(session.scalar(text(_SOMEBODY_HOLDS), {"resource": resource}))


def still_locked(connection: psycopg.Connection) -> bool:
    try:
        return _answer(connection.execute(_HELD))
    except psycopg.Error:
        return False


def unlock(connection: psycopg.Connection) -> None:
    """Before closing: the server notices a closed connection only a moment later."""
    with suppress(psycopg.Error):
        connection.execute(_LET_GO)


def write_holder(session: Session, holder: Holder) -> None:
    values = {
        "holder": holder.name,
        "run_id": holder.run_id,
        "pid": holder.pid,
        "host": holder.host,
        "taken_at": holder.taken_at,
    }
    session.execute(
        insert(LeaseHolder)
        .values(warehouse=holder.resource, **values)
        .on_conflict_do_update(index_elements=[LeaseHolder.warehouse], set_=values)
    )


def read_holder(session: Session, resource: str) -> Holder | None:
    row = session.scalar(select(LeaseHolder).where(LeaseHolder.warehouse == resource))
    if row is None:
        return None
    return Holder(row.warehouse, row.host, row.pid, row.taken_at, row.run_id)


def forget_holder(session: Session, resource: str) -> None:
    session.execute(delete(LeaseHolder).where(LeaseHolder.warehouse == resource))


def _answer(cursor: psycopg.Cursor[tuple[object, ...]]) -> bool:
    row = cursor.fetchone()
    return row is not None and row[0] is True
