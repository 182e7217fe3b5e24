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
    started = until if until is not None and until <= now else alert.opened_at
    last = end if ended_at and end else answer
    return Standing(
        status=_status(ended_at, end, acknowledged, until, now),
        by=last.actor if last else "",
        clock_started_at=started,
        acknowledged_at=acknowledged.at if acknowledged else None,
        snoozed_until=until,
        ended_at=ended_at,
    )


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
