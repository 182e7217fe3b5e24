"""One step of a series against its weeks: how unusual, by which rule, and what a second rule says of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, sqrt

from hotdash.insights.anomalies.baseline import baseline, is_enough, window
from hotdash.insights.anomalies.scale import scale_of
from hotdash.insights.anomalies.series import Grain, Series
from hotdash.insights.anomalies.tail import CountBaseline, count_baselines, is_small, surprise

CONFORMAL_SHARE = 0.9
"""Of the steps of the weeks, so many lie within the bounds of the second opinion."""


class Level(StrEnum):
    DIGEST = "digest"
    ALERT = "alert"


class Method(StrEnum):
    PROPORTION = "proportion"
    DISTANCE = "distance"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Limits:
    """In robust standard deviations; a change of a smaller share than the least is never news."""

    digest: float = 3.0
    alert: float = 4.0
    least_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Low and high are the conformal bounds; judged_by is of how many steps the weeks consisted."""

    step: int
    value: float
    expected: float
    low: float
    high: float
    z: float
    method: Method
    judged_by: int
    is_unsure: bool = False
    """A holiday that was never seen before: nobody is woken by it."""

    @property
    def is_beyond_bounds(self) -> bool:
        return not self.low <= self.value <= self.high

    @property
    def share(self) -> float | None:
        return (self.value - self.expected) / self.expected if self.expected > 0 else None


@dataclass(frozen=True, slots=True)
class _Like:
    """How a holiday stood to its weekday a year before, which makes it known only half as well."""

    times: float = 1.0
    restless: float = 1.0


_ORDINARY = _Like()
_LEAST_TIMES, _MOST_TIMES = 0.1, 10.0


def see(series: Series, step: int) -> Seen | None:
    """None where the step is unknown, or too little before it is known."""
    if step not in series.holidays:
        return _see(series, step, _ORDINARY)
    like = _last_year(series, series.holidays[step])
    seen = _see(series, step, like or _ORDINARY)
    return replace(seen, is_unsure=True) if seen is not None and like is None else seen


def _last_year(series: Series, step: int | None) -> _Like | None:
    before = None if step is None else _see(series, step, _ORDINARY)
    if before is None or before.expected <= 0:
        return None
    times = before.value / before.expected
    return _Like(min(max(times, _LEAST_TIMES), _MOST_TIMES), sqrt(2))


def _see(series: Series, step: int, like: _Like) -> Seen | None:
    if step not in series.known:
        return None
    steps = window(series, step)
    if not is_enough(steps, step, series.grain.season):
        return None
    values = [series.known[each] for each in steps]
    if series.counted and is_small(values):
        return _by_count(series, step, steps, like)
    if _is_rare(values):
        return None
    return _by_distance(series, step, steps, like)


def _is_rare(values: Sequence[float]) -> bool:
    """Amounts that are nothing on most days: each of them would be news."""
    return min(values) >= 0 and sum(each > 0 for each in values) * 2 < len(values)


def level_of(seen: Seen, limits: Limits) -> Level | None:
    """Both rules have to say so; a holiday that was never seen wakes nobody."""
    is_small = seen.share is not None and abs(seen.share) < limits.least_share
    if is_small or not seen.is_beyond_bounds:
        return None
    if abs(seen.z) > limits.alert and not seen.is_unsure:
        return Level.ALERT
    return Level.DIGEST if abs(seen.z) > limits.digest else None


def _by_distance(series: Series, step: int, steps: Sequence[int], like: _Like) -> Seen:
    scale = scale_of([series.known[each] for each in steps])
    known = {each: scale.of(series.known[each]) for each in steps}
    told = baseline(known, steps, step, series.grain.season, _memory(series.grain))
    expected = scale.of(like.times * scale.back(told.expected))
    spread = max(told.spread, scale.least_spread)
    if scale.offset is None:
        # What is usually nothing has a middle miss of nothing, and is not calm for that.
        spread = max(spread, told.wide_spread)
    if series.counted:
        spread = max(spread, scale.spread_of_count(expected))
    if step in series.out_of:
        spread = max(spread, scale.spread_of_share(expected, series.out_of[step]))
    reach = like.restless * _conformal_reach(told.misses)
    return Seen(
        step=step,
        value=series.known[step],
        expected=scale.back(expected),
        low=scale.back(expected - reach),
        high=scale.back(expected + reach),
        z=(scale.of(series.known[step]) - expected) / (like.restless * spread),
        method=Method.DISTANCE if scale.offset is None else Method.PROPORTION,
        judged_by=len(steps),
    )


def _by_count(series: Series, step: int, steps: Sequence[int], like: _Like) -> Seen:
    season = series.grain.season
    by_place: dict[int, list[float]] = {}
    for each in steps:
        by_place.setdefault(each % season, []).append(series.known[each])
    usual = count_baselines(by_place)
    told = usual[step % season]
    told = CountBaseline(told.mean * like.times, told.crowded * like.restless**2)
    reach = _conformal_reach([_shifted(series.known[each], usual[each % season]) for each in steps])
    return Seen(
        step=step,
        value=series.known[step],
        expected=told.mean,
        low=max(0.0, told.mean - reach * told.spread),
        high=told.mean + reach * told.spread,
        z=surprise(series.known[step], told),
        method=Method.COUNT,
        judged_by=len(steps),
    )


def _shifted(value: float, told: CountBaseline) -> float:
    return (value - told.mean) / told.spread if told.mean > 0 else value


def _conformal_reach(misses: Sequence[float]) -> float:
    """As far as the given share of the steps lay off, counted as if the tested one were one of them."""
    ordered = sorted(abs(each) for each in misses)
    place = min(ceil((len(ordered) + 1) * CONFORMAL_SHARE), len(ordered)) - 1
    return ordered[place]


def _memory(grain: Grain) -> int:
    return grain.season if grain is Grain.DAY else grain.steps_a_day
