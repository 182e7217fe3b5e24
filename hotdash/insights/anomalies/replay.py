"""A series judged step by step as it was known then: which alerts ring, and a limit tuned on them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from hotdash.insights.anomalies.judge import Level, Limits, Seen, level_of, see
from hotdash.insights.anomalies.series import Series

COOL_DOWN_DAYS = 7
"""So long an alert of the same series in the same direction is the same one."""
FALSE_ALERTS_A_WEEK = 3.0
WATCHED_KPIS = 15
TUNED_ON_WEEKS = 26


class Rang(NamedTuple):
    step: int
    is_up: bool


@dataclass(frozen=True, slots=True)
class Told:
    """is_new says that no cool-down held it back."""

    seen: Seen
    level: Level
    is_new: bool


@dataclass(frozen=True, slots=True)
class Tuned:
    """Why the limit of alerts is another than asked for, where it is."""

    limits: Limits
    alerts: int
    allowed: int
    weeks: float

    def is_raised_from(self, asked: Limits) -> bool:
        return self.limits.alert > asked.alert


def told_of(series: Series, steps: Iterable[int], limits: Limits) -> Iterator[Told]:
    yield from cooled(series, seen_of(series, steps), limits)


def seen_of(series: Series, steps: Iterable[int]) -> list[Seen]:
    return [seen for step in steps if (seen := see(series, step)) is not None]


def cooled(
    series: Series, found: Iterable[Seen], limits: Limits, rung: Iterable[Rang] = ()
) -> Iterator[Told]:
    """rung is what rang and is not among what was found."""
    known = list(rung)
    for seen in found:
        level = level_of(seen, limits)
        if level is None:
            continue
        now = Rang(seen.step, seen.z > 0)
        is_new = rings(now, known, series.grain.steps_a_day)
        if level is Level.ALERT and is_new:
            known.append(now)
        yield Told(seen, level, is_new)


def rings(now: Rang, rung: Iterable[Rang], steps_a_day: int = 1) -> bool:
    """The one rule of what is sent and of what the benchmark counts."""
    quiet = range(1, COOL_DOWN_DAYS * steps_a_day + 1)
    return not any(each.is_up == now.is_up and now.step - each.step in quiet for each in rung)


def tuned(series: Series, before: int, limits: Limits) -> Tuned:
    """A series that alone would eat more than its share of the false alerts is asked for more."""
    first = before - TUNED_ON_WEEKS * series.grain.season
    steps = [each for each in series.steps() if first <= each < before]
    judged = seen_of(series, filter(series.tells_of_others, steps))
    weeks = len(judged) / series.grain.season
    allowed = int(weeks * FALSE_ALERTS_A_WEEK / WATCHED_KPIS)
    alerts = _alerts(series, judged, limits)
    raised = limits
    if len(alerts) > max(allowed, 1):
        beyond = sorted((abs(each.z) for each in alerts), reverse=True)
        raised = replace(limits, alert=max(limits.alert, beyond[max(allowed, 1)]))
    return Tuned(raised, len(alerts), allowed, weeks)


def _alerts(series: Series, judged: Sequence[Seen], limits: Limits) -> list[Seen]:
    return [
        told.seen
        for told in cooled(series, judged, limits)
        if told.level is Level.ALERT and told.is_new
    ]
