"""What waits for the mirror, what arrived and what it refused for good: one row per decision and fact."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import MirrorRow
from hotdash.storage.appdb.repositories import leases
from hotdash.storage.appdb.repositories.mirror_rows import bodies_of

WAITING, SENT, DEAD = "waiting", "sent", "dead"
_LOCK = "mirror"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """`position` names it; `attempts` and `refusals` are those before this one."""

    position: int
    shop_id: str
    entity: str
    entity_id: UUID
    attempts: int
    refusals: int
    scope: str
    body: str


@dataclass(frozen=True, slots=True)
class DeadRow:
    shop_id: str
    entity: str
    entity_id: UUID
    attempts: int
    code: str | None
    reason: str | None
    died_at: datetime


@dataclass(frozen=True, slots=True)
class OutboxCount:
    entity: str
    status: str
    rows: int
    oldest: datetime


def sending_alone(connection: psycopg.Connection, patience_seconds: float) -> bool:
    """The lock goes with the connection, a moment after whoever had it ended or was killed."""
    return leases.wait_for_lock(connection, _LOCK, patience_seconds)


def still_alone(connection: psycopg.Connection) -> bool:
    return leases.still_locked(connection)


def due_rows(
    session: Session, now: datetime, limit: int, *, untried_since: datetime | None = None
) -> list[OutboxRow]:
    """The longest waiting first. With `untried_since` also what rests, but for what was tried since."""
    is_due = or_(MirrorRow.due_at.is_(None), MirrorRow.due_at <= now)
    if untried_since is not None:
        is_due = or_(is_due, MirrorRow.attempted_at < untried_since)
    rows = session.scalars(
        select(MirrorRow)
        .where(MirrorRow.status == WAITING, is_due)
        .order_by(MirrorRow.position)
        .limit(limit)
    ).all()
    found: list[OutboxRow] = []
    bodies = {
        entity: bodies_of(session, entity, [r.entity_id for r in rows if r.entity == entity])
        for entity in sorted({row.entity for row in rows})
    }
    for row in rows:
        scope, body = bodies[row.entity][row.shop_id, row.entity_id]
        found.append(
            OutboxRow(
                row.position,
                row.shop_id,
                row.entity,
                row.entity_id,
                row.attempts,
                row.refusals,
                scope,
                body,
            )
        )
    return found


def note_attempt(session: Session, positions: Collection[int], at: datetime) -> dict[int, int]:
    """Before the call, so that no number is given twice: which attempt it is for each."""
    told = session.execute(
        update(MirrorRow)
        .where(MirrorRow.position.in_(positions), MirrorRow.status == WAITING)
        .values(attempts=MirrorRow.attempts + 1, attempted_at=at)
        .returning(MirrorRow.position, MirrorRow.attempts)
    )
    return {row.position: row.attempts for row in told}


def mark_sent(session: Session, positions: Collection[int], at: datetime) -> None:
    _settle(session, positions, SENT, at, code=None, reason=None)


def mark_dead(
    session: Session, positions: Collection[int], at: datetime, code: str, reason: str
) -> None:
    _settle(session, positions, DEAD, at, code=code, reason=reason)


def note_refusal(session: Session, position: int, due_at: datetime, code: str, reason: str) -> None:
    session.execute(
        update(MirrorRow)
        .where(MirrorRow.position == position, MirrorRow.status == WAITING)
        .values(refusals=MirrorRow.refusals + 1, due_at=due_at, code=code, reason=reason)
    )


def postpone(
    session: Session, positions: Collection[int], due_at: datetime, code: str, reason: str
) -> None:
    session.execute(
        update(MirrorRow)
        .where(MirrorRow.position.in_(positions), MirrorRow.status == WAITING)
        .values(due_at=due_at, code=code, reason=reason)
    )


def send_again(session: Session, ids: Collection[UUID], *, also_sent: bool = False) -> int:
    """Of the dead, or of everything: as if it had never been tried, but its attempts are counted on."""
    wanted: list[ColumnElement[bool]] = [
        MirrorRow.status != WAITING if also_sent else MirrorRow.status == DEAD
    ]
    if ids:
        wanted.append(MirrorRow.entity_id.in_(ids))
    done = session.execute(
        update(MirrorRow)
        .where(*wanted)
        .values(status=WAITING, due_at=None, refusals=0, code=None, reason=None, settled_at=None)
        .returning(MirrorRow.position)
    )
    return len(done.all())


def release(session: Session) -> None:
    """What rests is due at once: what kept it is mended."""
    session.execute(update(MirrorRow).where(MirrorRow.status == WAITING).values(due_at=None))


def counts(session: Session) -> list[OutboxCount]:
    found = session.execute(
        select(MirrorRow.entity, MirrorRow.status, func.count(), func.min(MirrorRow.entered_at))
        .group_by(MirrorRow.entity, MirrorRow.status)
        .order_by(MirrorRow.entity, MirrorRow.status)
    )
    return [OutboxCount(*row) for row in found]


def count_dead(session: Session) -> int:
    """By the index of the dead: asked every minute, however many were sent."""
    return (
        session.scalar(select(func.count()).select_from(MirrorRow).where(MirrorRow.status == DEAD))
        or 0
    )


def dead_rows(session: Session, limit: int) -> list[DeadRow]:
    found = session.scalars(
        select(MirrorRow).where(MirrorRow.status == DEAD).order_by(MirrorRow.position).limit(limit)
    )
    return [
        DeadRow(
            row.shop_id,
            row.entity,
            row.entity_id,
            row.attempts,
            row.code,
            row.reason,
            row.settled_at or row.entered_at,
        )
        for row in found
    ]


def _settle(
    session: Session,
    positions: Collection[int],
    status: str,
    at: datetime,
    *,
    code: str | None,
    reason: str | None,
) -> None:
    session.execute(
        update(MirrorRow)
        .where(MirrorRow.position.in_(positions), MirrorRow.status == WAITING)
        .values(status=status, settled_at=at, due_at=None, code=code, reason=reason)
    )
