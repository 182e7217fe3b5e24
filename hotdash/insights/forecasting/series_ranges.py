"""The range of a daily series, and how often it held where method and range were made of what was over by then."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.conformal import FEWEST_WINDOWS, recent_tails
from hotdash.insights.forecasting.fitted import WEEK
from hotdash.insights.forecasting.windows import overlap_of, settled_before

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tried:
    """`relative` has the errors of each window, method and day, as shares of what was foretold.

    `then` is the method that was chosen at each window by those before it; None where too few were over.
    """

    relative: Floats
    then: tuple[int | None, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class DayRanges:
    """As shares of what is foretold; held of judged days lay within the range told before them."""

    low: Floats | None
    high: Floats | None
    held: int
    judged: int


@dataclass(frozen=True, slots=True)
class SumRange:
    """Held of judged windows lay within the range that was told before them."""

    days: int
    value: float
    low: float | None
    high: float | None
    held: int
    judged: int

    @property
    def coverage(self) -> float | None:
        return self.held / self.judged if self.judged else None


def size_of(foretold: Floats) -> Floats:
    """Errors are compared as shares of what was foretold: a shop that doubled errs by twice as much."""
    return np.maximum(foretold.mean(axis=-1), 1e-9)


def day_ranges(tried: Tried) -> DayRanges:
    """Days of one week of the horizon share their range."""
    windows, _, horizon = tried.relative.shape
    if windows < FEWEST_WINDOWS:
        return DayRanges(None, None, 0, 0)
    low, high, held, judged = np.empty(horizon), np.empty(horizon), 0, 0
    for week in range(0, horizon, WEEK):
        days = slice(week, week + WEEK)
        low[days], high[days] = _pooled(tried.relative[:, tried.kept, days])
        for window, method in enumerate(tried.then):
            over = settled_before(window, week + WEEK)
            if method is None or over < FEWEST_WINDOWS:
                continue
            below, above = _pooled(tried.relative[:over, method, days])
            seen = tried.relative[window, method, days]
            seen = seen[np.isfinite(seen)]
            judged += len(seen)
            held += int(((seen >= below) & (seen <= above)).sum())
    return DayRanges(low, high, held, judged)


def sum_range(tried: Tried, ahead: Floats, first: int, days: int) -> SumRange:
    """Of so many days from the first, which counts from nought."""
    span = slice(first, first + days)
    value, scale = float(ahead[span].sum()), float(size_of(ahead))
    totals = tried.relative[:, :, span].sum(axis=2)
    low, high = _tails(totals[:, tried.kept], days)
    if not np.isfinite(low):
        return SumRange(days, value, None, None, 0, 0)
    held = judged = 0
    for window, method in enumerate(tried.then):
        if method is None or not np.isfinite(totals[window, method]):
            continue
        over = settled_before(window, first + days)
        below, above = _tails(totals[:over, method], days)
        if np.isfinite(below):
            judged += 1
            held += int(below <= totals[window, method] <= above)
    return SumRange(days, value, max(value + low * scale, 0.0), value + high * scale, held, judged)


def _pooled(errors: Floats) -> tuple[float, float]:
    """The days of a week are taken as one window: they are often off together."""
    days = errors.shape[1]
    return recent_tails(errors.ravel(), np.repeat(_ago(len(errors)), days), overlap=days / 2)


def _tails(totals: Floats, days: int) -> tuple[float, float]:
    return recent_tails(totals, _ago(len(totals)), overlap_of(days))


def _ago(windows: int) -> Floats:
    return np.arange(windows - 1, -1, -1, dtype=np.float64)
