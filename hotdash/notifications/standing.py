"""Where an alert stands: read off what people and checks did to it, in order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotdash.notifications.message import AlertState, Event

ACKNOWLEDGED = "acknowledged"
SNOOZED = "snoozed"
RESOLVED = "resolved"
FALSE_ALARM = "false_alarm"
AUTO_RESOLVED = "auto_resolved"
ESCALATED = "escalated"
# Why a warning ended of itself where a blocking alert took its place.
BECAME_BLOCKING = "became blocking"
PASSED_AGAIN = "passed again"


class Status(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"


@dataclass(frozen=True, slots=True)
class Standing:
    """The clocks of an answer start when it was opened, and anew when a snooze is over."""

    status: Status
    by: str
    clock_started_at: datetime
    acknowledged_at: datetime | None
    snoozed_until: datetime | None
    ended_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None


def standing_of(alert: AlertState, now: datetime) -> Standing:
    ordered = sorted(alert.events, key=lambda each: each.at)
    end = _newest(ordered, RESOLVED, FALSE_ALARM, AUTO_RESOLVED)
    answer = _newest(ordered, ACKNOWLEDGED, SNOOZED)
    acknowledged = answer if answer and answer.event == ACKNOWLEDGED else None
    snooze = answer if answer and answer.event == SNOOZED else None
    until = snooze.until if snooze else None
    ended_at = _ended_at(alert, end)
    last = end if ended_at and end else answer
    return Standing(
        status=_status(ended_at, end, acknowledged, until, now),
        by=last.actor if last else "",
        clock_started_at=_expired_snooze(ordered, now) or alert.opened_at,
        acknowledged_at=acknowledged.at if acknowledged else None,
        snoozed_until=until,
        ended_at=ended_at,
    )


def has_become_blocking(alert: AlertState) -> bool:
    return any(
        each.event == AUTO_RESOLVED and each.note == BECAME_BLOCKING for each in alert.events
    )


def _expired_snooze(ordered: list[Event], now: datetime) -> datetime | None:
    """The end of the newest snooze that came to it; one that was answered before did not."""
    answers = [each for each in ordered if each.event in (ACKNOWLEDGED, SNOOZED)]
    followed_at = [*(each.at for each in answers), now][1:]
    expired = [
        each.until
        for each, next_at in zip(answers, followed_at, strict=True)
        if each.event == SNOOZED and each.until is not None and each.until <= next_at
    ]
    return expired[-1] if expired else None


def _ended_at(alert: AlertState, end: Event | None) -> datetime | None:
    """What a person ended is over for everybody before the record of the check follows."""
    if end is None or alert.resolved_at is None:
        return end.at if end else alert.resolved_at
    return min(end.at, alert.resolved_at)


def _status(
    ended_at: datetime | None,
    end: Event | None,
    acknowledged: Event | None,
    until: datetime | None,
    now: datetime,
) -> Status:
    if ended_at is not None:
        is_false = end is not None and end.event == FALSE_ALARM
        return Status.FALSE_ALARM if is_false else Status.RESOLVED
    if until is not None and now < until:
        return Status.SNOOZED
    return Status.ACKNOWLEDGED if acknowledged else Status.OPEN


def _newest(events: list[Event], *kinds: str) -> Event | None:
    return next((each for each in reversed(events) if each.event in kinds), None)
