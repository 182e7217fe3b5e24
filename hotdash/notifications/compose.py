"""A due message in words, with the way to its runbook and to the shop's page."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from hotdash.notifications.message import AlertState, Item, Kind, Message, Subject
from hotdash.notifications.policy import Due
from hotdash.notifications.standing import (
    AUTO_RESOLVED,
    BECAME_BLOCKING,
    PASSED_AGAIN,
    Status,
    has_become_blocking,
    standing_of,
)

# How the names of alerts begin that no check and no job made, but a look at all of them.
WATCHED = "watch "
_NAMED_SHOPS = 5


def compose(due: Due, base_url: str, now: datetime) -> Message:
    alerts = due.alerts
    first = alerts[0]
    is_end = due.kind is Kind.RESOLVED
    ended = [standing_of(each, now).ended_at or now for each in alerts]
    return Message(
        key=due.group_id,
        incident=due.incident,
        kind=due.kind,
        subject=first.subject,
        severity=first.severity,
        title=title_of(due, now),
        items=tuple(item_of(each, base_url) for each in alerts),
        at=max(ended) if is_end else min(each.opened_at for each in alerts),
    )


def item_of(alert: AlertState, base_url: str) -> Item:
    return Item(
        alert_id=alert.alert_id,
        shop_id=alert.shop_id,
        check=alert.check,
        sentence=alert.sentence,
        mend=alert.mend,
        owner=alert.owner,
        runbook_url=f"{base_url}/runbooks/{quote(alert.runbook)}",
        shop_url=f"{base_url}/today?shop={quote(alert.shop_id, safe='')}",
    )


def title_of(due: Due, now: datetime) -> str:
    alerts = due.alerts
    about, verb = _about(alerts)
    first = alerts[0]
    if first.subject is Subject.BACKFILL or (first.subject is Subject.DIGEST):
        return about if due.kind is not Kind.RESOLVED else f"{about}: settled"
    match due.kind:
        case Kind.RESOLVED:
            return f"{about} {_end_of(first, now, len(alerts) > 1)}"
        case Kind.ACKNOWLEDGED:
            return f"{about} was acknowledged by {standing_of(first, now).by}"
        case Kind.ESCALATED:
            return f"{due.wants[0].why}: {about} {verb}"
        case Kind.REMINDED:
            return f"After the snooze: {about} still {verb}"
        case _:
            return f"{about} {verb}"


def _about(alerts: Sequence[AlertState]) -> tuple[str, str]:
    shops = list(dict.fromkeys(each.shop_id for each in alerts))
    checks = list(dict.fromkeys(each.check for each in alerts))
    what = words(checks[0])
    if len(shops) > 1 and len(checks) == 1:
        more = f" and {len(shops) - _NAMED_SHOPS} more" if len(shops) > _NAMED_SHOPS else ""
        return f"{', '.join(shops[:_NAMED_SHOPS])}{more}: {what}", "fails"
    if len(checks) > 1:
        kind = "jobs" if alerts[0].subject is Subject.JOB else "checks"
        return f"{', '.join(shops)}: {len(checks)} {kind}", "fail"
    return f"{shops[0]}: {what}", "fails"


def words(check: str) -> str:
    return check.removeprefix(WATCHED).replace("_", " ")


def _end_of(alert: AlertState, now: datetime, are_many: bool) -> str:
    standing = standing_of(alert, now)
    if standing.status is Status.FALSE_ALARM:
        return f"{'were' if are_many else 'was'} called a false alarm by {standing.by}"
    by_person = [each for each in alert.events if each.event == "resolved"]
    if by_person:
        return f"{'were' if are_many else 'was'} resolved by {by_person[-1].actor}"
    if has_become_blocking(alert):
        return f"{BECAME_BLOCKING}: told anew"
    over = "are over" if are_many else "is over"
    if alert.check.startswith(WATCHED):
        return over
    ends = [each.note for each in alert.events if each.event == AUTO_RESOLVED and each.note]
    if ends and ends[-1] != PASSED_AGAIN:
        return f"{over}: {ends[-1]}"
    return "pass again" if are_many else "passes again"
