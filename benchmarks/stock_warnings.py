"""What a stock plan warns of, how early and how often in vain, and whether its chance happens as often as it says."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from benchmarks.stock_histories import DAYS, LEAD, Histories, stock_histories
from hotdash.base.stock_notice import NOTICE_DAYS
from hotdash.insights.forecasting.demand import forecast_demand, ranges_of
from hotdash.insights.forecasting.stock import (
    WARNED_FROM,
    StockOnHand,
    stock_outlook,
    whole,
)

Floats = NDArray[np.float64]

HISTORIES = 600
WATCHED_DAYS = 168
EARLY = 7
WITHIN = LEAD + NOTICE_DAYS
RARE_BELOW = 0.15
THRESHOLDS = (0.6, 0.7, 0.8)
_FIRST = DAYS - WATCHED_DAYS - WITHIN


@dataclass
class Warned:
    """Stock-outs and those warned of early, of rare items apart; warnings, and those of what would have lasted."""

    stock_outs: int = 0
    early: int = 0
    rare: int = 0
    early_rare: int = 0
    warnings: int = 0
    false: int = 0

    @property
    def recall(self) -> float:
        return self.early / max(self.stock_outs, 1)

    @property
    def in_vain(self) -> float:
        return self.false / max(self.warnings, 1)


def of_warnings(seed: int) -> Iterator[Figure]:
    world = stock_histories(HISTORIES, seed)
    chances = told_chances(world)
    found = counted(world, chances >= WARNED_FROM)
    size = f"{HISTORIES} items, {WATCHED_DAYS} days, {found.stock_outs} stock-outs"
    yield Figure(
        *(f"stock-outs warned of at least {EARLY} days ahead", size, f"{found.recall:.1%}"),
        "at least 80%",
        f"a warning is a chance of {WARNED_FROM:.0%} or more to run out within {WITHIN} days, the "
        f"lead time and {NOTICE_DAYS} days; of {found.warnings} warnings {found.in_vain:.1%} were "
        f"false: what was asked for in these days would have been there; of the {found.rare} "
        f"stock-outs of items sold less than every seventh day {found.early_rare / max(found.rare, 1):.1%}",
    )
    tried = [(each, counted(world, chances >= each)) for each in THRESHOLDS]
    yield Figure(
        *("warned early and false, by the chance that is warned from", size),
        "; ".join(f"{each:.0%}: {one.recall:.1%}, {one.in_vain:.1%}" for each, one in tried),
        "early at least 80%, false the least",
    )
    yield reliability(world, chances)


def told_chances(world: Histories) -> Floats:
    """Forecast once a week and asked once a day, each time with what was known then."""
    chances = np.zeros((len(world.asked), WATCHED_DAYS))
    for week in range(0, WATCHED_DAYS, 7):
        found = forecast_demand(world.seen(_FIRST + week))
        ranges = ranges_of(found)
        for day in range(week, min(week + 7, WATCHED_DAYS)):
            stock = on_hand(world.available[:, _FIRST + day - 1])
            chances[:, day] = stock_outlook(found, ranges, stock).run_out_noticed
    return chances


def counted(world: Histories, is_warned: NDArray[np.bool_]) -> Warned:
    """Day `d` of the warnings knows the stock of the evening before day `_FIRST + d`."""
    found = Warned()
    for item, told in enumerate(is_warned):
        left = world.available[item, _FIRST - 1 : _FIRST + WATCHED_DAYS]
        is_rare = world.asked[item].mean() < RARE_BELOW
        for day in np.flatnonzero((left[1:] <= 0) & (left[:-1] > 0)):
            if day >= WITHIN:
                # A warning before the last refill spoke of other stock.
                filled = np.flatnonzero(left[1 : day + 1] > left[:day])
                since = max(day - WITHIN, filled[-1] + 1 if len(filled) else 0)
                is_early = bool(told[since : day - EARLY + 1].any())
                found.stock_outs += 1
                found.early += is_early
                found.rare += is_rare
                found.early_rare += is_early and is_rare
        for day in np.flatnonzero(told[1:] & ~told[:-1]) + 1:
            if left[day] > 0:
                asked = world.asked[item, _FIRST + day : _FIRST + day + WITHIN].sum()
                found.warnings += 1
                found.false += bool(asked < left[day])
    return found


def reliability(world: Histories, chances: Floats) -> Figure:
    """Of items in stock: each day's chance beside whether so much was asked for in its days."""
    until = np.cumsum(world.asked, axis=1)
    ends = _FIRST - 1 + np.arange(WATCHED_DAYS)
    left = world.available[:, ends]
    happened = until[:, ends + WITHIN] - until[:, ends] >= left
    there = left > 0
    said, came = chances[there], happened[there]
    tenth = np.minimum((said * 10).astype(np.intp), 9)
    bins = [(said[tenth == each].mean(), came[tenth == each].mean()) for each in range(10)]
    gap = sum(abs(one - other) * (tenth == each).mean() for each, (one, other) in enumerate(bins))
    return Figure(
        *("a chance to run out happens as often as it says", f"{len(said):,} item days"),
        f"off by {gap:.1%} on average",
        "–",
        "said and came: " + ", ".join(f"{one:.0%} {other:.0%}" for one, other in bins),
    )


def on_hand(available: NDArray[np.int64]) -> StockOnHand:
    many = len(available)
    days = {"lead_days": LEAD, "cover_days": 30, "overstock_days": 180, "pack_size": 6}
    columns = {name: whole([value] * many) for name, value in days.items()}
    nothing = whole([0] * many)
    return StockOnHand(
        available=available, incoming=nothing, service=np.full(many, 0.95), **columns
    )
