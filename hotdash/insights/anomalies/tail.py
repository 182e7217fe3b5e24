"""How rare a small count is: the tail of Poisson, or of the negative binomial where counts come in crowds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist, median

SMALL = 30.0
"""Larger counts are as even as the normal distribution and are judged by their logarithm."""
_RAREST = 1e-15
_TRIMMED = 0.05
_KEPT_VARIANCE = 0.759
"""Of a normal distribution, within the middle 95%."""
_ALSO_KNOWN = 4.0
"""A weekday is told by its own counts and by so many ordinary days."""
_CLIPPED_AT = 4.0
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class CountBaseline:
    """crowded is the variance in means: one for Poisson."""

    mean: float
    crowded: float

    @property
    def spread(self) -> float:
        return sqrt(max(self.mean * self.crowded, _RAREST))


def count_baselines(by_place: Mapping[int, Sequence[float]]) -> dict[int, CountBaseline]:
    """By place in the week, of the counts that stood there; what all have in common is reckoned once."""
    counts = [each for alike in by_place.values() for each in alike]
    ordered = sorted(counts)
    cut = int(len(ordered) * _TRIMMED)
    usual = _mean(ordered[cut : len(ordered) - cut])
    most = usual + _CLIPPED_AT * sqrt(max(usual, 1.0))
    overall = _mean([min(each, most) for each in counts])
    crowded = max(_crowded(counts, overall), 1.0)
    return {
        place: CountBaseline(_mean_of([min(each, most) for each in alike], overall), crowded)
        for place, alike in by_place.items()
    }


def _mean_of(alike: Sequence[float], overall: float) -> float:
    return (sum(alike) + _ALSO_KNOWN * overall) / (len(alike) + _ALSO_KNOWN)


def surprise(value: float, expected: CountBaseline) -> float:
    """In standard deviations of a normal distribution with the same tail; below nought where too few."""
    if expected.mean <= 0:
        return 0.0 if value <= 0 else -_NORMAL.inv_cdf(_RAREST)
    count = round(max(value, 0.0))
    below, at = _below_and_at(count, expected)
    if count <= expected.mean:
        return _NORMAL.inv_cdf(min(max(below + at / 2, _RAREST), 1 - _RAREST))
    return -_NORMAL.inv_cdf(min(max(_above(count, at, expected) + at / 2, _RAREST), 0.5))


def _below_and_at(count: int, expected: CountBaseline) -> tuple[float, float]:
    chance = exp(_chance_of_none(expected))
    below = 0.0
    for number in range(count):
        below += chance
        chance *= _grown(number, expected)
    return below, chance


def _above(count: int, at: float, expected: CountBaseline) -> float:
    """Summed by itself: one less what lies below has lost every digit far out."""
    above, number, chance = 0.0, count, at
    while chance > _RAREST * max(above, _RAREST):
        chance *= _grown(number, expected)
        above += chance
        number += 1
    return above


def _chance_of_none(expected: CountBaseline) -> float:
    extra = expected.crowded - 1
    if extra <= 1e-9:
        return -expected.mean
    return -expected.mean / extra * log(expected.crowded)


def _grown(number: int, expected: CountBaseline) -> float:
    """The chance of one more, in that of so many."""
    extra = expected.crowded - 1
    if extra <= 1e-9:
        return expected.mean / (number + 1)
    size = expected.mean / extra
    return (number + size) / (number + 1) * extra / expected.crowded


def _crowded(counts: Sequence[float], mean: float) -> float:
    """The variance in means, of all but the oddest twentieth: one odd day does not excuse the next."""
    if mean <= 0:
        return 1.0
    squares = sorted((each - mean) ** 2 / mean for each in counts)
    kept = squares[: max(1, len(squares) - int(len(squares) * _TRIMMED))]
    return _mean(kept) / _KEPT_VARIANCE


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def is_small(counts: Sequence[float]) -> bool:
    return median(counts) < SMALL and all(each >= 0 and each == int(each) for each in counts)
