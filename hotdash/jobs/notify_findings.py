"""Tell people once when a check begins to fail for a shop, and once when it was asked again and passed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.send_alerts import ACTOR, Sent, send_alerts
from hotdash.notifications.message import Kind, Severity
from hotdash.notifications.standing import AUTO_RESOLVED, BECAME_BLOCKING, PASSED_AGAIN
from hotdash.pipeline.quality.checks.drift import check_of_drift
from hotdash.pipeline.quality.checks.freshness import HARD, SOFT
from hotdash.pipeline.quality.checks.sources import key_check
from hotdash.storage.appdb.repositories import alerts, audit, credentials
from hotdash.storage.appdb.repositories.alert_events import AlertEventRecord, add_alert_event
from hotdash.storage.appdb.repositories.alerts import CHECK, JOB, NewAlert
from hotdash.storage.appdb.repositories.checks import CheckRecord, failed_checks
from hotdash.storage.appdb.repositories.drifts import list_drifts
from hotdash.storage.appdb.repositories.publications import PARITY_CHECK, Outcome, outcomes_of

# Every gate asks for each departure that is open: one that was closed has no check any more.
DRIFT_CHECKS = "schema_drift_"
FORGET_CREDENTIALS = "forget_credentials"


@dataclass(frozen=True, slots=True)
class Told:
    opened: int = 0
    resolved: int = 0
    escalated: int = 0
    undelivered: int = 0
    held: int = 0

    @classmethod
    def of(cls, sent: Sent) -> "Told":
        return cls(
            opened=sent.count(Kind.OPENED),
            resolved=sent.count(Kind.RESOLVED),
            escalated=sent.count(Kind.ESCALATED),
            undelivered=sent.failed,
            held=sent.held,
        )


def notify_findings(
    desk: AlertDesk,
    build_id: UUID,
    shops: Sequence[str],
    asked: Mapping[str, Collection[str]] | None = None,
) -> Told:
    """After the gate. Asked are the checks of each shop that were; unsaid, those with an answer kept."""
    for shop_id in shops:
        with desk.database.jobs() as session:
            alerts.follow_people(session)
            _open_and_end(desk, session, build_id, shop_id, asked)
    return Told.of(send_alerts(desk))


def _open_and_end(
    desk: AlertDesk,
    session: Session,
    build_id: UUID,
    shop_id: str,
    asked: Mapping[str, Collection[str]] | None,
) -> None:
    """What was not asked keeps its alert: silence is no answer."""
    left = end_of_left_sources(session, shop_id, desk)
    if left is None:
        return
    failed = [
        each for each in failed_checks(session, shop_id, build_id) if each.check_name not in left
    ]
    allowed = set(alerts.overridden_checks(session, shop_id, build_id))
    told = [
        each
        for each in failed
        if Severity(each.severity) is not Severity.INFO and each.check_name not in allowed
    ]
    open_found(session, [_alert(each, build_id) for each in told], desk)
    failing = {each.check_name for each in failed}
    answered = set(alerts.passed_checks(session, shop_id, build_id))
    if asked is not None:
        answered = set(asked.get(shop_id, ()))
    if _was_staged(session, shop_id, build_id):
        answered.add(PARITY_CHECK)
    answered |= {
        name for shop, name in alerts.open_names(session, CHECK, DRIFT_CHECKS) if shop == shop_id
    }
    # Beyond its hard limit a source is still beyond the soft one, whose check is silent then.
    answered -= {SOFT + name.removeprefix(HARD) for name in failing if name.startswith(HARD)}
    end(session, shop_id, CHECK, answered - failing, desk)
    end(session, shop_id, CHECK, allowed, desk, "overridden for a while")


def end_of_left_sources(session: Session, shop_id: str, desk: AlertDesk) -> set[str] | None:
    """What no run asks any more is over. The checks that were about left sources; None where all are.

    Asked again by every run: one that began before somebody disconnected a source still asks it.
    """
    connected = credentials.list_credentials(session, shop_id).keys()
    left = audit.subjects_of(session, shop_id, FORGET_CREDENTIALS) - connected
    why = f"{' and '.join(sorted(left))} {'was' if len(left) == 1 else 'were'} disconnected"
    if left and not connected:
        for kind in (CHECK, JOB):
            names = [name for shop, name in alerts.open_names(session, kind) if shop == shop_id]
            end(session, shop_id, kind, names, desk, why)
        return None
    drifts = [each for each in list_drifts(session, [shop_id]) if each.source in left]
    names = {name for each in left for name in (HARD + each, SOFT + each, key_check(each))}
    names |= {check_of_drift(each.table_name, each.kind, each.field) for each in drifts}
    end(session, shop_id, CHECK, names, desk, why)
    return names


def _was_staged(session: Session, shop_id: str, build_id: UUID) -> bool:
    """Every publication compares what it staged, and writes down only that it differed."""
    outcomes = outcomes_of(session, shop_id, build_id)
    return any(each.outcome in (Outcome.PUBLISHED, Outcome.UNCHANGED) for each in outcomes)


def open_found(session: Session, found: Sequence[NewAlert], desk: AlertDesk) -> None:
    """What became blocking is told anew, whatever somebody answered while it was a warning."""
    at = desk.clock.now()
    for shop_id, alert_id in alerts.end_risen(session, found, at):
        add_alert_event(
            session,
            AlertEventRecord(shop_id, alert_id, at, AUTO_RESOLVED, ACTOR, BECAME_BLOCKING),
        )
    alerts.open_alerts(session, found, at)


def end(
    session: Session,
    shop_id: str,
    kind: str,
    names: Collection[str],
    desk: AlertDesk,
    why: str = PASSED_AGAIN,
) -> None:
    """What of these is open is over, without anybody having to say so."""
    at = desk.clock.now()
    for alert_id in alerts.end_alerts(session, shop_id, kind, names, at):
        add_alert_event(session, AlertEventRecord(shop_id, alert_id, at, AUTO_RESOLVED, ACTOR, why))


def _alert(check: CheckRecord, build_id: UUID) -> NewAlert:
    return NewAlert(
        shop_id=check.shop_id,
        check_name=check.check_name,
        severity=check.severity,
        sentence=check.sentence or check.check_name,
        mend=check.mend or "",
        owner=check.owner or "",
        build_id=build_id,
    )
