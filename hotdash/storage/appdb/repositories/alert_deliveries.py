"""Every try to tell an alert: written before the message leaves, and finished when it is out of our hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.alerts import AlertDelivery

ATTEMPTED, DELIVERED, FAILED, HELD = "attempted", "delivered", "failed", "held"
_WAIT = "select pg_advisory_lock(hashtextextended('hotdash send alerts', 0))"


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    shop_id: str
    alert_id: UUID
    channel: str
    message_key: str
    group_id: UUID | None
    attempt: int
    at: datetime
    status: str
    error: str | None = None


def sending_alone(connection: psycopg.Connection, patience: timedelta) -> bool:
    """Two processes that send at once would tell everything twice; the lock lives as long as the connection."""
    milliseconds = int(patience.total_seconds() * 1000)
    connection.execute("select set_config('lock_timeout', %s, false)", [str(milliseconds)])
    try:
        connection.execute(_WAIT)
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def add_deliveries(session: Session, records: Sequence[DeliveryRecord]) -> list[UUID]:
    ids = [new_id() for _ in records]
    for delivery_id, record in zip(ids, records, strict=True):
        session.execute(
            insert(AlertDelivery)
            .inline()
            .values(
                shop_id=record.shop_id,
                delivery_id=delivery_id,
                alert_id=record.alert_id,
                channel=record.channel,
                message_key=record.message_key,
                group_id=record.group_id,
                attempt=record.attempt,
                at=record.at,
                status=record.status,
                error=record.error,
            )
        )
    return ids


def finish_deliveries(
    session: Session, deliveries: Iterable[UUID], status: str, error: str | None = None
) -> None:
    session.execute(
        update(AlertDelivery)
        .where(AlertDelivery.delivery_id.in_(list(deliveries)))
        .values(status=status, error=error)
    )


def deliveries_of(session: Session, alerts: Iterable[UUID]) -> list[DeliveryRecord]:
    """The oldest first."""
    found = session.scalars(
        select(AlertDelivery)
        .where(AlertDelivery.alert_id.in_(list(alerts)))
        .order_by(AlertDelivery.at, AlertDelivery.delivery_id)
    )
    return [
        DeliveryRecord(
            row.shop_id,
            row.alert_id,
            row.channel,
            row.message_key,
            row.group_id,
            row.attempt,
            row.at,
            row.status,
            row.error,
        )
        for row in found
    ]
