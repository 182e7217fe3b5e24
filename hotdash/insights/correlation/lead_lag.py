"""The strongest of all shifts of one series against another, and how often chance alone shows as much."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import atanh, erfc, expm1, log1p, sqrt, tanh
from statistics import NormalDist

from hotdash.insights.correlation.innovations import Innovations, Values, innovations, product
from hotdash.insights.correlation.masked import Beside, Masked

MOST_LAG = 14
LAGS = range(-MOST_LAG, MOST_LAG + 1)
FEWEST_DAYS = 84
"""Known in both: six weeks in each half."""
FALSE_SHARE = 0.05
"""Of the links that are shown, at most so many are chance."""
STABLE_SHARE = 0.5
"""Of the whole correlation, which each half shows by itself."""
_ESTIMATED = 3 + 8
"""Fisher's three, and a series' seven weekdays and its slope."""
_REMEMBERED = 28
_NEARLY_ONE = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class AtLag:
    """Of each day of the first series with the day so much later of the second.

    days are the pairs as far as they count: fewer where they repeat each other, or where a few
    restless days of both make most of it.
    """

    lag: int
    correlation: float
    pairs: int
    days: float


@dataclass(frozen=True, slots=True)
class LeadLag:
    """chance is that of the strongest of all lags."""

    lags: tuple[AtLag, ...]
    best: AtLag
    chance: float
    halves: tuple[float, float]
    first: Innovations
    second: Innovations

    @property
    def days(self) -> float:
        """That count, over all lags."""
        return sum(each.days for each in self.lags) / len(self.lags)

    @property
    def is_stable(self) -> bool:
        whole = self.best.correlation
        return all(
            half * whole > 0 and abs(half) >= STABLE_SHARE * abs(whole) for half in self.halves
        )


def common_days(first: Values, second: Values) -> int:
    return sum(
        one is not None and other is not None for one, other in zip(first, second, strict=True)
    )


def lead_lag(first: Values, second: Values) -> LeadLag | None:
    """Of the same consecutive days; None where one of them never leaves its weekdays and its trend."""
    one, other = innovations(first), innovations(second)
    if one is None or other is None:
        return None
    return _compared(one, other)


def _compared(one: Innovations, other: Innovations) -> LeadLag:
    first, second = Masked.of(one.values), Masked.of(other.values)
    memory = _shared_memory(first, second)
    lags = tuple(_at(first.beside(second, lag), lag, memory) for lag in LAGS)
    best = max(lags, key=lambda each: (_surprise(each), -abs(each.lag)))
    middle = len(first) // 2
    halves = (
        first.cut(0, middle).beside(second.cut(0, middle), best.lag).correlation,
        first.cut(middle).beside(second.cut(middle), best.lag).correlation,
    )
    chance = erfc(_surprise(best) / sqrt(2))
    return LeadLag(lags, best, _of_any(len(lags), chance), halves, one, other)


def _at(found: Beside, lag: int, memory: float) -> AtLag:
    """A few days on which both are restless are not many days."""
    counted = found.pairs / (memory * max(1.0, found.uneven))
    return AtLag(lag, found.correlation, found.pairs, counted)


def _shared_memory(first: Masked, second: Masked) -> float:
    """Bartlett: how much wider chance spreads where both still remember their past days."""
    days = min(_REMEMBERED, len(first) // 2)
    return max(1.0, 1 + 2 * product(first.remembered(days), second.remembered(days)))


def needed_correlation(days: float, chance: float = FALSE_SHARE) -> float:
    """From which on any of all lags shows it with less than this chance; for drawing."""
    one_lag = -expm1(log1p(-chance) / len(LAGS))
    surprise = NormalDist().inv_cdf(1 - one_lag / 2)
    return tanh(surprise / sqrt(max(1.0, days - _ESTIMATED)))


def false_shares(chances: Mapping[str, float]) -> dict[str, float]:
    """Benjamini and Hochberg: which share would be false if this one and all less likely ones were shown."""
    likeliest_first = sorted(chances, key=lambda name: (chances[name], name), reverse=True)
    shares: dict[str, float] = {}
    least = 1.0
    for place, name in enumerate(likeliest_first):
        least = min(least, chances[name] * len(chances) / (len(chances) - place))
        shares[name] = least
    return shares


def _of_any(count: int, chance: float) -> float:
    """Šidák: that at least one of so many shows what each shows with this chance."""
    return 1.0 if chance >= 1 else -expm1(count * log1p(-chance))


def _surprise(each: AtLag) -> float:
    """In standard deviations, by Fisher's transformation."""
    return atanh(min(abs(each.correlation), _NEARLY_ONE)) * sqrt(max(1.0, each.days - _ESTIMATED))
