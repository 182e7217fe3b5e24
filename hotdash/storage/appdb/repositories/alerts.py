"""One open alert per shop and check; each opening and each end is told until it was told."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.alerts import IS_OPEN, Alert
from hotdash.storage.appdb.repositories.checks import CheckRecord


@dataclass(frozen=True, slots=True)
class AlertRecord:
    shop_id: str
    alert_id: UUID
    check_name: str
    severity: str
    build_id: UUID | None
    sentence: str
    mend: str
    owner: str
    opened_at: datetime
    opening_told_at: datetime | None
    resolved_at: datetime | None


def open_alerts(
    session: Session, build_id: UUID, failed: Iterable[CheckRecord], at: datetime
) -> None:
    """A check that was failing before keeps the alert it has."""
    for check in failed:
        session.execute(
            insert(Alert)
            .values(
                shop_id=check.shop_id,
                alert_id=new_id(),
                check_name=check.check_name,
                severity=check.severity,
                build_id=build_id,
                sentence=check.sentence,
                mend=check.mend,
                owner=check.owner,
                opened_at=at,
            )
            .on_conflict_do_nothing(
                index_elements=[Alert.shop_id, Alert.check_name], index_where=text(IS_OPEN)
            )
        )


def resolve_alerts(
    session: Session, shop_id: str, still_failing: Collection[str], at: datetime
) -> None:
    session.execute(
        update(Alert)
        .where(
            Alert.shop_id == shop_id,
            Alert.resolved_at.is_(None),
            Alert.check_name.not_in(still_failing),
        )
        .values(resolved_at=at)
    )


def untold_alerts(session: Session, shop_id: str) -> list[AlertRecord]:
    """The oldest first; one that is over before it was ever told is told as opened, then as over."""
    is_untold = or_(
        Alert.opening_told_at.is_(None),
        and_(Alert.resolved_at.is_not(None), Alert.resolving_told_at.is_(None)),
    )
    found = session.scalars(
        select(Alert)
        .where(Alert.shop_id == shop_id, is_untold)
        .order_by(Alert.opened_at, Alert.alert_id)
    )
    return [_record(alert) for alert in found]


def mark_told(session: Session, alert: AlertRecord, at: datetime) -> None:
    column = Alert.opening_told_at if alert.opening_told_at is None else Alert.resolving_told_at
    session.execute(
        update(Alert)
        .where(Alert.shop_id == alert.shop_id, Alert.alert_id == alert.alert_id)
        .values({column: at})
    )


def _record(alert: Alert) -> AlertRecord:
    return AlertRecord(
        alert.shop_id,
        alert.alert_id,
        alert.check_name,
        alert.severity,
        alert.build_id,
        alert.sentence,
        alert.mend,
        alert.owner,
        alert.opened_at,
        alert.opening_told_at,
        alert.resolved_at,
    )
