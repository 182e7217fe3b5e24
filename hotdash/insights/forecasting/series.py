"""One daily series: four methods refitted at each origin, the best kept, with the range its errors give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.conformal import FEWEST_WINDOWS, HIGH, LOW, error_quantile
from hotdash.insights.forecasting.fitted import WEEK, auto_ces, auto_ets
from hotdash.insights.forecasting.windows import STEP, origins, settled_after

Floats = NDArray[np.float64]
Method = Callable[[Floats, int], Floats]

HORIZON = 28
WINDOWS = 40
LEAST_KNOWN = 56
LEARNT_DAYS = 364
"""Before each origin: older habits are no longer the shop's, and a fit costs as much as it is long."""
SEASONAL_WEEKS = 8
SUMS = (7, 28)
LEAST_FORECAST_FROM = LEAST_KNOWN
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
    """Over all windows; below one it errs less than repeating last week did within the first days."""

    method: str
    mase: float | None


@dataclass(frozen=True, slots=True)
class SumRange:
    days: int
    value: float
    low: float | None
    high: float | None
    coverage: float | None


@dataclass(frozen=True, slots=True)
class SeriesForecast:
    """Of the days after the last known one. Without a range too few windows were known to tell one."""

    method: str
    values: Floats
    low: Floats | None
    high: Floats | None
    sums: tuple[SumRange, ...]
    scores: tuple[Score, ...]
    naive_mase: float | None
    windows: int
    coverage: float | None
    judged: int


def forecast_series(
    values: Floats, methods: Mapping[str, Method] = FITTED
) -> SeriesForecast | None:
    """`values` are consecutive days, NaN where one is unknown; None where too few are known to say anything."""
    known = _without_gaps(values)
    if known is None or len(known) < LEAST_FORECAST_FROM:
        return None
    at = origins(len(known), HORIZON, WINDOWS, LEAST_KNOWN)
    names = (*methods, MEAN)
    foretold = np.array([_all(known[:origin], methods) for origin in at]).reshape(
        len(at), len(names), HORIZON
    )
    actual = np.array([values[origin : origin + HORIZON] for origin in at]).reshape(-1, HORIZON)
    errors = actual[:, None, :] - foretold
    kept = _best(errors)
    naive = np.array([seasonal_naive(known[:origin], HORIZON) for origin in at])
    scale = _scale(known[: at[0]] if at else known)
    ahead = _all(known, methods)[kept]
    size = _size(ahead)
    relative = errors[:, kept, :] / _size(foretold[:, kept, :])[:, None]
    low, high, held, judged = _day_ranges(relative)
    return SeriesForecast(
        method=names[kept],
        values=ahead,
        low=None if low is None else np.maximum(ahead + low * size, 0.0),
        high=None if high is None else np.maximum(ahead + high * size, 0.0),
        sums=tuple(_sum(ahead, relative * size, days) for days in SUMS),
        scores=tuple(
            Score(name, _mase(errors[:, place, :], scale)) for place, name in enumerate(names)
        ),
        naive_mase=_mase(actual - naive.reshape(actual.shape), scale),
        windows=len(at),
        coverage=held / judged if judged else None,
        judged=judged,
    )


def _all(known: Floats, methods: Mapping[str, Method]) -> Floats:
    learnt = known[-LEARNT_DAYS:]
    single = np.array([np.maximum(method(learnt, HORIZON), 0.0) for method in methods.values()])
    return np.vstack([single, single.mean(axis=0)])


def _best(errors: Floats) -> int:
    """By the mean absolute error; without any window the seasonal average, which asks for the least."""
    if len(errors) == 0:
        return METHODS.index("seasonal average")
    return int(np.nanmean(np.abs(errors), axis=(0, 2)).argmin())


def _without_gaps(values: Floats) -> Floats | None:
    """An unknown day is taken as the same weekday before it, so that methods can be fitted."""
    known = np.isfinite(values)
    if not known.any():
        return None
    found = values.copy()
    for day in np.flatnonzero(~known):
        before = found[day % WEEK : day : WEEK]
        before = before[np.isfinite(before)]
        found[day] = before[-1] if len(before) else np.nanmean(values)
    return found


def _scale(known: Floats) -> float | None:
    steps = np.abs(known[WEEK:] - known[:-WEEK])
    return float(steps.mean()) if len(steps) and steps.any() else None


def _mase(errors: Floats, scale: float | None) -> float | None:
    if scale is None or not np.isfinite(errors).any():
        return None
    return float(np.nanmean(np.abs(errors)) / scale)


def _size(foretold: Floats) -> Floats:
    """Errors are compared as shares of what was foretold: a shop that doubled errs by twice as much."""
    return np.maximum(foretold.mean(axis=-1), 1e-9)


def _day_ranges(errors: Floats) -> tuple[Floats | None, Floats | None, int, int]:
    """Days of one week of the horizon share their range; each is judged by windows that were over before it."""
    if len(errors) < FEWEST_WINDOWS:
        return None, None, 0, 0
    low, high, held, judged = np.empty(HORIZON), np.empty(HORIZON), 0, 0
    for week in range(0, HORIZON, WEEK):
        of_week = errors[:, week : week + WEEK]
        low[week : week + WEEK], high[week : week + WEEK] = _pooled(of_week)
        after = settled_after(week + WEEK)
        for window in range(FEWEST_WINDOWS + after - 1, len(errors)):
            below, above = _pooled(of_week[: window - after + 1])
            told = of_week[window][np.isfinite(of_week[window])]
            judged += len(told)
            held += int(((told >= below) & (told <= above)).sum())
    return low, high, held, judged


def _pooled(errors: Floats) -> tuple[float, float]:
    """The days of a week are taken as one window: they are often off together."""
    known = errors.ravel()
    return (
        float(error_quantile(known, LOW, overlap=WEEK / 2)),
        float(error_quantile(known, HIGH, overlap=WEEK / 2)),
    )


def _sum(ahead: Floats, errors: Floats, days: int) -> SumRange:
    value = float(ahead[:days].sum())
    totals = errors[:, :days].sum(axis=1)
    shared = -(-days // STEP)
    if np.isfinite(totals).sum() < FEWEST_WINDOWS:
        return SumRange(days, value, None, None, None)
    low, high = (float(error_quantile(totals, share, overlap=shared)) for share in (LOW, HIGH))
    inside = [
        low_of <= totals[window] <= high_of
        for window in range(len(totals))
        if np.isfinite(totals[window])
        for low_of, high_of in [_known_of(totals, window, shared)]
        if np.isfinite(low_of)
    ]
    coverage = sum(inside) / len(inside) if inside else None
    return SumRange(days, value, max(value + low, 0.0), value + high, coverage)


def _known_of(totals: Floats, window: int, shared: int) -> tuple[float, float]:
    """From the windows that were over before it."""
    known = totals[: max(window - shared + 1, 0)]
    low, high = (error_quantile(known, share, overlap=shared) for share in (LOW, HIGH))
    return float(low), float(high)
