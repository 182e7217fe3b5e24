"""How wrong forecasts are, how often their range holds, and what they warn of: `python -m benchmarks.forecasts [--data DIR]`."""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Figure
from benchmarks.outside_series import read_series
from benchmarks.stock_histories import LEAD, Histories, demand_panel, stock_histories
from hotdash.insights.forecasting.demand import HORIZONS, METHODS, forecast_demand, ranges_of
from hotdash.insights.forecasting.series import HORIZON, SeriesForecast, forecast_series
from hotdash.insights.forecasting.stock import (
    NOTICE_DAYS,
    WARNED_FROM,
    StockOnHand,
    stock_outlook,
    whole,
)

Floats = NDArray[np.float64]

ITEMS, DAYS = 10_000, 730
SERIES = 40
HISTORIES = 600
WATCHED_DAYS = 168
EARLY = 7
WITHIN = LEAD + NOTICE_DAYS
RARE_BELOW = 0.15
_SEED = 7


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """The size is the goal's whatever the size asked for, so that figures stay comparable."""
    del folder, orders
    yield from of_series(own_series(), f"{SERIES} own series of {DAYS} days")
    yield from of_items()
    yield from of_warnings(warned())


def own_series() -> dict[str, Floats]:
    """Four kinds with a known future: steady, wandering, counts, and with a season of the year."""
    chance = np.random.Generator(np.random.PCG64(_SEED))
    week = np.array([1.1, 1.0, 0.9, 0.85, 1.0, 1.25, 1.2])
    days = np.arange(DAYS)
    found: dict[str, Floats] = {}
    for number in range(SERIES):
        kind = ("steady", "wandering", "counts", "yearly")[number % 4]
        step = 0.001 if kind == "steady" else 0.012
        level = np.exp(np.cumsum(chance.normal(0.0003, step, DAYS)))
        values = 1_000 * level * np.resize(week, DAYS) * np.exp(chance.normal(0, 0.15, DAYS))
        if kind == "counts":
            values = chance.poisson(values / 50).astype(np.float64)
        if kind == "yearly":
            values = values * (1 + 0.3 * np.sin(2 * np.pi * days / 365))
        found[f"{kind} {number:02}"] = values
    return found


@dataclass(frozen=True)
class Held:
    """One series without its last days, and how its forecast of them did."""

    told: SeriesForecast
    day_share: float
    sums: tuple[bool, ...]


def held_back(series: Mapping[str, Floats]) -> list[Held]:
    found: list[Held] = []
    for values in series.values():
        told = forecast_series(values[:-HORIZON])
        if told is None or told.low is None or told.high is None:
            continue
        after = values[-HORIZON:]
        inside = (after >= told.low) & (after <= told.high)
        sums = tuple(
            each.low is not None
            and each.high is not None
            and each.low <= np.nansum(after[: each.days]) <= each.high
            for each in told.sums
        )
        found.append(Held(told, float(inside[np.isfinite(after)].mean()), sums))
    return found


def of_series(series: Mapping[str, Floats], size: str) -> Iterator[Figure]:
    began = time.process_time()
    found = held_back(series)
    seconds = time.process_time() - began
    if not found:
        yield Figure("forecast of daily series", size, "none is long enough", "–")
        return
    best = _mean(min(s.mase for s in each.told.scores if s.mase is not None) for each in found)
    naive = _mean(each.told.naive_mase or 0.0 for each in found)
    kept = Counter(each.told.method for each in found)
    yield Figure(
        *("MASE of the kept method", size, f"{best:.3f}"),
        f"under seasonal naive, {naive:.3f}",
        f"{_listed(kept)}; {len(found)} of {len(series)} long enough; "
        f"{seconds / len(found):.2f} CPU s each, the library's loading included",
    )
    days = _mean(each.told.coverage or 0.0 for each in found)
    sums = [_mean(each.told.sums[place].coverage or 0.0 for each in found) for place in (0, 1)]
    ahead = [float(np.mean([each.sums[place] for each in found])) for place in (0, 1)]
    yield Figure(
        *("ranges of 80% that held, in the backtest", size),
        f"days {days:.1%}, weeks {sums[0]:.1%}, 28 days {sums[1]:.1%}",
        "75 to 85%",
        f"of days held back altogether: days {_mean(each.day_share for each in found):.1%}, "
        f"weeks {ahead[0]:.1%}, 28 days {ahead[1]:.1%}",
    )


def of_items() -> Iterator[Figure]:
    """In a process of its own, so that its peak is its own."""
    command = [sys.executable, "-m", "benchmarks.forecasts", "--items"]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    size = f"{ITEMS:,} items x {DAYS} days"
    yield Figure(
        *("forecast, ranges and stock plan of all items", size),
        f"{told['cpu']:.1f} CPU s, {told['peak_mb']:,.0f} MB",
        "under 180 CPU s and 2,048 MB",
        f"kept: {_listed(told['kept'])}; {told['intermittent']:.0%} intermittent",
    )
    yield Figure(
        *("RMSSE of the kept methods", size, f"{told['rmsse']:.3f}"),
        f"under seasonal naive, {told['naive_rmsse']:.3f}",
        f"bias over all items {told['bias']:+.1%}",
    )
    covered = ", ".join(f"{days} days {share:.1%}" for days, share in told["coverage"].items())
    yield Figure(
        "ranges of 80% of items' sums that held, in the backtest", size, covered, "75 to 85%"
    )


def measured_items() -> dict[str, object]:
    demand = demand_panel(ITEMS, _SEED, DAYS)
    began = time.process_time()
    found = forecast_demand(demand)
    ranges = ranges_of(found)
    stock = _stock(np.floor(found.expected(28)).astype(np.int64))
    stock_outlook(found, ranges, stock)
    weight = found.expected(28)
    return {
        "cpu": time.process_time() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "kept": {name: int((found.method == place).sum()) for place, name in enumerate(METHODS)},
        "intermittent": float(found.intermittent.mean()),
        "rmsse": float(np.nanmean(found.rmsse)),
        "naive_rmsse": float(np.nanmean(found.naive_rmsse)),
        "bias": float(np.nansum(found.bias * weight) / weight.sum()),
        "coverage": {
            str(days): each.coverage for days, each in zip(HORIZONS, ranges.pooled, strict=True)
        },
    }


@dataclass
class Warned:
    """Stock-outs and those warned of early, of rare items apart; warnings, and those of what would have lasted."""

    stock_outs: int = 0
    early: int = 0
    rare: int = 0
    early_rare: int = 0
    warnings: int = 0
    false: int = 0


def warned() -> Warned:
    """Forecast once a week and asked once a day, each time with what was known then."""
    world = stock_histories(HISTORIES, _SEED)
    first = DAYS - WATCHED_DAYS - WITHIN
    chances = np.zeros((HISTORIES, WATCHED_DAYS))
    for week in range(0, WATCHED_DAYS, 7):
        found = forecast_demand(world.seen(first + week))
        ranges = ranges_of(found)
        for day in range(week, min(week + 7, WATCHED_DAYS)):
            stock = _stock(world.available[:, first + day - 1])
            chances[:, day] = stock_outlook(found, ranges, stock).run_out_noticed
    return _counted(world, first, chances >= WARNED_FROM)


def _counted(world: Histories, first: int, is_warned: NDArray[np.bool_]) -> Warned:
    """Day `d` of the warnings knows the stock of the evening before day `first + d`."""
    found = Warned()
    for item, told in enumerate(is_warned):
        left = world.available[item, first - 1 : first + WATCHED_DAYS]
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
                asked = world.asked[item, first + day : first + day + WITHIN].sum()
                found.warnings += 1
                found.false += bool(asked < left[day])
    return found


def of_warnings(found: Warned) -> Iterator[Figure]:
    yield Figure(
        f"stock-outs warned of at least {EARLY} days ahead",
        f"{HISTORIES} items, {WATCHED_DAYS} days, {found.stock_outs} stock-outs",
        f"{found.early / found.stock_outs:.1%}",
        "at least 80%",
        f"a warning is a chance of {WARNED_FROM:.0%} or more to run out within {WITHIN} days, the "
        f"lead time and a week; of {found.warnings} warnings {found.false / found.warnings:.1%} were "
        f"false: what was asked for in these days would have been there; of the {found.rare} "
        f"stock-outs of items sold less than every seventh day {found.early_rare / found.rare:.1%}",
    )


def _stock(available: NDArray[np.int64]) -> StockOnHand:
    many = len(available)
    days = {"lead_days": LEAD, "cover_days": 30, "overstock_days": 180, "pack_size": 6}
    columns = {name: whole([value] * many) for name, value in days.items()}
    nothing = whole([0] * many)
    return StockOnHand(
        available=available, incoming=nothing, service=np.full(many, 0.95), **columns
    )


def _mean(values: Iterator[float]) -> float:
    return float(np.mean(list(values)))


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.forecasts", description=__doc__)
    parser.add_argument("--data", type=Path, help="CSV files with series,time,value,label")
    parser.add_argument("--items", action="store_true", help="the items alone, as JSON")
    asked = parser.parse_args()
    if asked.items:
        print(json.dumps(measured_items()))
        return
    figures = measure(Path.cwd(), 0)
    if asked.data:
        series = read_series(asked.data)
        figures = of_series(series, f"{len(series)} series of {asked.data.name}")
    for each in figures:
        print(
            f"{each.what} ({each.size}): {each.seen}; goal {each.goal}. {each.remark}", flush=True
        )


if __name__ == "__main__":
    main()
