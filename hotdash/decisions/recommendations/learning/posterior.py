"""An online Bayesian logistic regression: what is known of the weights is a Gaussian, each answer narrows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from hotdash.decisions.recommendations.learning.prior import BUILT_IN, Prior, Sums

Floats = NDArray[np.float64]
_MOST_STEPS = 100
_NEAR = 1e-12


def sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


@dataclass(frozen=True, slots=True)
class Belief:
    """The sum of the weights of one context: its mean and variance."""

    mean: float
    variance: float

    @property
    def probability(self) -> float:
        """Of approval, with what is not known of the weights averaged in (MacKay's approximation)."""
        return sigmoid(self.mean / sqrt(1 + pi * self.variance / 8))


class Posterior:
    """Columns are one or absent; one that no answer had yet stands as in the prior."""

    def __init__(self, prior: Prior = BUILT_IN) -> None:
        self.prior = prior
        self._place: dict[str, int] = {}
        self._mean: Floats = np.empty(0)
        self._covariance: Floats = np.empty((0, 0))

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._place)

    def belief(self, columns: Sequence[str]) -> Belief:
        known = [self._place[each] for each in columns if each in self._place]
        new = [each for each in columns if each not in self._place]
        mean = float(self._mean[known].sum()) + sum(map(self.prior.mean_of, new))
        variance = float(self._covariance[np.ix_(known, known)].sum())
        return Belief(mean, max(variance, 0.0) + sum(map(self.prior.variance_of, new)))

    def learn(self, columns: Sequence[str], *, wanted: bool, weight: float = 1.0) -> None:
        """The exact mode of one more answer beside the Gaussian, and the curvature there.

        It lies on the line through the mean that the answer's columns span, so one number is sought.
        """
        self._grow(columns)
        places = [self._place[each] for each in columns]
        reach: Floats = self._covariance[:, places].sum(axis=1)
        before, spread = float(self._mean[places].sum()), float(reach[places].sum())
        if spread <= 0:
            return
        after = _mode(before, spread, float(wanted), weight)
        chance = sigmoid(after)
        bend = weight * chance * (1 - chance)
        self._mean += reach * ((after - before) / spread)
        self._covariance -= np.outer(reach, reach) * (bend / (1 + bend * spread))

    def weights(self) -> dict[str, Belief]:
        spreads = self._covariance.diagonal()
        return {
            column: Belief(float(self._mean[place]), float(spreads[place]))
            for column, place in self._place.items()
        }

    def covariance(self) -> list[list[float]]:
        """The lower triangle, row by row, in the order of `columns`."""
        return [
            [float(each) for each in self._covariance[place, : place + 1]]
            for place in range(len(self._place))
        ]

    def sums(self) -> Mapping[str, Sums]:
        """What the answers say of each weight beside the prior that they began from."""
        return {column: self._sums(column, told) for column, told in self.weights().items()}

    def _sums(self, column: str, told: Belief) -> Sums:
        mean, variance = self.prior.mean_of(column), self.prior.variance_of(column)
        precision = max(1 / told.variance - 1 / variance, 0.0)
        return Sums(precision, told.mean / told.variance - mean / variance if precision else 0.0)

    def _grow(self, columns: Sequence[str]) -> None:
        new = [each for each in columns if each not in self._place]
        if not new:
            return
        first = len(self._place)
        grown = np.zeros((first + len(new), first + len(new)))
        grown[:first, :first] = self._covariance
        for place, column in enumerate(new, start=first):
            self._place[column] = place
            grown[place, place] = self.prior.variance_of(column)
        self._mean = np.concatenate([self._mean, [self.prior.mean_of(each) for each in new]])
        self._covariance = grown


def _mode(before: float, spread: float, wanted: float, weight: float) -> float:
    """Where value = before + weight * spread * (wanted - sigmoid(value)): it rises, so there is one."""
    low = before + weight * spread * (wanted - 1)
    high = before + weight * spread * wanted
    value = (low + high) / 2
    for _ in range(_MOST_STEPS):
        chance = sigmoid(value)
        off = value - before - weight * spread * (wanted - chance)
        if abs(off) < _NEAR:
            break
        low, high = (value, high) if off < 0 else (low, value)
        step = value - off / (1 + weight * spread * chance * (1 - chance))
        value = step if low < step < high else (low + high) / 2
    return value
