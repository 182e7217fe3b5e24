"""When twelve months of revenue reach a target: many futures drawn from how a shop has grown until now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.conformal import HIGH, LOW

Floats = NDArray[np.float64]

PERIOD = 28
"""Days: whole weeks, and thirteen of them are a year."""
A_YEAR = 13
FEWEST_PERIODS = A_YEAR
LONGEST = A_YEAR * 20
FUTURES = 2_000


@dataclass(frozen=True, slots=True)
class ArrivalForecast:
    """None is later than twenty years or never; of the futures `share` arrive before that."""

    day: date | None
    earliest: date | None
    latest: date | None
    share: float
    rate: float
    """By which a period grows upon the one before."""
    knows_season: bool


def arrival(
    periods: Sequence[float], last: date, target: float, seed: int, *, is_reached: bool
) -> ArrivalForecast | None:
    """`periods` are sums of 28 days, the oldest first, the last one ending with `last`.

    Whether the target is reached is asked of 365 days elsewhere; thirteen periods are one day less. None
    without a year of periods, or where one has no revenue, of which no rate can be told.
    """
    if len(periods) < FEWEST_PERIODS or min(periods) <= 0:
        return None
    grown = _growth(np.log(np.asarray(periods, dtype=np.float64)))
    if is_reached:
        return ArrivalForecast(last, last, last, 1.0, grown.rate, grown.knows_season)
    arrived = _arrivals(np.asarray(periods[-A_YEAR:], dtype=np.float64), target, grown, seed)
    day, earliest, latest = (_day(arrived, share, last) for share in (0.5, LOW, HIGH))
    share = float(np.isfinite(arrived).mean())
    return ArrivalForecast(day, earliest, latest, share, grown.rate, grown.knows_season)


@dataclass(frozen=True, slots=True)
class _Growth:
    """Of the logarithm, per period: what it grows by, how surely that is known, and what chance adds."""

    drift: float
    doubt: float
    shock: float
    knows_season: bool

    @property
    def rate(self) -> float:
        return float(np.expm1(self.drift))


def _growth(levels: Floats) -> _Growth:
    """Against the same period of the year before, so that a season is no growth; within one year against the last."""
    if len(levels) >= 2 * A_YEAR:
        yearly = (levels[A_YEAR:] - levels[:-A_YEAR])[-A_YEAR:]
        # A year's change is thirteen shocks, and two that follow each other share all but two.
        shock = float(np.std(np.diff(yearly), ddof=1)) / sqrt(2)
        doubt = shock * sqrt(2 * A_YEAR / 3) / A_YEAR
        return _Growth(float(yearly.mean()) / A_YEAR, doubt, shock, knows_season=True)
    steps = np.diff(levels)
    shock = float(np.std(steps, ddof=1))
    return _Growth(float(steps.mean()), shock / sqrt(len(steps)), shock, knows_season=False)


def _arrivals(year: Floats, target: float, grown: _Growth, seed: int) -> Floats:
    """In periods from now, by future; infinite where none is reached."""
    chance = np.random.Generator(np.random.PCG64(seed))
    drift = grown.drift + grown.doubt * chance.standard_normal(FUTURES)
    shocks = np.zeros(FUTURES)
    held = np.repeat(year[None, :], FUTURES, axis=0)
    base = np.log(year) if grown.knows_season else np.full(A_YEAR, log(year[-1]))
    arrived = np.full(FUTURES, np.inf)
    for period in range(1, LONGEST + 1):
        shocks += grown.shock * chance.standard_normal(FUTURES)
        place = (period - 1) % A_YEAR
        # Against its season of the last known year, or against the newest period.
        ahead = -(-period // A_YEAR) * A_YEAR if grown.knows_season else period
        held[:, place] = np.exp(np.minimum(base[place] + drift * ahead + shocks, 100.0))
        is_first = np.isinf(arrived) & (held.sum(axis=1) >= target)
        arrived[is_first] = period
        if np.isfinite(arrived).all():
            break
    return arrived


def _day(arrived: Floats, share: float, last: date) -> date | None:
    periods = np.sort(arrived)[int(share * (len(arrived) - 1))]
    return last + timedelta(days=PERIOD * int(periods)) if np.isfinite(periods) else None
