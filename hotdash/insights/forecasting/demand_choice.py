"""Which method an item keeps, and how well such choices did on windows that had no part in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.windows import FEWEST_CHOSEN_BY, settled_before

Floats = NDArray[np.float64]
Methods = NDArray[np.intp]

JUDGED_DAYS = 28
"""Methods are compared on so many days after each origin."""
NEARLY = 1.02
"""Methods whose error is within so much of the least are told apart by their bias."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Over all days of some windows; NaN where none of them is known."""

    mean_square: Floats
    mean_size: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Tried:
    """Sums over the judged days: by method, window and item; units asked for and known days by window and item."""

    squares: Floats
    sizes: Floats
    signed: Floats
    asked: Floats
    known: Floats

    @classmethod
    def empty(cls, methods: int, windows: int, items: int) -> "Tried":
        squares, sizes, signed = (np.zeros((methods, windows, items)) for _ in range(3))
        return cls(squares, sizes, signed, np.zeros((windows, items)), np.zeros((windows, items)))

    def chosen(self, until: int, is_rare: NDArray[np.bool_], methods: int) -> Methods:
        """By the first so many windows. Smooth demand by its absolute error; rare demand by its squared one,
        which nought cannot win, then by bias."""
        own = (slice(0, methods), slice(0, until))
        judged = _judged(
            *(each[own].sum(axis=1) for each in (self.squares, self.sizes, self.signed)),
            *(each[:until].sum(axis=0) for each in (self.asked, self.known)),
        )
        error = np.where(is_rare, np.sqrt(judged.mean_square), judged.mean_size)
        error = np.where(np.isfinite(error), error, np.inf)
        least = error.min(axis=0)
        is_near = error <= np.where(np.isfinite(least), least * NEARLY, np.inf)
        bias = np.abs(np.where(np.isfinite(judged.bias), judged.bias, 0.0))
        by_bias: Methods = np.argmin(np.where(is_near, bias, np.inf), axis=0)
        by_error: Methods = np.argmin(error, axis=0)
        return np.where(is_rare, by_bias, by_error)

    def chosen_then(self, is_rare: Sequence[NDArray[np.bool_]], methods: int) -> Methods:
        """By window and item, from the windows that were over before it; the first method where none was."""
        found = np.zeros(self.known.shape, dtype=np.intp)
        for window, rare in enumerate(is_rare):
            found[window] = self.chosen(settled_before(window, JUDGED_DAYS), rare, methods)
        return found

    def proven(self, then: Methods) -> Judged:
        """Of the methods of each window and item, over the windows before which enough were over to choose by."""
        first = sum(
            settled_before(window, JUDGED_DAYS) < FEWEST_CHOSEN_BY for window in range(len(then))
        )
        sums = (of_methods(each, then) for each in (self.squares, self.sizes, self.signed))
        return _judged(*(each[first:].sum(axis=0) for each in (*sums, self.asked, self.known)))


def of_methods(values: Floats, then: Methods) -> Floats:
    """The first axis is the method's; `then` names it for each of the others."""
    return np.take_along_axis(values, then[None], axis=0)[0]


def _judged(squares: Floats, sizes: Floats, signed: Floats, asked: Floats, known: Floats) -> Judged:
    days = np.where(known > 0, known, np.nan)
    return Judged(squares / days, sizes / days, signed / np.where(asked > 0, asked, np.nan))
