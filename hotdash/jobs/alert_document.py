"""Alerts as doors show them: the command, the API and later the page say the same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.jobs.alert_desk import states_of
from hotdash.notifications.compose import item_of
from hotdash.notifications.figures import first_shown, per_week
from hotdash.notifications.message import AlertState
from hotdash.notifications.rules import Rules
from hotdash.notifications.standing import Status, standing_of
from hotdash.storage.appdb.repositories.alert_events import false_alarms
from hotdash.storage.appdb.repositories.alerts import AlertRecord, list_alerts


def listed_alerts(
    session: Session, shops: Sequence[str] | None, now: datetime, base_url: str, *, closed: bool
) -> list[dict[str, Any]]:
    """Without those that are over, for people and for checks, unless they are asked for."""
    found = states_of(session, list_alerts(session, shops, closed=closed))
    shown = [alert_document(each, now, base_url) for each in found]
    return [each for each in shown if closed or each["status"] not in _OVER]


_OVER = (Status.RESOLVED.value, Status.FALSE_ALARM.value)


def shown_alert(
    session: Session, alert: AlertRecord, now: datetime, base_url: str
) -> dict[str, Any]:
    [state] = states_of(session, [alert])
    return alert_document(state, now, base_url)


def alert_document(alert: AlertState, now: datetime, base_url: str) -> dict[str, Any]:
    standing = standing_of(alert, now)
    item = item_of(alert, base_url)
    return {
        "alert": alert.alert_id,
        "shop": alert.shop_id,
        "check": alert.check,
        "subject": alert.subject.value,
        "severity": alert.severity.value,
        "status": standing.status.value,
        "by": standing.by or None,
        "sentence": alert.sentence,
        "mend": alert.mend,
        "owner": alert.owner,
        "opened_at": iso_utc(alert.opened_at),
        "ended_at": _moment(standing.ended_at),
        "snoozed_until": _moment(standing.snoozed_until),
        "runbook": item.runbook_url,
        "page": item.shop_url,
        "events": [
            {
                "event": each.event,
                "at": iso_utc(each.at),
                "actor": each.actor,
                "note": each.note,
                "until": _moment(each.until),
            }
            for each in alert.events
        ],
        "deliveries": [
            {
                "channel": each.channel,
                "what": each.message_key.partition(":")[2],
                "at": iso_utc(each.at),
                "attempt": each.number,
                "status": each.status,
            }
            for each in alert.attempts
        ],
    }


def false_alarm_figures(
    session: Session, shops: Sequence[str] | None, now: datetime, rules: Rules
) -> list[dict[str, Any]]:
    """The newest week first; the weeks are those of the rules' timezone."""
    found = false_alarms(session, shops, first_shown(now) - timedelta(days=7))
    counted = per_week([each.at for each in found], now, rules.zone)
    return [{"week": day.isoformat(), "false_alarms": count} for day, count in counted.items()]


def _moment(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None
