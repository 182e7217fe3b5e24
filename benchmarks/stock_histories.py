"""Items that are sold, reordered well or badly, and run out: what was asked for is known, also when it was not there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

DAYS = 730
LEAD = 14
_COVER = 45


def demand_panel(items: int, seed: int, days: int = DAYS) -> Floats:
    """Counts with weekdays, levels that wander, and days that vary more than chance; four of five are rare."""
    chance = np.random.Generator(np.random.PCG64(seed))
    rate = np.exp(chance.normal(-0.5, 1.5, (items, 1)))
    week = np.clip(1 + 0.35 * np.clip(chance.normal(size=(items, 7)), -2, 2), 0.1, None)
    level = np.exp(np.cumsum(chance.normal(0, 0.01, (items, days)), axis=1))
    wanted = (
        rate
        * level
        * np.resize(week / week.mean(axis=1, keepdims=True), (items, 7))[:, np.arange(days) % 7]
    )
    spread = chance.uniform(0.5, 5, (items, 1))
    return chance.poisson(chance.gamma(spread, wanted / spread)).astype(np.float64)


@dataclass(frozen=True)
class Histories:
    """By item and day: asked for, sold, and for sale at the end of the day."""

    asked: Floats
    sold: Floats
    available: Whole

    def seen(self, until: int) -> Floats:
        """As a shop knows it: on a day without stock and without a sale nobody could buy."""
        sold, left = self.sold[:, :until], self.available[:, :until]
        return np.where((left <= 0) & (sold == 0), np.nan, sold)


def stock_histories(items: int, seed: int) -> Histories:
    """Each merchant reorders by the last four weeks, some far too late, and waits for the lead time."""
    asked = demand_panel(items, seed)
    chance = np.random.Generator(np.random.PCG64(seed + 1))
    care = chance.uniform(0.2, 1.6, items)
    stock = np.ceil(asked[:, :28].mean(axis=1) * _COVER)
    coming = np.zeros((items, DAYS + LEAD + 1))
    sold, left = np.zeros_like(asked), np.zeros(asked.shape, dtype=np.int64)
    for day in range(DAYS):
        stock += coming[:, day]
        sold[:, day] = np.minimum(stock, asked[:, day])
        stock -= sold[:, day]
        left[:, day] = stock.astype(np.int64)
        usual = asked[:, max(day - 27, 0) : day + 1].mean(axis=1)
        waits = coming[:, day + 1 : day + LEAD + 1].sum(axis=1) > 0
        is_due = ~waits & (stock <= usual * LEAD * care)
        coming[is_due, day + LEAD] = np.ceil(usual * _COVER)[is_due]
    return Histories(asked, sold, left)
