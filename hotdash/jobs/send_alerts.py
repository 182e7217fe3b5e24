"""Tell what is due: written down before it leaves and after, so that nothing is lost and little is told twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger, redact
from hotdash.jobs.alert_desk import AlertDesk, states_of
from hotdash.notifications.channels.contract import Channel
from hotdash.notifications.compose import compose
from hotdash.notifications.message import AlertState, Kind, Message
from hotdash.notifications.policy import Due, Plan, plan
from hotdash.notifications.standing import ESCALATED
from hotdash.notifications.wanted import HELD, Want
from hotdash.storage.appdb.repositories import alert_deliveries, alerts
from hotdash.storage.appdb.repositories.alert_deliveries import (
    ATTEMPTED,
    DELIVERED,
    FAILED,
    DeliveryRecord,
)
from hotdash.storage.appdb.repositories.alert_events import AlertEventRecord, add_alert_event
from hotdash.storage.appdb.repositories.identity import names_of_people

ACTOR = "hotdash"
# For another process that sends: each of its channels gives up after seconds.
LONGEST_WAIT = timedelta(minutes=1)

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """Messages, not alerts; held are words about one alert that wait for the morning."""

    delivered: Mapping[str, int]
    failed: int = 0
    held: int = 0

    def count(self, kind: Kind) -> int:
        return self.delivered.get(kind.value, 0)


def send_alerts(desk: AlertDesk, patience: timedelta = LONGEST_WAIT) -> Sent:
    """Asked again at any time; what no channel takes now is told when it has had some rest."""
    with desk.database.direct() as connection:
        if not alert_deliveries.sending_alone(connection, patience):
            return Sent({})
        now_due = _plan(desk)
        _note_held(desk, now_due.held)
        sent = _send_all(desk, now_due.due)
        _settle(desk, _plan(desk).settled)
        return Sent(sent.delivered, sent.failed, len(now_due.held))


def _plan(desk: AlertDesk) -> Plan:
    with desk.database.jobs() as session:
        alerts.follow_people(session)
        names = names_of_people(session)
        states = states_of(session, alerts.unsettled_alerts(session))
    found = [_with_names(each, names) for each in states]
    return plan(found, desk.clock.now(), desk.rules, desk.traits, desk.of_shops)


def _with_names(alert: AlertState, names: Mapping[str, str]) -> AlertState:
    """Records say `user:…`; whoever reads a message is told who it was."""
    events = (replace(each, actor=names.get(each.actor, each.actor)) for each in alert.events)
    return replace(alert, events=tuple(events))


def _note_held(desk: AlertDesk, held: Sequence[tuple[Want, object]]) -> None:
    with desk.database.jobs() as session:
        records = [_record(desk, want, HELD, None) for want, _ in held]
        alert_deliveries.add_deliveries(session, records)


def _send_all(desk: AlertDesk, due: Sequence[Due]) -> Sent:
    delivered: dict[str, int] = {}
    broken: set[str] = set()
    failed = 0
    for each in due:
        if each.channel in broken:
            continue
        if _send(desk, each):
            delivered[each.kind.value] = delivered.get(each.kind.value, 0) + 1
        else:
            # Who does not answer is not asked a hundred times in a row.
            broken.add(each.channel)
            failed += 1
    return Sent(delivered, failed)


def _send(desk: AlertDesk, due: Due) -> bool:
    message = compose(due, desk.base_url, desk.clock.now())
    with desk.database.jobs() as session:
        records = [_record(desk, want, ATTEMPTED, UUID(due.group_id)) for want in due.wants]
        attempt = alert_deliveries.add_deliveries(session, records)
    error = _try(desk.channels[due.channel].channel, due, message)
    with desk.database.jobs() as session:
        status = FAILED if error else DELIVERED
        alert_deliveries.finish_deliveries(session, attempt, status, error)
        if error is None:
            alerts.mark_told(session, map(_key, due.alerts), desk.clock.now())
            for want in due.wants if due.kind is Kind.ESCALATED else ():
                add_alert_event(session, _escalation(desk, want))
    return error is None


def _try(channel: Channel, due: Due, message: Message) -> str | None:
    """Why it was not taken; a channel of any kind may fail in any way, and stops no other."""
    try:
        channel.send(message)
    except HotdashError as error:
        reason = redact(error.message)
    except Exception as error:
        # Not its words: a library's may hold an address with a key in it.
        reason = f"{type(error).__name__} while sending"
    else:
        return None
    _log.error("notification_failed", channel=due.channel, kind=due.kind.value, error=reason)
    return reason


def _escalation(desk: AlertDesk, want: Want) -> AlertEventRecord:
    note = f"{want.why} ({want.channel})"
    shop_id, alert_id = _key(want.alert)
    return AlertEventRecord(shop_id, alert_id, desk.clock.now(), ESCALATED, ACTOR, note)


def _record(desk: AlertDesk, want: Want, status: str, group_id: UUID | None) -> DeliveryRecord:
    tried = [each.number for each in want.tries if each.status != HELD]
    number = 0 if status == HELD else max(tried, default=0) + 1
    shop_id, alert_id = _key(want.alert)
    now = desk.clock.now()
    key = want.message_key
    return DeliveryRecord(shop_id, alert_id, want.channel, key, group_id, number, now, status)


def _settle(desk: AlertDesk, settled: Sequence[AlertState]) -> None:
    with desk.database.jobs() as session:
        alerts.settle(session, map(_key, settled), desk.clock.now())


def _key(alert: AlertState) -> tuple[str, UUID]:
    return alert.shop_id, UUID(alert.alert_id)
