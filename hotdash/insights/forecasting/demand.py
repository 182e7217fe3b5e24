"""Demand of many items: four methods tried on the same past, the best of each item kept, with its range."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.conformal import FEWEST_WINDOWS
from hotdash.insights.forecasting.pooled import PooledRange, pooled_range
from hotdash.insights.forecasting.smoothing import (
    demand_interval,
    imapa_levels,
    ses_levels,
    tsb_levels,
    weekday_means,
)
from hotdash.insights.forecasting.windows import STEP, origins, settled_after

Floats = NDArray[np.float64]

METHODS = ("seasonal average", "SES", "TSB", "IMAPA")
HORIZONS = (7, 14, 28, 56)
FARTHEST = HORIZONS[-1]
WINDOWS = 40
LEAST_KNOWN = 56
"""Days that are known at the first origin."""
JUDGED_DAYS = 28
"""Methods are compared on so many days after each origin."""
SEASONAL_WEEKS = 8
INTERMITTENT_FROM = 1.32
"""Days for each with a sale: the usual border between smooth and intermittent demand."""
LEAST_SEEN = 0.7
"""Of the days of a window, on which the item could be bought."""
NEARLY = 1.02
"""Methods whose error is within so much of the least are told apart by their bias."""
_ITEMS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class DemandForecast:
    """One row per item. `errors` are those of the kept method: actual less forecast, in units, by horizon and window.

    The scale-free figures are NaN where the past holds nothing to measure by.
    """

    method: NDArray[np.intp]
    intermittent: NDArray[np.bool_]
    profile: Floats
    """Of the next seven days; later weeks repeat them."""
    errors: Floats
    foretold: Floats
    """The sums that the kept method foretold; the last one is of the days to come."""
    rmsse: Floats
    mase: Floats
    bias: Floats
    naive_rmsse: Floats
    windows: NDArray[np.intp]

    def expected(self, days: int) -> Floats:
        """Units within so many days."""
        weeks, rest = divmod(days, 7)
        return self.profile.sum(axis=1) * weeks + self.profile[:, :rest].sum(axis=1)


def forecast_demand(demand: Floats) -> DemandForecast:
    """`demand` has a row per item and a column per day, NaN where the item could not be bought."""
    parts = [
        _forecast(np.ascontiguousarray(demand[first : first + _ITEMS_AT_ONCE].T, dtype=np.float64))
        for first in range(0, len(demand), _ITEMS_AT_ONCE)
    ]
    if not parts:
        parts = [_forecast(np.empty((demand.shape[1], 0)))]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in DemandForecast.__slots__
    }
    return DemandForecast(**joined)


def _forecast(demand: Floats) -> DemandForecast:
    days, items = demand.shape
    at = origins(days, HORIZONS[0], WINDOWS + settled_after(FARTHEST) - 1, LEAST_KNOWN)
    profiles = _profiles(demand, [*at, days])
    errors, judged = _tried(demand, at, profiles)
    intermittent = demand_interval(demand) > INTERMITTENT_FROM
    kept = _kept(judged, intermittent)
    rows = np.arange(items, dtype=np.intp)
    of_kept = errors[kept, :, :, rows]
    newest = _newest(of_kept)
    of_profiles = profiles[kept, :-1, :, rows]
    profile = np.maximum(profiles[kept, -1, :, rows], 0.0)
    scale = _Scale.of(demand[: at[0]] if at else demand)
    return DemandForecast(
        method=kept,
        intermittent=intermittent,
        profile=profile,
        errors=newest,
        foretold=_foretold(profile, of_profiles),
        rmsse=np.sqrt(judged.mean_square[kept, rows]) / scale.step,
        mase=judged.mean_size[kept, rows] / scale.season,
        bias=judged.bias[kept, rows],
        naive_rmsse=np.sqrt(judged.mean_square[len(METHODS)]) / scale.step,
        windows=np.isfinite(newest[:, 0, :]).sum(axis=1),
    )


def _profiles(demand: Floats, at: list[int]) -> Floats:
    """By method and origin the seven days that follow; the last method is the naive one it is all measured by."""
    ses = ses_levels(demand, at)
    flat = (ses, tsb_levels(demand, at), imapa_levels(demand, at, ses))
    found = np.empty((len(METHODS) + 1, len(at), 7, demand.shape[1]))
    for place, origin in enumerate(at):
        level = ses[place]
        for row, weeks in ((0, SEASONAL_WEEKS), (len(METHODS), 1)):
            means = weekday_means(demand, origin, weeks)
            found[row, place] = np.where(np.isfinite(means), means, level)
    for method, levels in enumerate(flat, start=1):
        found[method] = levels[:, None, :]
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    """By method and item, over all windows; NaN where no window has a known day."""

    mean_square: Floats
    mean_size: Floats
    bias: Floats


def _tried(demand: Floats, at: list[int], profiles: Floats) -> tuple[Floats, _Judged]:
    """The errors of sums by method, horizon, window and item, and how well each method did."""
    items = demand.shape[1]
    methods = len(METHODS) + 1
    errors = np.full((methods, len(HORIZONS), len(at), items), np.nan)
    squares, sizes, signed = (np.zeros((methods, items)) for _ in range(3))
    asked, counted = np.zeros(items), np.zeros(items)
    began = _first_known(demand)
    for window, origin in enumerate(at):
        after = demand[origin : origin + FARTHEST]
        is_known = np.isfinite(after) & (origin >= began + STEP * 4)
        actual = np.where(is_known, after, 0.0)
        judged = slice(0, JUDGED_DAYS)
        asked += actual[judged].sum(axis=0)
        counted += is_known[judged].sum(axis=0)
        weeks = -(-len(after) // 7)
        for method in range(methods):
            foretold = np.tile(profiles[method, window], (weeks, 1))[: len(after)]
            error = np.where(is_known, actual - foretold, 0.0)
            squares[method] += np.square(error[judged]).sum(axis=0)
            sizes[method] += np.abs(error[judged]).sum(axis=0)
            signed[method] -= error[judged].sum(axis=0)
            errors[method, :, window] = _of_sums(error, is_known)
    known = np.where(counted > 0, counted, np.nan)
    bias = signed / np.where(asked > 0, asked, np.nan)
    return errors, _Judged(squares / known, sizes / known, bias)


def _of_sums(error: Floats, is_known: NDArray[np.bool_]) -> Floats:
    """Of the first days of each horizon; unknown days count like the known ones of their window."""
    found = np.full((len(HORIZONS), error.shape[1]), np.nan)
    for place, horizon in enumerate(HORIZONS):
        if len(error) >= horizon:
            seen = is_known[:horizon].sum(axis=0)
            total = error[:horizon].sum(axis=0) * horizon / np.maximum(seen, 1)
            found[place] = np.where(seen >= LEAST_SEEN * horizon, total, np.nan)
    return found


def _first_known(demand: Floats) -> NDArray[np.intp]:
    known = np.isfinite(demand)
    before = np.cumsum(known, axis=0) == 0
    return before.sum(axis=0).astype(np.intp)


def _kept(judged: _Judged, intermittent: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Smooth demand by its absolute error; rare demand by its squared one, which nought cannot win, then by bias."""
    own = slice(0, len(METHODS))
    error = np.where(intermittent, np.sqrt(judged.mean_square[own]), judged.mean_size[own])
    error = np.where(np.isfinite(error), error, np.inf)
    least = error.min(axis=0)
    is_near = error <= np.where(np.isfinite(least), least * NEARLY, np.inf)
    bias = np.abs(np.where(np.isfinite(judged.bias[own]), judged.bias[own], 0.0))
    by_bias: NDArray[np.intp] = np.argmin(np.where(is_near, bias, np.inf), axis=0)
    by_error: NDArray[np.intp] = np.argmin(error, axis=0)
    return np.where(intermittent, by_bias, by_error)


def _newest(errors: Floats) -> Floats:
    """Of each horizon the newest windows that are complete, the oldest first: items, horizons, windows."""
    # numpy puts the item first, since two of the indices that chose are arrays.
    found = np.full((*errors.shape[:2], WINDOWS), np.nan)
    for place, horizon in enumerate(HORIZONS):
        complete = errors.shape[2] - (settled_after(horizon) - 1)
        if complete > 0:
            newest = errors[:, place, max(complete - WINDOWS, 0) : complete]
            found[:, place, WINDOWS - newest.shape[1] :] = newest
    return found


def _foretold(profile: Floats, past: Floats) -> Floats:
    """Items, horizons, windows; the last window is what is to come."""
    found = np.full((len(profile), len(HORIZONS), WINDOWS + 1), np.nan)
    week = np.concatenate([past.sum(axis=2), profile.sum(axis=1)[:, None]], axis=1)
    for place, horizon in enumerate(HORIZONS):
        complete = week.shape[1] - 1 - (settled_after(horizon) - 1)
        newest = week[:, max(complete - WINDOWS, 0) : max(complete, 0)] * (horizon / 7)
        found[:, place, WINDOWS - newest.shape[1] : WINDOWS] = newest
        found[:, place, -1] = week[:, -1] * (horizon / 7)
    return found


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the naive forecast errs by within the first days; NaN where that is nothing."""

    step: Floats
    season: Floats

    @classmethod
    def of(cls, demand: Floats) -> "_Scale":
        return cls(
            np.sqrt(_mean(np.square(demand[1:] - demand[:-1]))),
            _mean(np.abs(demand[7:] - demand[:-7])),
        )


def _mean(values: Floats) -> Floats:
    known = np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0)
    return np.where(total > 0, total / np.maximum(count, 1), np.nan)


@dataclass(frozen=True, slots=True)
class DemandRanges:
    """By item and horizon, in units from nought; `is_own` where the item's own windows tell its spread."""

    expected: Floats
    low: Floats
    high: Floats
    spread: Floats
    """The variance of the sum about its forecast."""
    is_own: NDArray[np.bool_]
    pooled: tuple[PooledRange, ...]


def ranges_of(found: DemandForecast) -> DemandRanges:
    pooled = tuple(
        pooled_range(found.errors[:, place], found.foretold[:, place], settled_after(horizon))
        for place, horizon in enumerate(HORIZONS)
    )
    expected = found.foretold[:, :, -1]
    below, above, spread = (
        np.stack([getattr(each, name) for each in pooled], axis=1)
        for name in ("below", "above", "spread")
    )
    is_own = np.isfinite(found.errors).sum(axis=2) >= FEWEST_WINDOWS
    return DemandRanges(
        expected,
        np.maximum(expected + below, 0.0),
        expected + above,
        np.maximum(spread, expected),
        is_own,
        pooled,
    )
