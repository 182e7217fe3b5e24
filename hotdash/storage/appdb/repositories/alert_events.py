"""What people and checks did to alerts: appended only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.alerts import AlertEvent

FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class AlertEventRecord:
    shop_id: str
    alert_id: UUID
    at: datetime
    event: str
    actor: str
    note: str | None = None
    until: datetime | None = None


def add_alert_event(session: Session, event: AlertEventRecord) -> None:
    # Without RETURNING: whoever may add one is not asked to read it back.
    session.execute(
        insert(AlertEvent)
        .inline()
        .values(
            shop_id=event.shop_id,
            event_id=new_id(),
            alert_id=event.alert_id,
            at=event.at,
            event=event.event,
            actor=event.actor,
            note=event.note,
            until=event.until,
        )
    )


def events_of(session: Session, alerts: Iterable[UUID]) -> list[AlertEventRecord]:
    """The oldest first."""
    found = session.scalars(
        select(AlertEvent)
        .where(AlertEvent.alert_id.in_(list(alerts)))
        .order_by(AlertEvent.at, AlertEvent.event_id)
    )
    return [_record(row) for row in found]


def false_alarms(
    session: Session, shops: Sequence[str] | None, since: datetime
) -> list[AlertEventRecord]:
    query = select(AlertEvent).where(AlertEvent.event == FALSE_ALARM, AlertEvent.at >= since)
    if shops is not None:
        query = query.where(AlertEvent.shop_id.in_(shops))
    return [_record(row) for row in session.scalars(query.order_by(AlertEvent.at))]


def _record(row: AlertEvent) -> AlertEventRecord:
    return AlertEventRecord(
        row.shop_id, row.alert_id, row.at, row.event, row.actor, row.note, row.until
    )
