"""The alert rules that shops put in place of the installation's: added, never changed."""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, null, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.alerts import Alert, AlertDelivery, AlertRules
from hotdash.storage.appdb.repositories.alert_deliveries import DELIVERED


@dataclass(frozen=True, slots=True)
class ShopRulesRecord:
    """Without rules the installation's hold again."""

    shop_id: str
    at: datetime
    actor: str
    reason: str
    rules: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Fired:
    """When alerts of one kind last came up, and when a channel last took a word about one."""

    severity: str
    subject: str
    check: str
    opened_at: datetime
    told_at: dict[str, datetime]


def hold_alert_rules(session: Session, shop_id: str) -> None:
    """Who changes a part keeps the rest as it is: one at a time, until the transaction ends."""
    key = zlib.crc32(f"alert rules {shop_id}".encode())
    session.execute(select(func.pg_advisory_xact_lock(key)))


def add_alert_rules(session: Session, record: ShopRulesRecord) -> None:
    session.add(
        AlertRules(
            shop_id=record.shop_id,
            entry_id=new_id(),
            at=record.at,
            actor=record.actor,
            reason=record.reason,
            rules=null() if record.rules is None else record.rules,
        )
    )
    session.flush()


def newest_alert_rules(session: Session, shop_id: str | None = None) -> list[ShopRulesRecord]:
    """One of each shop that ever had its own."""
    query = (
        select(AlertRules)
        .ext(distinct_on(AlertRules.shop_id))
        .order_by(AlertRules.shop_id, AlertRules.at.desc(), AlertRules.entry_id.desc())
    )
    if shop_id is not None:
        query = query.where(AlertRules.shop_id == shop_id)
    return [
        ShopRulesRecord(row.shop_id, row.at, row.actor, row.reason, row.rules)
        for row in session.scalars(query)
    ]


def last_fired(session: Session, shop_id: str) -> list[Fired]:
    """Per severity, subject and check of the shop."""
    kind = (Alert.severity, Alert.kind, Alert.check_name)
    opened = session.execute(
        select(*kind, func.max(Alert.opened_at)).where(Alert.shop_id == shop_id).group_by(*kind)
    )
    found = {
        (severity, about, check): (at, dict[str, datetime]())
        for severity, about, check, at in opened
    }
    told = session.execute(
        select(*kind, AlertDelivery.channel, func.max(AlertDelivery.at))
        .join(
            AlertDelivery,
            (AlertDelivery.shop_id == Alert.shop_id) & (AlertDelivery.alert_id == Alert.alert_id),
        )
        .where(Alert.shop_id == shop_id, AlertDelivery.status == DELIVERED)
        .group_by(*kind, AlertDelivery.channel)
    )
    for severity, about, check, channel, at in told:
        found[severity, about, check][1][channel] = at
    return [Fired(*key, at, channels) for key, (at, channels) in found.items()]
