"""What stock lasts for: dates with their range, the chance to run out before a refill, what to order and when."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hotdash.base.stock_notice import NOTICE_DAYS
from hotdash.insights.forecasting.demand import FARTHEST, HORIZONS, DemandForecast, DemandRanges
from hotdash.insights.forecasting.demand_sum import Sum, chance_to_reach, expected_short, quantile

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LOOKED_AHEAD = 365
"""Days; what lasts longer has no date."""
NEVER = -1
WARNED_FROM = 0.8
"""The least in vain of those at which four of five stock-outs are told a week ahead."""


@dataclass(frozen=True, slots=True)
class StockOnHand:
    """One row per item, in units and days; service is the share of refill times without a stock-out."""

    available: Whole
    incoming: Whole
    lead_days: Whole
    cover_days: Whole
    overstock_days: Whole
    pack_size: Whole
    service: Floats


@dataclass(frozen=True, slots=True)
class StockOutlook:
    """One row per item. Days count from the day after the newest; NEVER where it is beyond LOOKED_AHEAD."""

    daily: Floats
    lasts: Whole
    earliest: Whole
    latest: Whole
    run_out: Floats
    """The probability that it is sold out within the lead time."""
    run_out_noticed: Floats
    """The same within the lead time and the days of notice: what is warned of."""
    short: Floats
    """Units that are expected to be asked for within the lead time and not to be there."""
    reorder_point: Whole
    order_up_to: Whole
    reorder_quantity: Whole
    overstock: Whole


def stock_outlook(found: DemandForecast, ranges: DemandRanges, stock: StockOnHand) -> StockOutlook:
    available = np.maximum(stock.available, 0)
    in_lead = _demand_within(found, ranges, stock.lead_days)
    until_covered = _demand_within(found, ranges, stock.lead_days + stock.cover_days)
    point = quantile(in_lead, stock.service)
    # What is in the lead time is kept safe; the days it is to last for beyond are as they are expected.
    up_to = point + np.ceil(until_covered.mean - in_lead.mean).astype(np.int64)
    position = stock.available + stock.incoming
    needed = np.maximum(up_to - position, 0)
    packs = -(-needed // stock.pack_size)
    is_due = (position <= point) & (in_lead.mean + until_covered.mean > 0)
    enough = np.ceil(_demand_within(found, ranges, stock.overstock_days).mean).astype(np.int64)
    lasts, earliest, latest = _dates(found, ranges, available)
    return StockOutlook(
        daily=found.expected(FARTHEST) / FARTHEST,
        lasts=lasts,
        earliest=earliest,
        latest=latest,
        run_out=chance_to_reach(in_lead, available),
        run_out_noticed=chance_to_reach(
            _demand_within(found, ranges, stock.lead_days + NOTICE_DAYS), available
        ),
        short=expected_short(in_lead, available),
        reorder_point=point,
        order_up_to=up_to,
        reorder_quantity=np.where(is_due, packs * stock.pack_size, 0),
        overstock=np.maximum(available - enough, 0),
    )


def _demand_within(found: DemandForecast, ranges: DemandRanges, days: Whole) -> Sum:
    """Between the tried horizons the variance lies on the straight line; beyond the last it grows with the square."""
    per_week, rest = found.profile.sum(axis=1), days % 7
    run = np.concatenate([np.zeros((len(days), 1)), np.cumsum(found.profile, axis=1)], axis=1)
    mean = per_week * (days // 7) + np.take_along_axis(run, rest[:, None], axis=1)[:, 0]
    return Sum(mean, np.maximum(_along(ranges.spread, days, beyond=2.0), mean))


def _along(at_horizons: Floats, days: Whole, beyond: float) -> Floats:
    """The value of each row at its own number of days, nought at none."""
    ends = np.array([0, *HORIZONS])
    values = np.concatenate([np.zeros((len(at_horizons), 1)), at_horizons], axis=1)
    inside = np.clip(days, 0, FARTHEST)
    above = np.clip(np.searchsorted(ends, inside, side="left"), 1, len(HORIZONS))
    rows = np.arange(len(days))
    share = (inside - ends[above - 1]) / (ends[above] - ends[above - 1])
    told = values[rows, above - 1] + share * (values[rows, above] - values[rows, above - 1])
    return told * np.maximum(days / FARTHEST, 1.0) ** beyond


def _dates(
    found: DemandForecast, ranges: DemandRanges, available: Whole
) -> tuple[Whole, Whole, Whole]:
    """The first day on which so much has been asked for: as expected, at the high and at the low end."""
    shape = (len(available),)
    found_on = [np.full(shape, NEVER, dtype=np.int64) for _ in range(3)]
    margins = [
        np.zeros_like(ranges.high),
        ranges.high - ranges.expected,
        ranges.low - ranges.expected,
    ]
    highest = [np.full(shape, -np.inf) for _ in range(3)]
    for day in range(1, LOOKED_AHEAD + 1):
        expected = found.expected(day)
        days = np.full(shape, day)
        for place, margin in enumerate(margins):
            at = expected + _along(margin, days, beyond=1.0) if place else expected
            highest[place] = np.maximum(highest[place], at)
            is_first = (found_on[place] == NEVER) & (highest[place] >= available) & (expected > 0)
            found_on[place][is_first] = day
    for each in found_on:
        each[available <= 0] = 0
    lasts, earliest, latest = found_on
    return lasts, earliest, latest


def whole(values: Sequence[int]) -> Whole:
    return np.asarray(values, dtype=np.int64)
