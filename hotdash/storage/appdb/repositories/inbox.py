"""What vendors told us by webhook: stored once by the web, waiting for the next run, forgotten in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import ComplianceRequest, WebhookDelivery

MOST_SIGNALS = 50_000
_RECEIVE = "select app.receive_webhook(%s, %s, %s, %s, %s::text[], %s::text[], %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose webhook it is, and the sealed credential to check it with, if there is one."""

    shop_id: str
    ciphertext: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class IncomingWebhook:
    """Tables and vendor ids go in pairs; what is refused by it holds code, reason and hint."""

    shop_id: str
    vendor: str
    delivery_id: str
    topic: str
    triggered_at: datetime | None
    received_at: datetime
    tables: Sequence[str] = ()
    vendor_ids: Sequence[str] = ()
    compliance: Mapping[str, object] | None = None
    rejection: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class WaitingSignals:
    """What to read again, per table, each id once; and the signals that are served by it."""

    wanted: Mapping[str, Sequence[str]]
    signal_ids: Sequence[int]


def find_account(
    connection: psycopg.Connection, vendor: str, account: str | None, shop_id: str | None
) -> Account | None:
    row = connection.execute(
        "select shop_id, ciphertext from app.webhook_account(%s, %s, %s)",
        [vendor, account, shop_id],
    ).fetchone()
    return None if row is None else Account(row[0], row[1])


def receive(connection: psycopg.Connection, webhooks: Sequence[IncomingWebhook]) -> list[bool]:
    """True for each that is new; one that came before changes nothing. All with one commit.

    In one order whoever writes them, or two writers with the same ones would wait for each other.
    """
    places = sorted(range(len(webhooks)), key=lambda place: _key(webhooks[place]))
    told = [False] * len(webhooks)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(_RECEIVE, [_values(webhooks[place]) for place in places], returning=True)
        for place in places:
            told[place] = cursor.fetchone() == (True,)
            cursor.nextset()
    return told


def waiting(session: Session, shop_id: str, vendor: str) -> WaitingSignals:
    """The oldest first; more than anybody wants in one read waits for the next."""
    rows = session.execute(
        select(WebhookDelivery.signal_id, WebhookDelivery.table_name, WebhookDelivery.vendor_id)
        .where(
            WebhookDelivery.shop_id == shop_id,
            WebhookDelivery.vendor == vendor,
            WebhookDelivery.applied_at.is_(None),
        )
        .order_by(WebhookDelivery.signal_id)
        .limit(MOST_SIGNALS)
    ).all()
    wanted: dict[str, dict[str, None]] = {}
    for row in rows:
        wanted.setdefault(row.table_name, {})[row.vendor_id] = None
    return WaitingSignals(
        {table: list(ids) for table, ids in wanted.items()}, [row.signal_id for row in rows]
    )


def mark_applied(
    session: Session,
    shop_id: str,
    vendor: str,
    signal_ids: Sequence[int],
    load_id: str,
    at: datetime,
) -> None:
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.shop_id == shop_id,
            WebhookDelivery.vendor == vendor,
            WebhookDelivery.signal_id.in_(signal_ids),
        )
        .values(applied_at=at, load_id=load_id)
    )


def forget_applied(session: Session, received_before: datetime) -> int:
    """What waits is never forgotten, however old it is."""
    old = WebhookDelivery.received_at < received_before
    forgotten = session.execute(
        delete(WebhookDelivery)
        .where(WebhookDelivery.applied_at.is_not(None), old)
        .returning(WebhookDelivery.signal_id)
    )
    return len(forgotten.all())


def open_requests(session: Session, shop_id: str) -> list[ComplianceRequest]:
    """What is still to be answered, the most urgent first."""
    return list(
        session.scalars(
            select(ComplianceRequest)
            .where(
                ComplianceRequest.shop_id == shop_id,
                ComplianceRequest.handled_at.is_(None),
            )
            .order_by(ComplianceRequest.due_at)
        )
    )


def close_request(
    session: Session, shop_id: str, vendor: str, delivery_id: str, at: datetime
) -> None:
    session.execute(
        update(ComplianceRequest)
        .where(
            ComplianceRequest.shop_id == shop_id,
            ComplianceRequest.vendor == vendor,
            ComplianceRequest.delivery_id == delivery_id,
        )
        .values(handled_at=at)
    )


def _key(webhook: IncomingWebhook) -> tuple[str, str, str]:
    return webhook.shop_id, webhook.vendor, webhook.delivery_id


def _values(webhook: IncomingWebhook) -> list[Any]:
    return [
        *_key(webhook),
        webhook.topic,
        list(webhook.tables),
        list(webhook.vendor_ids),
        webhook.triggered_at,
        webhook.received_at,
        _json(webhook.compliance),
        _json(webhook.rejection),
    ]


def _json(document: Mapping[str, object] | None) -> Jsonb | None:
    return None if document is None else Jsonb(dict(document))
