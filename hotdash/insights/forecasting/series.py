"""One daily series: four methods refitted at each origin, the best kept, with the range its errors give.

How wrong such a choice is and how often its range holds is asked of windows that had no part in either:
at each, a method is chosen and its range made from the windows that were over before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.fitted import WEEK, auto_ces, auto_ets
from hotdash.insights.forecasting.series_ranges import (
    SumRange,
    Tried,
    day_ranges,
    size_of,
    sum_range,
)
from hotdash.insights.forecasting.windows import FEWEST_CHOSEN_BY, origins, settled_before

Floats = NDArray[np.float64]
Method = Callable[[Floats, int], Floats]

HORIZON = 28
WINDOWS = 40
LEAST_KNOWN = 56
LEARNT_DAYS = 364
"""Before each origin: older habits are no longer the shop's, and a fit costs as much as it is long."""
SEASONAL_WEEKS = 8
SUMS = (7, 28)
NAIVE = "seasonal naive"
MEAN = "mean of the three"


def seasonal_average(known: Floats, days: int) -> Floats:
    first = max(len(known) - WEEK * SEASONAL_WEEKS, len(known) % WEEK)
    week = known[first:].reshape(-1, WEEK).mean(axis=0)
    return np.resize(week, days)


def seasonal_naive(known: Floats, days: int) -> Floats:
    return np.resize(known[-WEEK:], days)


FITTED: Mapping[str, Method] = {
    "AutoETS('ANA')": auto_ets,
    "AutoCES": auto_ces,
    "seasonal average": seasonal_average,
}
METHODS = (*FITTED, MEAN)


@dataclass(frozen=True, slots=True)
class Score:
    """Over all windows, by which the method is chosen; below one it errs less than repeating last week did."""

    method: str
    mase: float | None


@dataclass(frozen=True, slots=True)
class Proven:
    """Over the windows before which enough were over to choose by: each by the method chosen then."""

    mase: float | None
    naive_mase: float | None
    windows: int


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """Of the days after the last known one. Without a range too few windows were known to tell one."""

    method: str
    values: Floats
    low: Floats | None
    high: Floats | None
    sums: tuple[SumRange, ...]
    week: SumRange
    """The first whole week of the calendar."""
    scores: tuple[Score, ...]
    naive_mase: float | None
    proven: Proven
    windows: int
    held: int
    judged: int

    @property
    def coverage(self) -> float | None:
        return self.held / self.judged if self.judged else None


def forecast_series(
    values: Floats, methods: Mapping[str, Method] = FITTED, days_to_monday: int = 0
) -> SeriesForecast | None:
    """`values` are consecutive days, NaN where one is unknown; None where too few are known to say anything."""
    values = _from_first_known(values)
    known = _without_gaps(values)
    if len(known) < LEAST_KNOWN:
        return None
    at = origins(len(known), HORIZON, WINDOWS, LEAST_KNOWN)
    names = (*methods, MEAN)
    foretold = np.array([_all(known[:origin], methods) for origin in at]).reshape(
        len(at), len(names), HORIZON
    )
    actual = np.array([values[origin : origin + HORIZON] for origin in at]).reshape(-1, HORIZON)
    errors = actual[:, None, :] - foretold
    naive = np.array([seasonal_naive(known[:origin], HORIZON) for origin in at])
    naive_errors = actual - naive.reshape(actual.shape)
    scale = _scale(known[: at[0]] if at else known)
    kept, then = _best(errors), _chosen_then(errors)
    ahead = _all(known, methods)[kept]
    tried = Tried(errors / size_of(foretold)[:, :, None], then, kept)
    days, size = day_ranges(tried), size_of(ahead)
    return SeriesForecast(
        method=names[kept],
        values=ahead,
        low=None if days.low is None else np.maximum(ahead + days.low * size, 0.0),
        high=None if days.high is None else np.maximum(ahead + days.high * size, 0.0),
        sums=tuple(sum_range(tried, ahead, 0, each) for each in SUMS),
        week=sum_range(tried, ahead, days_to_monday, WEEK),
        scores=tuple(
            Score(name, _mase(errors[:, place, :], scale)) for place, name in enumerate(names)
        ),
        naive_mase=_mase(naive_errors, scale),
        proven=_proven(errors, naive_errors, then, scale),
        windows=len(at),
        held=days.held,
        judged=days.judged,
    )


def _all(known: Floats, methods: Mapping[str, Method]) -> Floats:
    learnt = known[-LEARNT_DAYS:]
    single = np.array([np.maximum(method(learnt, HORIZON), 0.0) for method in methods.values()])
    return np.vstack([single, single.mean(axis=0)])


def _best(errors: Floats) -> int:
    """By the mean absolute error; without any known the last of the single methods, which asks for the least."""
    if not np.isfinite(errors).any():
        return errors.shape[1] - 2
    return int(np.nanmean(np.abs(errors), axis=(0, 2)).argmin())


def _chosen_then(errors: Floats) -> tuple[int | None, ...]:
    over = [settled_before(window, HORIZON) for window in range(len(errors))]
    return tuple(_best(errors[:each]) if each >= FEWEST_CHOSEN_BY else None for each in over)


def _proven(
    errors: Floats, naive: Floats, then: tuple[int | None, ...], scale: float | None
) -> Proven:
    judged = [(window, method) for window, method in enumerate(then) if method is not None]
    if not judged:
        return Proven(None, None, 0)
    windows, methods = zip(*judged, strict=True)
    return Proven(
        _mase(errors[list(windows), list(methods)], scale),
        _mase(naive[list(windows)], scale),
        len(judged),
    )


def _from_first_known(values: Floats) -> Floats:
    """A series begins with its first known day: what came before is not filled from what came after."""
    known = np.flatnonzero(np.isfinite(values))
    return values[known[0] :] if len(known) else values[:0]


def _without_gaps(values: Floats) -> Floats:
    """An unknown day is taken as the same weekday before it, within the first week as the day before it."""
    found = values.copy()
    for day in np.flatnonzero(~np.isfinite(values)):
        found[day] = found[day - WEEK if day >= WEEK else day - 1]
    return found


def _scale(known: Floats) -> float | None:
    steps = np.abs(known[WEEK:] - known[:-WEEK])
    return float(steps.mean()) if len(steps) and steps.any() else None


def _mase(errors: Floats, scale: float | None) -> float | None:
    if scale is None or not np.isfinite(errors).any():
        return None
    return float(np.nanmean(np.abs(errors)) / scale)
