"""What has to be said about one alert, and through which channels: clocks, chain and quiet hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotdash.notifications.hours import end_of_day, office_opens, quiet_until
from hotdash.notifications.message import AlertState, Attempt, Kind, Severity, Subject
from hotdash.notifications.rules import OnCall, Rules
from hotdash.notifications.standing import (
    Standing,
    Status,
    has_become_blocking,
    standing_of,
)

DELIVERED = "delivered"
HELD = "held"
ESCALATED = "escalated "
# What no channel took for so long is no news any more.
LONGEST_KNOWN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Traits:
    """A channel that pages wakes somebody up; one that follows incidents closes them as a whole."""

    pages: bool = False
    follows_incidents: bool = False


@dataclass(frozen=True, slots=True)
class Want:
    """One thing to say about one alert through one channel."""

    alert: AlertState
    channel: str
    kind: Kind
    what: str
    why: str = ""

    @property
    def message_key(self) -> str:
        return f"{self.alert.alert_id}:{self.what}"

    @property
    def tries(self) -> list[Attempt]:
        return [
            each
            for each in self.alert.attempts
            if each.channel == self.channel and each.message_key == self.message_key
        ]

    @property
    def is_done(self) -> bool:
        return any(each.status == DELIVERED for each in self.tries)


def was_told(alert: AlertState, channel: str) -> bool:
    """Or may have been: who died while sending does not know."""
    return any(each.channel == channel and each.group_id for each in _spoken(alert))


def wants_of(
    alert: AlertState, now: datetime, rules: Rules, channels: Mapping[str, Traits]
) -> Iterator[Want]:
    """What has been delivered already is not wanted again."""
    standing = standing_of(alert, now)
    for want in _wants(alert, standing, now, rules, channels):
        if want.channel in channels and not want.is_done:
            yield want


def held_until(want: Want, now: datetime, rules: Rules, traits: Traits) -> datetime | None:
    """Blocking ones wait for nothing."""
    if want.alert.severity is Severity.BLOCKING:
        return None
    quiet = quiet_until(rules.quiet_hours, rules.zone, now)
    away = office_opens(rules.office_hours, rules.zone, now) if traits.pages else None
    return max(filter(None, (quiet, away)), default=None)


def may_try(want: Want, now: datetime, rules: Rules) -> bool:
    """After a failure the channel is left alone for a while, longer every time."""
    tries = [each for each in want.tries if each.status != HELD]
    if not tries:
        return True
    return now >= max(each.at for each in tries) + rules.wait_after(_failures(tries))


def _failures(tries: list[Attempt]) -> int:
    return max(each.number for each in tries)


def _wants(
    alert: AlertState,
    standing: Standing,
    now: datetime,
    rules: Rules,
    channels: Mapping[str, Traits],
) -> Iterator[Want]:
    routed = rules.channels_for(alert.severity, alert.subject, alert.shop_id, alert.check)
    if is_note(alert):
        if now - alert.opened_at < LONGEST_KNOWN:
            yield from (Want(alert, each, Kind.OPENED, "opened") for each in routed)
    elif standing.ended_at is not None:
        if now - standing.ended_at < LONGEST_KNOWN:
            yield from _resolved(alert, routed, channels)
    elif standing.status is not Status.SNOOZED and not alert.told_long_ago:
        yield from _opened(alert, standing, now, rules, routed)
        yield from _acknowledged(alert, standing, channels)
        yield from _escalated(alert, standing, now, rules, routed, channels)


def is_note(alert: AlertState) -> bool:
    """Something that is only told: it was over when it happened."""
    is_over = alert.resolved_at == alert.opened_at and not alert.events
    return alert.subject is Subject.DIGEST or is_over


def _resolved(
    alert: AlertState, routed: tuple[str, ...], channels: Mapping[str, Traits]
) -> Iterator[Want]:
    told = [name for name in channels if was_told(alert, name)]
    if has_become_blocking(alert):
        # People hear of the blocking alert; a pager has to be told that this incident is closed.
        told = [name for name in told if _follows(channels, name)]
        yield from (Want(alert, name, Kind.RESOLVED, "resolved") for name in told)
        return
    is_news = not told and alert.severity is Severity.BLOCKING and not alert.told_long_ago
    if alert.told_long_ago:
        told = [*routed]
    elif is_news:
        told = [name for name in routed if name in channels and not _follows(channels, name)]
    yield from (Want(alert, name, Kind.RESOLVED, "resolved") for name in told)


def _follows(channels: Mapping[str, Traits], name: str) -> bool:
    return channels[name].follows_incidents


def _opened(
    alert: AlertState,
    standing: Standing,
    now: datetime,
    rules: Rules,
    routed: tuple[str, ...],
) -> Iterator[Want]:
    """Who answered knows; who snoozed it is told when the snooze is over."""
    if standing.status is Status.ACKNOWLEDGED:
        return
    is_blocking = alert.severity is Severity.BLOCKING
    first = rules.on_call[0].to if is_blocking and rules.on_call else ()
    until = standing.snoozed_until
    for name in dict.fromkeys((*routed, *first)):
        if until is not None and until <= now and was_told(alert, name):
            yield Want(alert, name, Kind.REMINDED, f"reminded {until.isoformat()}")
        else:
            yield Want(alert, name, Kind.OPENED, "opened")


def _acknowledged(
    alert: AlertState, standing: Standing, channels: Mapping[str, Traits]
) -> Iterator[Want]:
    """A pager that had the incident goes on waking people up until it is told, too.

    Whom it was escalated to after the answer it has to wake up all the same.
    """
    answered_at = standing.acknowledged_at
    if standing.status is not Status.ACKNOWLEDGED or answered_at is None:
        return
    for name in channels:
        was_asked = was_told(alert, name) and not _was_asked_since(alert, name, answered_at)
        if _follows(channels, name) and was_asked:
            yield Want(alert, name, Kind.ACKNOWLEDGED, f"acknowledged {answered_at.isoformat()}")


def _was_asked_since(alert: AlertState, channel: str, answered_at: datetime) -> bool:
    """By when it fell due: what was sent in the moment of the answer was for the time before it."""
    spoken = [each for each in _spoken(alert) if each.channel == channel and each.group_id]
    what = min(spoken, key=lambda each: each.at).message_key.partition(":")[2]
    return what.startswith(ESCALATED) and datetime.fromisoformat(what.split()[-1]) > answered_at


def _escalated(
    alert: AlertState,
    standing: Standing,
    now: datetime,
    rules: Rules,
    routed: tuple[str, ...],
    channels: Mapping[str, Traits],
) -> Iterator[Want]:
    for step, due_at, why in _steps(alert, standing, rules):
        if now < due_at:
            continue
        reached = [name for name in step.to if name in channels]
        what = f"{ESCALATED}{step.name} {due_at.isoformat()}"
        for name in reached or routed:
            yield Want(alert, name, Kind.ESCALATED, what, f"{why}; asked: {step.name}")


def _steps(
    alert: AlertState, standing: Standing, rules: Rules
) -> Iterator[tuple[OnCall, datetime, str]]:
    chain, began = rules.on_call, standing.clock_started_at
    if not chain:
        return
    if alert.severity is not Severity.BLOCKING:
        if standing.acknowledged_at is None:
            due_at = end_of_day(rules.office_hours, rules.zone, began)
            yield chain[min(1, len(chain) - 1)], due_at, "No answer on the same day"
        return
    answer, mend = rules.clocks.blocking_answer, rules.clocks.blocking_mend
    if standing.acknowledged_at is not None:
        yield chain[-1], began + mend, f"Not mended after {_long(mend)}"
        return
    for place, step in enumerate(chain[1:] or chain, start=1):
        yield step, began + place * answer, f"No answer for {_long(place * answer)}"


def _long(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes % 60:
        return f"{minutes} minutes"
    return "an hour" if minutes == 60 else f"{minutes // 60} hours"


def _spoken(alert: AlertState) -> list[Attempt]:
    return [each for each in alert.attempts if each.status in (DELIVERED, "attempted")]
