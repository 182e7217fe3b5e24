"""Which of the eight states a tile is in, and why: one pure function for all tiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hotdash.insights.metrics.definition import Threshold
from hotdash.insights.tiles.contract import ActionKind, Delta, Direction, NextAction, TileState


@dataclass(frozen=True, slots=True)
class SourceMark:
    """Up to when a source had been read completely when what is shown was published."""

    title: str
    complete_through: datetime | None
    fresh_within: timedelta


@dataclass(frozen=True, slots=True)
class FailedCheck:
    sentence: str
    mend: str


@dataclass(frozen=True, slots=True)
class Blocked:
    checks: Sequence[FailedCheck]
    since: datetime


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """Of a backfill also its days, the share that is done, and when it ends at that speed."""

    what: str
    since: datetime
    days: tuple[date, date] | None = None
    share_done: Decimal | None = None
    ends_about: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the state depends on; missing is the sentence of a tile that has nothing to show."""

    now: datetime
    timezone: str
    metric_title: str
    direction: Direction
    threshold: Threshold
    is_published: bool
    sources: Sequence[SourceMark]
    missing: str | None = None
    last_trusted: str | None = None
    delta: Delta | None = None
    blocked: Blocked | None = None
    reprocessing: Reprocessing | None = None
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    state: TileState
    reasons: Sequence[str]
    next_action: NextAction


def judge(situation: Situation) -> Judgement:
    """Untrusted beats changing, changing beats old, old beats partial, partial beats nothing to show."""
    if situation.blocked is not None:
        judgement = _blocked(situation, situation.blocked)
    elif situation.reprocessing is not None:
        judgement = _reprocessing(situation, situation.reprocessing)
    elif not situation.is_published:
        judgement = _unpublished()
    else:
        judgement = _published(situation)
    return _with_pin(situation, judgement)


def _published(situation: Situation) -> Judgement:
    late = [source for source in situation.sources if _is_late(source, situation.now)]
    if late and len(late) == len(situation.sources):
        return _stale(situation, late)
    if late:
        return _degraded(situation, late)
    if situation.missing is not None:
        return _empty(situation.missing)
    return _by_threshold(situation)


def _blocked(situation: Situation, blocked: Blocked) -> Judgement:
    since = f"Blocked since {_moment(blocked.since, situation)}."
    trusted = situation.last_trusted or "Nothing has been published before, so there is no value."
    mend = blocked.checks[0].mend if blocked.checks else "See which check failed."
    return Judgement(
        TileState.BLOCKED,
        [*(check.sentence for check in blocked.checks), trusted, since],
        NextAction(ActionKind.MEND_CHECK, mend),
    )


def _reprocessing(situation: Situation, running: Reprocessing) -> Judgement:
    sentence = (
        f"{running.what} has been running since {_moment(running.since, situation)}; "
        "the number may change when it ends."
    )
    wait = "Wait for it: what it computes is checked and published by itself."
    return Judgement(TileState.REPROCESSING, [sentence], NextAction(ActionKind.WAIT, wait))


def _unpublished() -> Judgement:
    return Judgement(
        TileState.EMPTY,
        ["Nothing has been published for this shop yet."],
        NextAction(ActionKind.RUN, "Run `hotdash run` to read and publish the shop's orders."),
    )


def _empty(missing: str) -> Judgement:
    longer = "Choose a longer period, or wait for the first order that counts."
    return Judgement(TileState.EMPTY, [missing], NextAction(ActionKind.SEE_DAYS, longer))


def _stale(situation: Situation, late: Sequence[SourceMark]) -> Judgement:
    mend = "Run `hotdash run`; where it fails, `hotdash doctor` names the cause."
    return Judgement(
        TileState.STALE,
        [_lateness(source, situation) for source in late],
        NextAction(ActionKind.RUN, mend),
    )


def _degraded(situation: Situation, late: Sequence[SourceMark]) -> Judgement:
    fresh = len(situation.sources) - len(late)
    share = f"{fresh} of {len(situation.sources)} sources are up to date."
    names = " and ".join(source.title for source in late)
    return Judgement(
        TileState.DEGRADED,
        [share, *(_lateness(source, situation) for source in late)],
        NextAction(ActionKind.RUN, f"Run `hotdash run` to catch up with {names}."),
    )


def _by_threshold(situation: Situation) -> Judgement:
    state = _severity(situation)
    title = situation.metric_title.lower()
    if state is TileState.OK or situation.delta is None:
        look = NextAction(ActionKind.SEE_DAYS, f"See {title} by day")
        return Judgement(TileState.OK, [], look)
    return Judgement(
        state,
        [_movement(situation, situation.delta)],
        NextAction(ActionKind.SEE_DAYS, f"See which days moved {title}"),
    )


def _severity(situation: Situation) -> TileState:
    if situation.delta is None:
        return TileState.OK
    if _reaches(situation.delta.ratio, situation.threshold.act, situation.direction):
        return TileState.ACT
    if _reaches(situation.delta.ratio, situation.threshold.watch, situation.direction):
        return TileState.WATCH
    return TileState.OK


def _reaches(ratio: Decimal, level: Decimal, direction: Direction) -> bool:
    return ratio <= level if direction is Direction.UP else ratio >= level


def _movement(situation: Situation, delta: Delta) -> str:
    way = "below" if delta.ratio < 0 else "above"
    watch, act = abs(situation.threshold.watch), abs(situation.threshold.act)
    return (
        f"{situation.metric_title} is {_percent(abs(delta.ratio))} {way} the {delta.against} "
        f"(watch from {_percent(watch)}, act from {_percent(act)})."
    )


def _with_pin(situation: Situation, judgement: Judgement) -> Judgement:
    pin = situation.pin
    if pin is None:
        return judgement
    held = (
        f"Held on an older publication since {_moment(pin.at, situation)}: "
        f"{pin.reason.rstrip('.')}."
    )
    action = judgement.next_action
    if judgement.state is TileState.STALE:
        action = NextAction(
            ActionKind.RELEASE_PIN, "Release the held publication, and the next run publishes."
        )
    return Judgement(judgement.state, [*judgement.reasons, held], action)


def _is_late(source: SourceMark, now: datetime) -> bool:
    return source.complete_through is None or now - source.complete_through > source.fresh_within


def _lateness(source: SourceMark, situation: Situation) -> str:
    if source.complete_through is None:
        return f"{source.title} have never been read completely."
    age = describe_age(situation.now - source.complete_through)
    limit = describe_age(source.fresh_within)
    at = _moment(source.complete_through, situation)
    return f"{source.title} were last read completely {age} ago ({at}; the limit is {limit})."


def _moment(instant: datetime, situation: Situation) -> str:
    local = instant.astimezone(ZoneInfo(situation.timezone))
    return f"{local.day} {local:%b %Y %H:%M}"


def describe_age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{minutes} min"


def _percent(ratio: Decimal) -> str:
    return f"{(ratio * 100).quantize(Decimal('0.1')).normalize():f}%"
