"""Which of the eight states a tile is in, and why: one pure function for all tiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.insights.metrics.definition import Threshold, Thresholds
from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import ActionKind, Delta, Direction, NextAction, TileState
from hotdash.insights.tiles.trouble import Blocked, Pin, Reprocessing


@dataclass(frozen=True, slots=True)
class SourceMark:
    """Up to when a source had been read completely when what is shown was published.

    What is beside the headline makes a tile incomplete when it is late, and hides no alarm.
    """

    title: str
    complete_through: datetime | None
    fresh_within: timedelta
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A metric beside the levels from which on it calls for a person."""

    title: str
    direction: Direction
    thresholds: Thresholds
    unit: str = ""
    value: Decimal | None = None
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the state depends on, the metrics with the headline first.

    missing is the sentence of a tile that has nothing to show; kept_back is a block of something
    that stands beside the headline only.
    """

    now: datetime
    timezone: str
    judged: Sequence[Judged]
    is_published: bool
    sources: Sequence[SourceMark]
    missing: str | None = None
    if_missing: NextAction | None = None
    last_trusted: str | None = None
    blocked: Blocked | None = None
    kept_back: Blocked | None = None
    reprocessing: Reprocessing | None = None
    pin: Pin | None = None
    if_fine: NextAction | None = None
    if_moved: NextAction | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    state: TileState
    reasons: Sequence[str]
    next_action: NextAction


_WORST_FIRST = (TileState.ACT, TileState.WATCH)


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


def severity(judged: Sequence[Judged]) -> TileState:
    """Of several metrics the worst speaks."""
    found = {_severity(each) for each in judged}
    return next((state for state in _WORST_FIRST if state in found), TileState.OK)


def _published(situation: Situation) -> Judgement:
    late = [source for source in situation.sources if _is_late(source, situation.now)]
    carrying = [source for source in situation.sources if not source.is_beside]
    late_carrying = [source for source in late if not source.is_beside]
    if late and len(late_carrying if carrying else late) == len(carrying or situation.sources):
        return _stale(situation, late)
    if late_carrying:
        return _degraded(situation, late)
    if situation.missing is not None:
        return _empty(situation, situation.missing)
    judgement = _by_threshold(situation)
    if not late and situation.kept_back is None:
        return judgement
    partial = _degraded(situation, late)
    if judgement.state is TileState.OK:
        return partial
    return Judgement(judgement.state, [*judgement.reasons, *partial.reasons], judgement.next_action)


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


def _empty(situation: Situation, missing: str) -> Judgement:
    longer = NextAction(ActionKind.SEE_DAYS, "Choose a longer period, or wait for the first day.")
    return Judgement(TileState.EMPTY, [missing], situation.if_missing or longer)


def _stale(situation: Situation, late: Sequence[SourceMark]) -> Judgement:
    mend = "Run `hotdash run`; where it fails, `hotdash doctor` names the cause."
    return Judgement(
        TileState.STALE,
        [_lateness(source, situation) for source in late],
        NextAction(ActionKind.RUN, mend),
    )


def _degraded(situation: Situation, late: Sequence[SourceMark]) -> Judgement:
    reasons = list[str]()
    if late:
        fresh = len(situation.sources) - len(late)
        reasons.append(f"{fresh} of {len(situation.sources)} sources are up to date.")
    kept_back = situation.kept_back
    if kept_back is not None:
        since = _moment(kept_back.since, situation)
        reasons.append(f"A part of it is kept back since {since}; the headline is not.")
        reasons += [check.sentence for check in kept_back.checks]
    reasons += [_lateness(source, situation) for source in late]
    return Judgement(TileState.DEGRADED, reasons, _mend(late, kept_back))


def _mend(late: Sequence[SourceMark], kept_back: Blocked | None) -> NextAction:
    if kept_back is not None and kept_back.checks:
        return NextAction(ActionKind.MEND_CHECK, kept_back.checks[0].mend)
    names = " and ".join(source.title for source in late)
    return NextAction(ActionKind.RUN, f"Run `hotdash run` to catch up with {names}.")


def _by_threshold(situation: Situation) -> Judgement:
    state = severity(situation.judged)
    title = situation.judged[0].title.lower()
    if state is TileState.OK:
        look = NextAction(ActionKind.SEE_DAYS, f"See {title} by day")
        return Judgement(TileState.OK, [], situation.if_fine or look)
    return Judgement(
        state,
        [_call(each) for each in _calling(situation.judged)],
        situation.if_moved or NextAction(ActionKind.SEE_DAYS, f"See which days moved {title}"),
    )


def _calling(judged: Sequence[Judged]) -> list[Judged]:
    """The gravest first."""
    return [each for state in _WORST_FIRST for each in judged if _severity(each) is state]


def _severity(judged: Judged) -> TileState:
    found = {_by_change(judged), _by_level(judged)}
    return next((state for state in _WORST_FIRST if state in found), TileState.OK)


def _by_change(judged: Judged) -> TileState:
    if judged.delta is None:
        return TileState.OK
    return _reached(judged.delta.ratio, judged.thresholds.change, judged.direction)


def _by_level(judged: Judged) -> TileState:
    if judged.value is None or judged.thresholds.level is None:
        return TileState.OK
    return _reached(judged.value, judged.thresholds.level, judged.direction)


def _reached(value: Decimal, threshold: Threshold, direction: Direction) -> TileState:
    if _reaches(value, threshold.act, direction):
        return TileState.ACT
    if _reaches(value, threshold.watch, direction):
        return TileState.WATCH
    return TileState.OK


def _reaches(value: Decimal, level: Decimal, direction: Direction) -> bool:
    return value <= level if direction is Direction.UP else value >= level


def _call(judged: Judged) -> str:
    """By where it stands, unless how far it moved is graver."""
    level, delta = judged.thresholds.level, judged.delta
    if delta is not None and _by_level(judged) is not _severity(judged):
        return _movement(judged, delta)
    assert level is not None
    assert judged.value is not None
    value, watch, act = (
        wording.amount(each, judged.unit) for each in (judged.value, level.watch, level.act)
    )
    return f"{judged.title}: {value} (watch from {watch}, act from {act})."


def _movement(judged: Judged, delta: Delta) -> str:
    way = "below" if delta.ratio < 0 else "above"
    change = judged.thresholds.change
    watch, act = abs(change.watch), abs(change.act)
    return (
        f"{judged.title} is {wording.percent(abs(delta.ratio))} {way} the {delta.against} "
        f"(watch from {wording.percent(watch)}, act from {wording.percent(act)})."
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
    age = wording.describe_age(situation.now - source.complete_through)
    limit = wording.describe_age(source.fresh_within)
    at = _moment(source.complete_through, situation)
    return f"{source.title} were last read completely {age} ago ({at}; the limit is {limit})."


def _moment(instant: datetime, situation: Situation) -> str:
    return wording.moment(instant, situation.timezone)
