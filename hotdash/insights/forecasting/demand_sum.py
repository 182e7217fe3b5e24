"""What is asked for within some days, as whole units: a negative binomial distribution of its mean and variance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_LEAST_SPREAD = 1.001
"""Of the mean: at chance alone the distribution has no number of its own left."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Of the units of some days: mean and variance, which is never less than chance alone makes it."""

    mean: Floats
    spread: Floats

    @property
    def is_asked(self) -> NDArray[np.bool_]:
        return self.mean > 0


def chance_to_reach(within: Sum, units: Whole) -> Floats:
    """That so many units are asked for."""
    chance = _reaches(within, np.maximum(units, 1))
    # An empty shelf is out of stock whether or not anybody asks for it.
    return np.where(units <= 0, 1.0, np.where(within.is_asked, chance, 0.0))


def expected_short(within: Sum, units: Whole) -> Floats:
    """Units asked for beyond those that are there."""
    some = _reaches(within, units + 1)
    # x f(x; r) = mean f(x - 1; r + 1), so the mean beyond a number is a chance too.
    beyond = np.where(units <= 0, 1.0, _reaches(within, np.maximum(units, 1), more=1.0))
    found = np.maximum(within.mean * beyond - units * some, 0.0)
    return np.where(within.is_asked, found, 0.0)


def quantile(within: Sum, share: Floats) -> Whole:
    """The fewest units that are enough in so large a share of cases."""
    from scipy.special import gammaincinv

    mean = np.where(within.is_asked, within.mean, 1.0)
    spread = np.where(within.is_asked, within.spread, 1.0)
    near = np.asarray(gammaincinv(mean**2 / spread, share)) * spread / mean
    found = np.ceil(near).astype(np.int64)
    while True:
        is_few = within.is_asked & (1 - _reaches(within, found + 1) < share)
        is_many = within.is_asked & (found > 0) & (1 - _reaches(within, found) >= share)
        is_many &= ~is_few
        if not (is_few.any() or is_many.any()):
            return np.where(within.is_asked, found, 0)
        found = found + is_few - is_many


def _reaches(within: Sum, units: Whole, more: float = 0.0) -> Floats:
    """P(X >= units); `more` is added to the number of the distribution."""
    from scipy.special import betainc

    mean = np.where(within.is_asked, within.mean, 1.0)
    spread = np.maximum(np.where(within.is_asked, within.spread, 1.0), _LEAST_SPREAD * mean)
    number = mean**2 / (spread - mean) + more
    chance = np.asarray(betainc(np.maximum(units, 1), number, 1 - mean / spread))
    return np.where(units <= 0, 1.0, chance)
