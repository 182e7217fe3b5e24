"""The record of everything done, which can be added to and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import AuditEvent


@dataclass(frozen=True, slots=True)
class AuditRecord:
    event_id: int
    shop_id: str | None
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    request_id: str | None


def add_event(
    session: Session,
    *,
    shop_id: str | None,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    request_id: str | None = None,
) -> None:
    """Actors are named by their user id or program, people in the detail by pseudonym."""
    session.execute(
        insert(AuditEvent)
        .inline()
        .values(
            shop_id=shop_id,
            actor=actor,
            action=action,
            subject=subject,
            at=at,
            detail=dict(detail or {}),
            request_id=request_id,
        )
    )


def list_events(
    session: Session, shop_id: str, *, before_event: int | None = None, limit: int = 100
) -> list[AuditRecord]:
    query = select(AuditEvent).where(AuditEvent.shop_id == shop_id)
    if before_event is not None:
        query = query.where(AuditEvent.event_id < before_event)
    newest_first = query.order_by(AuditEvent.event_id.desc()).limit(limit)
    return [_record(row) for row in session.scalars(newest_first)]


def events_between(
    session: Session, shop_id: str, action: str, first: date, last: date
) -> list[AuditRecord]:
    """Of one kind, on days of UTC, the newest first."""
    begins = datetime.combine(first, time(), UTC)
    ends = datetime.combine(last, time(), UTC) + timedelta(days=1)
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.shop_id == shop_id,
            AuditEvent.action == action,
            AuditEvent.at >= begins,
            AuditEvent.at < ends,
        )
        .order_by(AuditEvent.event_id.desc())
    )
    return [_record(row) for row in session.scalars(query)]


def events_of_action(session: Session, shop_id: str, action: str) -> list[AuditRecord]:
    """Of one kind and one shop, the newest first."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.shop_id == shop_id, AuditEvent.action == action)
        .order_by(AuditEvent.event_id.desc())
    )
    return [_record(row) for row in session.scalars(query)]


def subjects_of(session: Session, shop_id: str, action: str) -> set[str]:
    """What this was ever done to."""
    query = select(AuditEvent.subject).where(
        AuditEvent.shop_id == shop_id, AuditEvent.action == action
    )
    return set(session.scalars(query.distinct()))


def _record(row: AuditEvent) -> AuditRecord:
    return AuditRecord(
        event_id=row.event_id,
        shop_id=row.shop_id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
        request_id=row.request_id,
    )


def has_event(session: Session, action: str, subject: str) -> bool:
    found = select(AuditEvent.event_id).where(
        AuditEvent.action == action, AuditEvent.subject == subject
    )
    return session.scalar(found.limit(1)) is not None
