"""Levels of many demand series at once: a step is a day of all of them.

Series stand in columns, days in rows; NaN is a day on which nobody could buy, which teaches nothing.
Each method is run with a few weights, and at every origin the weight that erred least until then is
taken, so that no origin knows what comes after it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SES_WEIGHTS = (0.02, 0.05, 0.1, 0.2, 0.35)
TSB_WEIGHTS = ((0.05, 0.02), (0.1, 0.05), (0.1, 0.1), (0.2, 0.2))
"""Of the size of a demand, and of how often there is one."""
FIRST_DAYS = 28
LONGEST_BLOCK = 14


def first_level(demand: Floats) -> Floats:
    """The mean of the known days among the first of each series; nought where none is known."""
    is_first = _of_first_days(demand)
    total = np.where(is_first, demand, 0.0).sum(axis=0)
    return total / np.maximum(is_first.sum(axis=0), 1)


def ses_levels(demand: Floats, at: Sequence[int]) -> Floats:
    """Simple exponential smoothing; one row per origin."""
    weights = np.asarray(SES_WEIGHTS)[:, None]
    level = np.repeat(first_level(demand)[None, :], len(SES_WEIGHTS), axis=0)
    squares = np.zeros_like(level)
    found = np.empty((len(at), demand.shape[1]))
    places = {origin: place for place, origin in enumerate(at)}
    for day in range(max(at, default=0) + 1):
        if day in places:
            found[places[day]] = _best(level, squares)
        if day < len(demand):
            error = demand[day] - level
            error[:, np.isnan(demand[day])] = 0.0
            squares += error * error
            level += weights * error
    return found


def tsb_levels(demand: Floats, at: Sequence[int]) -> Floats:
    """Teunter, Syntetos and Babai: how often and how much are smoothed apart, so that a series that dies fades."""
    size_weights = np.asarray([size for size, _ in TSB_WEIGHTS])[:, None]
    chance_weights = np.asarray([chance for _, chance in TSB_WEIGHTS])[:, None]
    chance, size = (np.repeat(each[None, :], len(TSB_WEIGHTS), axis=0) for each in _first(demand))
    squares = np.zeros_like(chance)
    found = np.empty((len(at), demand.shape[1]))
    places = {origin: place for place, origin in enumerate(at)}
    for day in range(max(at, default=0) + 1):
        if day in places:
            found[places[day]] = _best(chance * size, squares)
        if day < len(demand):
            asked = demand[day]
            is_known, is_some = np.isfinite(asked), asked > 0
            error = np.where(is_known, asked - chance * size, 0.0)
            squares += error * error
            size += size_weights * np.where(is_some, asked - size, 0.0)
            chance += chance_weights * np.where(is_known, is_some - chance, 0.0)
    return found


def imapa_levels(demand: Floats, at: Sequence[int], ses: Floats) -> Floats:
    """The mean of smoothing the days, pairs of days and so on, up to blocks as long as demand is rare.

    `ses` are the levels of single days, which are known already.
    """
    found = np.empty_like(ses)
    for place, origin in enumerate(at):
        known = demand[:origin]
        longest = longest_block(known)
        total, count = ses[place].copy(), np.ones(demand.shape[1])
        for block in range(2, LONGEST_BLOCK + 1):
            chosen = np.flatnonzero(longest >= block)
            blocks = in_blocks(known[:, chosen], block)
            if len(chosen) == 0 or len(blocks) == 0:
                break
            total[chosen] += ses_levels(blocks, [len(blocks)])[0]
            count[chosen] += 1
        found[place] = total / count
    return found


def longest_block(demand: Floats) -> NDArray[np.intp]:
    return np.clip(np.rint(demand_interval(demand)), 1, LONGEST_BLOCK).astype(np.intp)


def demand_interval(demand: Floats) -> Floats:
    """How many known days there are for each with a sale."""
    known, sold = np.isfinite(demand).sum(axis=0), (demand > 0).sum(axis=0)
    return known / np.maximum(sold, 1)


def in_blocks(demand: Floats, length: int) -> Floats:
    """The mean day of each block, the last one ending with the newest day; what is left over is the oldest."""
    whole = len(demand) // length
    blocks = demand[len(demand) - whole * length :].reshape(whole, length, demand.shape[1])
    known = np.isfinite(blocks)
    total = np.where(known, blocks, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def weekday_means(demand: Floats, origin: int, weeks: int) -> Floats:
    """Of the days after the origin, by seven; NaN where none of its weekdays is known."""
    first = max(origin - 7 * weeks, origin % 7)
    days = demand[first:origin].reshape((origin - first) // 7, 7, demand.shape[1])
    known = np.isfinite(days)
    total, count = np.where(known, days, 0.0).sum(axis=0), known.sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _first(demand: Floats) -> tuple[Floats, Floats]:
    is_first = _of_first_days(demand)
    sold = is_first & (demand > 0)
    chance = sold.sum(axis=0) / np.maximum(is_first.sum(axis=0), 1)
    size = np.where(sold, demand, 0.0).sum(axis=0) / np.maximum(sold.sum(axis=0), 1)
    return chance, size


def _of_first_days(demand: Floats) -> NDArray[np.bool_]:
    known = np.isfinite(demand)
    has_begun = np.logical_or.accumulate(known, axis=0)
    return known & (np.cumsum(has_begun, axis=0) <= FIRST_DAYS)


def _best(levels: Floats, squares: Floats) -> Floats:
    return np.take_along_axis(levels, squares.argmin(axis=0)[None, :], axis=0)[0]
