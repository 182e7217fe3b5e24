"""One open alert per shop and check; it is open until the check passes or a person ends it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, cast, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.alerts import IS_OPEN, Alert, AlertEvent
from hotdash.storage.appdb.models.operations import CheckResult
from hotdash.storage.appdb.repositories.checks import PASSED

CHECK, JOB, BACKFILL, DIGEST = "check", "job", "backfill", "digest"
# Told once and over when it was written: nobody can answer it, and it may name who did something.
NOTES = (BACKFILL, DIGEST)
BLOCKING = "blocking"
_ENDED_BY_PERSON = "resolved"


@dataclass(frozen=True, slots=True)
class NewAlert:
    """The runbook is the page that says what to do; the check's own unless another is named."""

    shop_id: str
    check_name: str
    severity: str
    sentence: str
    mend: str
    owner: str
    kind: str = CHECK
    runbook: str | None = None
    group_key: str | None = None
    build_id: UUID | None = None


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
    kind: str
    runbook: str
    group_key: str | None


def open_alerts(session: Session, found: Iterable[NewAlert], at: datetime) -> None:
    """What was failing before keeps the alert it has, with the newest words about it."""
    for each in found:
        values = _values(each, at)
        newest = {name: values[name] for name in ("severity", "sentence", "mend", "owner")}
        session.execute(
            insert(Alert)
            .values(values)
            .on_conflict_do_update(
                index_elements=[Alert.shop_id, Alert.check_name],
                index_where=text(IS_OPEN),
                set_=newest,
            )
        )


def end_risen(session: Session, found: Iterable[NewAlert], at: datetime) -> list[tuple[str, UUID]]:
    """The open ones that were less than blocking and now are: shop and alert of each."""
    ended: list[tuple[str, UUID]] = []
    for each in found:
        if each.severity != BLOCKING:
            continue
        risen = (
            update(Alert)
            .where(
                Alert.shop_id == each.shop_id,
                Alert.check_name == each.check_name,
                Alert.resolved_at.is_(None),
                Alert.severity != BLOCKING,
            )
            .values(resolved_at=at)
            .returning(Alert.alert_id)
        )
        ended.extend((each.shop_id, alert_id) for alert_id in session.scalars(risen))
    return ended


def note_once(session: Session, notes: Iterable[NewAlert], at: datetime) -> int:
    """What is only told, over when it happened; of one group key there is one per shop. How many are new."""
    added = 0
    for each in notes:
        known = select(Alert.alert_id).where(
            Alert.shop_id == each.shop_id,
            Alert.check_name == each.check_name,
            Alert.group_key == each.group_key,
        )
        if each.group_key is not None and session.execute(known.limit(1)).first():
            continue
        session.execute(insert(Alert).values({**_values(each, at), "resolved_at": at}))
        added += 1
    return added


def _values(each: NewAlert, at: datetime) -> dict[str, object]:
    return {
        "shop_id": each.shop_id,
        "alert_id": new_id(),
        "check_name": each.check_name,
        "severity": each.severity,
        "build_id": each.build_id,
        "sentence": each.sentence,
        "mend": each.mend,
        "owner": each.owner,
        "opened_at": at,
        "kind": each.kind,
        "runbook": each.runbook,
        "group_key": each.group_key,
    }


def passed_checks(session: Session, shop_id: str, build_id: UUID) -> list[str]:
    """Asked of this shop in this build, and found in order: what was not asked is not among them."""
    return list(
        session.scalars(
            select(CheckResult.check_name).where(
                CheckResult.shop_id == shop_id,
                CheckResult.build_id == build_id,
                CheckResult.status == PASSED,
            )
        )
    )


def overridden_checks(session: Session, shop_id: str, build_id: UUID) -> list[str]:
    """A person has said for a while that they may fail."""
    return list(
        session.scalars(
            select(CheckResult.check_name).where(
                CheckResult.shop_id == shop_id,
                CheckResult.build_id == build_id,
                CheckResult.override_id.is_not(None),
            )
        )
    )


def open_names(session: Session, kind: str, beginning: str = "") -> list[tuple[str, str]]:
    """Shop and name of each open alert whose name begins so."""
    rows = session.execute(
        select(Alert.shop_id, Alert.check_name).where(
            Alert.kind == kind,
            Alert.resolved_at.is_(None),
            Alert.check_name.startswith(beginning, autoescape=True),
        )
    )
    return [(shop_id, name) for shop_id, name in rows]


def end_alerts(
    session: Session, shop_id: str, kind: str, passed: Collection[str], at: datetime
) -> list[UUID]:
    """Those of these names that are open, and which they were."""
    return list(
        session.scalars(
            update(Alert)
            .where(
                Alert.shop_id == shop_id,
                Alert.kind == kind,
                Alert.resolved_at.is_(None),
                Alert.check_name.in_(passed),
            )
            .values(resolved_at=at)
            .returning(Alert.alert_id)
        )
    )


def follow_people(session: Session) -> None:
    """What somebody resolved is no longer open: if it fails once more, that is a new alert."""
    ended_at = (
        select(func.max(AlertEvent.at))
        .where(
            AlertEvent.shop_id == Alert.shop_id,
            AlertEvent.alert_id == Alert.alert_id,
            AlertEvent.event == _ENDED_BY_PERSON,
        )
        .scalar_subquery()
    )
    session.execute(
        update(Alert)
        .where(Alert.resolved_at.is_(None), ended_at.is_not(None))
        .values(resolved_at=ended_at)
    )


def unsettled_alerts(session: Session) -> list[AlertRecord]:
    """Every open one, and those that are over while something may still have to be said."""
    wanted = or_(Alert.resolved_at.is_(None), Alert.resolving_told_at.is_(None))
    found = session.scalars(select(Alert).where(wanted).order_by(Alert.opened_at, Alert.alert_id))
    return [_record(alert) for alert in found]


def list_alerts(
    session: Session, shops: Sequence[str] | None, *, closed: bool = False, limit: int = 200
) -> list[AlertRecord]:
    """The newest first."""
    query = select(Alert).order_by(Alert.opened_at.desc(), Alert.alert_id.desc()).limit(limit)
    if shops is not None:
        query = query.where(Alert.shop_id.in_(shops))
    if not closed:
        query = query.where(Alert.resolved_at.is_(None))
    return [_record(alert) for alert in session.scalars(query)]


def find_alert(session: Session, named: str, shop_id: str | None = None) -> AlertRecord:
    """By its id, or by how that begins or ends where no other does."""
    alert_id = cast(Alert.alert_id, String)
    query = select(Alert).where(
        or_(alert_id.startswith(named, autoescape=True), alert_id.endswith(named, autoescape=True))
    )
    if shop_id is not None:
        query = query.where(Alert.shop_id == shop_id)
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        many = "Several alerts have" if found else "No alert has"
        raise NotFoundError(
            f"{many} an id like {named!r}.",
            hint="`hotdash alerts list` shows their ids.",
            field="alert",
        )
    return _record(found[0])


def mark_told(session: Session, alerts: Iterable[tuple[str, UUID]], at: datetime) -> None:
    for shop_id, alert_id in alerts:
        session.execute(
            update(Alert)
            .where(
                Alert.shop_id == shop_id,
                Alert.alert_id == alert_id,
                Alert.opening_told_at.is_(None),
            )
            .values(opening_told_at=at)
        )


def settle(session: Session, alerts: Iterable[tuple[str, UUID]], at: datetime) -> None:
    """Nothing is left to be said about them."""
    for shop_id, alert_id in alerts:
        session.execute(
            update(Alert)
            .where(Alert.shop_id == shop_id, Alert.alert_id == alert_id)
            .values(resolving_told_at=at)
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
        alert.kind,
        alert.runbook or alert.check_name,
        alert.group_key,
    )
