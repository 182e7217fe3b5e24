"""The numbers a shop runs by, and from which day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import OperatingSetting


@dataclass(frozen=True, slots=True)
class SettingDecision:
    shop_id: str
    setting: str
    applies_to: str
    subject: str
    value: int
    effective_from: date
    decided_at: datetime
    decided_by: str
    reason: str


def decide_settings(session: Session, decisions: Iterable[SettingDecision]) -> None:
    """Added, never changed: for the same day the later decision holds."""
    for decision in decisions:
        session.add(
            OperatingSetting(
                shop_id=decision.shop_id,
                setting=decision.setting,
                applies_to=decision.applies_to,
                subject=decision.subject,
                value=decision.value,
                effective_from=decision.effective_from,
                decided_at=decision.decided_at,
                decided_by=decision.decided_by,
                reason=decision.reason,
            )
        )
    session.flush()


def list_settings(session: Session, shop_id: str) -> list[SettingDecision]:
    """Every decision in the order in which they came to hold."""
    rows = session.scalars(
        select(OperatingSetting)
        .where(OperatingSetting.shop_id == shop_id)
        .order_by(
            OperatingSetting.setting,
            OperatingSetting.applies_to,
            OperatingSetting.subject,
            OperatingSetting.effective_from,
            OperatingSetting.decided_at,
        )
    )
    return [_record(row) for row in rows]


def settings_on(session: Session, shop_id: str, setting: str, day: date) -> dict[str, int]:
    """By subject what holds on a day; '' is the whole shop."""
    held = dict[str, int]()
    for each in list_settings(session, shop_id):
        if each.setting == setting and each.effective_from <= day:
            held[each.subject] = each.value
    return held


def _record(row: OperatingSetting) -> SettingDecision:
    return SettingDecision(
        shop_id=row.shop_id,
        setting=row.setting,
        applies_to=row.applies_to,
        subject=row.subject,
        value=row.value,
        effective_from=row.effective_from,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
