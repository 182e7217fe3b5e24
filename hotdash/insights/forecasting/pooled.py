"""Ranges of many items at once: each by its own spread, the tails by what all items of its size have shown.

One item's windows overlap and tell little about its outer tenths; those of a whole shop tell them well.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.insights.forecasting.conformal import FEWEST_WINDOWS, HIGH, LOW, error_quantile

Floats = NDArray[np.float64]

LENT_WINDOWS = 2.0
"""A young item's spread is that of its shop, until it has this many windows of its own beside it."""
LEAST_EXPECTED = 0.25
SIZES = (1.0, 4.0, 16.0)
"""Units expected: the errors of rare demand lie otherwise about it than those of much demand."""
FEWEST_ALIKE = 200
_NORMAL = 1.2816
"""Without any error known, demand is taken to come by chance alone."""


@dataclass(frozen=True, slots=True)
class PooledRange:
    """By item, in units to either side of what is expected; held of judged lay within the range told before them."""

    below: Floats
    above: Floats
    spread: Floats
    held: int
    judged: int

    @property
    def coverage(self) -> float | None:
        return self.held / self.judged if self.judged else None


def pooled_range(errors: Floats, foretold: Floats, settled_after: int) -> PooledRange:
    """`errors` by item and window, the oldest first; `foretold` has one more, the forecast that is asked about.

    What a range is made of was known on its day: windows that were not over yet have no part in it.
    """
    spread = _spread(errors, foretold, settled_after)
    relative = errors / np.sqrt(spread[:, :-1])
    first = FEWEST_WINDOWS + settled_after - 1
    relative[:, :first] = np.nan
    size = np.searchsorted(SIZES, foretold)
    held = judged = 0
    windows = errors.shape[1]
    for window in range(first + settled_after, windows):
        low, high = _tails(relative, size, until=window - settled_after + 1, at=window)
        seen = relative[:, window]
        told = np.isfinite(seen) & np.isfinite(low)
        judged += int(told.sum())
        held += int((told & (seen >= low) & (seen <= high)).sum())
    low, high = _tails(relative, size, until=windows, at=windows)
    scale = np.sqrt(spread[:, -1])
    below = np.where(np.isfinite(low), np.minimum(low, 0.0), -_NORMAL) * scale
    above = np.where(np.isfinite(high), np.maximum(high, 0.0), _NORMAL) * scale
    return PooledRange(below, above, spread[:, -1], held, judged)


def _tails(relative: Floats, size: NDArray[np.intp], until: int, at: int) -> tuple[Floats, Floats]:
    """By item, from those of its size; from all where too few are known of it."""
    low = np.full(len(relative), np.nan)
    high = np.full(len(relative), np.nan)
    known, sizes = relative[:, :until], size[:, :until]
    for each in range(len(SIZES) + 1):
        asked = size[:, at] == each
        if not asked.any():
            continue
        alike = known[(sizes == each) & np.isfinite(known)]
        if len(alike) < FEWEST_ALIKE:
            alike = known[np.isfinite(known)]
        low[asked] = error_quantile(alike, LOW)
        high[asked] = error_quantile(alike, HIGH)
    return low, high


def _spread(errors: Floats, foretold: Floats, settled_after: int) -> Floats:
    """The variance of each window's error as it was known on its day, and of the next one at the end."""
    is_known = np.isfinite(errors)
    squares = _settled(np.where(is_known, errors**2, 0.0), settled_after)
    count = _settled(is_known * 1.0, settled_after)
    expected = np.maximum(foretold, LEAST_EXPECTED)
    by_chance = _settled(np.where(is_known, expected[:, :-1], 0.0), settled_after)
    lent = expected * _typical(squares, by_chance)
    return (squares + LENT_WINDOWS * lent) / (count + LENT_WINDOWS)


def _typical(squares: Floats, by_chance: Floats) -> Floats:
    """By window, how often the items' errors are as large as chance alone would make them; as the middle item."""
    told = by_chance > 0
    ratios = np.sort(np.where(told, squares / np.where(told, by_chance, 1.0), np.inf), axis=0)
    middle = np.maximum(told.sum(axis=0) - 1, 0) // 2
    found = (
        ratios[middle, np.arange(ratios.shape[1])] if len(ratios) else np.ones(by_chance.shape[1])
    )
    return np.clip(np.where(np.isfinite(found), found, 1.0), 0.1, None)


def _settled(values: Floats, after: int) -> Floats:
    """The sum of all windows that were over before each; the last place is for the next one, which knows all."""
    until = np.cumsum(values, axis=1)
    found = np.zeros((values.shape[0], values.shape[1] + 1))
    if values.shape[1] > after:
        found[:, after:-1] = until[:, : values.shape[1] - after]
    found[:, -1] = until[:, -1]
    return found
