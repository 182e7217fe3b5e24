"""Demand of many items: four methods tried on the same past, the best of each item kept, with its range."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.conformal import FEWEST_WINDOWS
from hotdash.insights.forecasting.demand_choice import JUDGED_DAYS, Tried, of_methods
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
SEASONAL_WEEKS = 8
INTERMITTENT_FROM = 1.32
"""Days for each with a sale: the usual border between smooth and intermittent demand."""
LEAST_SEEN = 0.7
"""Of the days of a window, on which the item could be bought."""
_ITEMS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class DemandForecast:
    """One row per item. `errors` are actual less forecast, in units, by horizon and window.

    They and the scale-free figures are those of the method that the windows before each would have chosen;
    a figure is NaN where the past holds nothing to measure by.
    """

    method: NDArray[np.intp]
    intermittent: NDArray[np.bool_]
    profile: Floats
    """Of the next seven days; later weeks repeat them."""
    errors: Floats
    foretold: Floats
    """The sums that were foretold so; the last one is of the days to come, by the kept method."""
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
    errors, tried = _tried(demand, at, profiles)
    then = tried.chosen_then([_is_rare(demand[:origin]) for origin in at], len(METHODS))
    intermittent = _is_rare(demand)
    kept = tried.chosen(len(at), intermittent, len(METHODS))
    profile = np.maximum(profiles[kept, -1, :, np.arange(items, dtype=np.intp)], 0.0)
    newest = _newest(of_methods(errors, then[None]).transpose(2, 0, 1))
    weeks = of_methods(profiles[:, :-1].sum(axis=2), then).T
    scale = _Scale.of(demand[: at[0]] if at else demand)
    proven = tried.proven(then)
    naive = tried.proven(np.full_like(then, len(METHODS)))
    return DemandForecast(
        method=kept,
        intermittent=intermittent,
        profile=profile,
        errors=newest,
        foretold=_foretold(profile, weeks),
        rmsse=np.sqrt(proven.mean_square) / scale.step,
        mase=proven.mean_size / scale.season,
        bias=proven.bias,
        naive_rmsse=np.sqrt(naive.mean_square) / scale.step,
        windows=np.isfinite(newest[:, 0, :]).sum(axis=1),
    )


def _is_rare(demand: Floats) -> NDArray[np.bool_]:
    return demand_interval(demand) > INTERMITTENT_FROM


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


def _tried(demand: Floats, at: list[int], profiles: Floats) -> tuple[Floats, Tried]:
    """The errors of sums by method, horizon, window and item, and what each method is judged by."""
    shape = (len(METHODS) + 1, len(at), demand.shape[1])
    errors = np.full((shape[0], len(HORIZONS), *shape[1:]), np.nan)
    tried = Tried.empty(*shape)
    began = _first_known(demand)
    for window, origin in enumerate(at):
        after = demand[origin : origin + FARTHEST]
        is_known = np.isfinite(after) & (origin >= began + STEP * 4)
        actual = np.where(is_known, after, 0.0)
        judged = slice(0, JUDGED_DAYS)
        tried.asked[window] = actual[judged].sum(axis=0)
        tried.known[window] = is_known[judged].sum(axis=0)
        weeks = -(-len(after) // 7)
        for method in range(shape[0]):
            foretold = np.tile(profiles[method, window], (weeks, 1))[: len(after)]
            error = np.where(is_known, actual - foretold, 0.0)
            tried.squares[method, window] = np.square(error[judged]).sum(axis=0)
            tried.sizes[method, window] = np.abs(error[judged]).sum(axis=0)
            tried.signed[method, window] = -error[judged].sum(axis=0)
            errors[method, :, window] = _of_sums(error, is_known)
    return errors, tried


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


def _newest(errors: Floats) -> Floats:
    """Of each horizon the newest windows that are complete, the oldest first: items, horizons, windows."""
    found = np.full((*errors.shape[:2], WINDOWS), np.nan)
    for place, horizon in enumerate(HORIZONS):
        complete = errors.shape[2] - (settled_after(horizon) - 1)
        if complete > 0:
            newest = errors[:, place, max(complete - WINDOWS, 0) : complete]
            found[:, place, WINDOWS - newest.shape[1] :] = newest
    return found


def _foretold(profile: Floats, weeks: Floats) -> Floats:
    """Items, horizons, windows; the last window is what is to come. `weeks` are a week's sums by item and window."""
    found = np.full((len(profile), len(HORIZONS), WINDOWS + 1), np.nan)
    week = np.concatenate([weeks, profile.sum(axis=1)[:, None]], axis=1)
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
