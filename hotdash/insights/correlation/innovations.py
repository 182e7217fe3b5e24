"""What a day says beyond its weekday, the trend and the days before it: the rest that can be compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log
from operator import mul
from statistics import NormalDist

Values = Sequence[float | None]
WEEK = 7
MOST_PAST_DAYS = 14
_ROUNDING = 1e-12
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Innovations:
    """By day, None where the day is unknown; order is how many days before it were found to tell of it."""

    values: tuple[float | None, ...]
    order: int


def innovations(values: Values) -> Innovations | None:
    """Of consecutive days; None where nothing is left beyond the weekdays and the trend."""
    rest = without_weekday_and_trend(normal_scores(values))
    if rest is None:
        return None
    filled = [0.0 if each is None else each for each in rest]
    weights = past_weights(filled, sum(each is not None for each in rest))
    order = len(weights)
    told = (
        None if each is None or day < order else each - _foretold(filled, day, weights)
        for day, each in enumerate(rest)
    )
    return Innovations(tuple(told), order)


def normal_scores(values: Values) -> list[float | None]:
    """Each value by its rank among all, spread like the normal distribution; equal values stay equal.

    One monstrous day would otherwise be half of every correlation. It comes before the weekdays and
    the trend are taken out: afterwards the many noughts of a rare event would have ranks of their own.
    """
    known = sorted(each for each in values if each is not None)
    scores: dict[float, float] = {}
    before = 0
    for value, equal in groupby(known):
        count = len(list(equal))
        scores[value] = _NORMAL.inv_cdf((before + count / 2) / len(known))
        before += count
    return [None if each is None else scores[each] for each in values]


def without_weekday_and_trend(values: Values) -> list[float | None] | None:
    """The residuals of one mean per weekday and one straight line through all days."""
    known = [(day, value) for day, value in enumerate(values) if value is not None]
    means = _weekday_means(known)
    line = [(day - means[day % WEEK][0], value - means[day % WEEK][1]) for day, value in known]
    spread = sum(day * day for day, _ in line)
    slope = sum(day * value for day, value in line) / spread if spread else 0.0
    rest = {day: value - slope * at for (day, _), (at, value) in zip(known, line, strict=True)}
    size = sum(value * value for _, value in known)
    if sum(value * value for value in rest.values()) <= _ROUNDING * size:
        return None
    return [rest.get(day) for day in range(len(values))]


def _weekday_means(known: Sequence[tuple[int, float]]) -> dict[int, tuple[float, float]]:
    """Of the days and of their values."""
    found: dict[int, tuple[float, float]] = {}
    for weekday in range(WEEK):
        of_it = [each for each in known if each[0] % WEEK == weekday]
        if of_it:
            days, values = zip(*of_it, strict=True)
            found[weekday] = sum(days) / len(of_it), sum(values) / len(of_it)
    return found


def past_weights(filled: Sequence[float], known: int) -> tuple[float, ...]:
    """Of an autoregression as long as the Bayesian information criterion says it pays."""
    most = min(MOST_PAST_DAYS, known // WEEK)
    covariances = [product(filled[: len(filled) - lag], filled[lag:]) for lag in range(most + 1)]
    best: tuple[float, ...] = ()
    best_score = known * log(covariances[0])
    for weights, error in _ever_longer(covariances):
        score = known * log(error) + len(weights) * log(known)
        if score < best_score:
            best, best_score = weights, score
    return best


def _ever_longer(covariances: Sequence[float]) -> Iterator[tuple[tuple[float, ...], float]]:
    """Autoregressions with what each leaves over, from the one before it (Levinson and Durbin)."""
    weights: tuple[float, ...] = ()
    error = covariances[0]
    for order in range(1, len(covariances)):
        newest = (covariances[order] - product(weights, covariances[order - 1 : 0 : -1])) / error
        older = (each - newest * other for each, other in zip(weights, weights[::-1], strict=True))
        weights = (*older, newest)
        error *= 1 - newest * newest
        if error <= _ROUNDING * covariances[0]:
            return
        yield weights, error


def _foretold(filled: Sequence[float], day: int, weights: Sequence[float]) -> float:
    return sum(weight * filled[day - back] for back, weight in enumerate(weights, start=1))


def product(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(map(mul, one, other))
