"""Tell people once when a check begins to fail for a shop, and once when it passes again."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.notifications.message import Kind, Message, Severity
from hotdash.notifications.routing import Route, send
from hotdash.storage.appdb.repositories.alerts import (
    AlertRecord,
    mark_told,
    open_alerts,
    resolve_alerts,
    untold_alerts,
)
from hotdash.storage.appdb.repositories.checks import failed_checks
from hotdash.storage.appdb.session import Database

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    opened: int = 0
    resolved: int = 0
    undelivered: int = 0


def notify_findings(
    database: Database,
    routes: Sequence[Route],
    build_id: UUID,
    shops: Sequence[str],
    clock: Clock,
) -> Told:
    """After the gate: what no channel takes now is told the next time, not lost."""
    messages = [
        (alert, _message(alert))
        for shop_id in shops
        for alert in _open_and_resolve(database, build_id, shop_id, clock)
    ]
    delivered = [
        message.kind
        for alert, message in messages
        if _tell(database, routes, alert, message, clock)
    ]
    return Told(
        opened=delivered.count(Kind.OPENED),
        resolved=delivered.count(Kind.RESOLVED),
        undelivered=len(messages) - len(delivered),
    )


def _open_and_resolve(
    database: Database, build_id: UUID, shop_id: str, clock: Clock
) -> list[AlertRecord]:
    with database.jobs() as session:
        failed = [
            check
            for check in failed_checks(session, shop_id, build_id)
            if Severity(check.severity) is not Severity.INFO
        ]
        open_alerts(session, build_id, failed, clock.now())
        resolve_alerts(session, shop_id, [check.check_name for check in failed], clock.now())
        return untold_alerts(session, shop_id)


def _tell(
    database: Database,
    routes: Sequence[Route],
    alert: AlertRecord,
    message: Message,
    clock: Clock,
) -> bool:
    try:
        if send(message, routes) == 0:
            return False
    except HotdashError:
        _log.exception("notification_failed", shop_id=alert.shop_id, check=alert.check_name)
        return False
    with database.jobs() as session:
        mark_told(session, alert, clock.now())
    return True


def _message(alert: AlertRecord) -> Message:
    is_new = alert.opening_told_at is None
    name = alert.check_name.replace("_", " ")
    return Message(
        key=f"{alert.alert_id}:{'opened' if is_new else 'resolved'}",
        kind=Kind.OPENED if is_new else Kind.RESOLVED,
        severity=Severity(alert.severity),
        shop_id=alert.shop_id,
        check=alert.check_name,
        title=f"{alert.shop_id}: {name} {'fails' if is_new else 'passes again'}",
        body=alert.sentence,
        mend=alert.mend if is_new else "",
        owner=alert.owner,
        at=alert.opened_at if is_new else alert.resolved_at or alert.opened_at,
    )
