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
from benchmarks.stock_histories import demand_panel
from benchmarks.stock_warnings import of_warnings, on_hand
from hotdash.insights.forecasting.demand import (
    FARTHEST,
    HORIZONS,
    METHODS,
    forecast_demand,
    ranges_of,
)
from hotdash.insights.forecasting.series import (
    FITTED,
    HORIZON,
    Method,
    SeriesForecast,
    forecast_series,
    seasonal_naive,
)
from hotdash.insights.forecasting.series_ranges import SumRange
from hotdash.insights.forecasting.stock import stock_outlook

Floats = NDArray[np.float64]

ITEMS, DAYS = 10_000, 730
SERIES, RESTLESS = 40, 15
CUTS = 8
WEEKDAYS = np.array([1.1, 1.0, 0.9, 0.85, 1.0, 1.25, 1.2])
_SEED = 7


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """The size is the goal's whatever the size asked for, so that figures stay comparable."""
    del folder, orders
    yield from of_series(own_series(), f"{SERIES} own series of {DAYS} days")
    yield from of_series(restless_series(), f"{RESTLESS} restless series of {DAYS} days")
    yield from of_items()
    yield from of_warnings(_SEED)


def own_series() -> dict[str, Floats]:
    """Four kinds with a known future: steady, wandering, counts, and with a season of the year."""
    chance = np.random.Generator(np.random.PCG64(_SEED))
    days = np.arange(DAYS)
    found: dict[str, Floats] = {}
    for number in range(SERIES):
        kind = ("steady", "wandering", "counts", "yearly")[number % 4]
        step = 0.001 if kind == "steady" else 0.012
        level = np.exp(np.cumsum(chance.normal(0.0003, step, DAYS)))
        values = 1_000 * level * np.resize(WEEKDAYS, DAYS) * np.exp(chance.normal(0, 0.15, DAYS))
        if kind == "counts":
            values = chance.poisson(values / 50).astype(np.float64)
        if kind == "yearly":
            values = values * (1 + 0.3 * np.sin(2 * np.pi * days / 365))
        found[f"{kind} {number:02}"] = values
    return found


def restless_series() -> dict[str, Floats]:
    """Three kinds that are not what they were: levels that jump, days that become noisier, and promotions."""
    chance = np.random.Generator(np.random.PCG64(_SEED + 1))
    found: dict[str, Floats] = {}
    for number in range(RESTLESS):
        kind = ("jumping", "louder", "promoted")[number % 3]
        level = np.exp(np.cumsum(chance.normal(0.0003, 0.004, DAYS)))
        spread = np.full(DAYS, 0.15)
        if kind == "jumping":
            for day in chance.integers(200, DAYS - HORIZON, 2):
                level[day:] *= np.exp(chance.choice([-0.35, 0.35]))
        if kind == "louder":
            day = chance.integers(DAYS - 280, DAYS - 80)
            spread[:day], spread[day:] = 0.08, 0.24
        if kind == "promoted":
            for day in chance.integers(0, DAYS - 3, 24):
                level[day : day + 3] *= 1.8
        week = np.resize(WEEKDAYS, DAYS)
        noise = np.exp(chance.normal(0, 1, DAYS) * spread)
        found[f"{kind} {number:02}"] = 1_000 * level * week * noise
    return found


@dataclass(frozen=True)
class Held:
    """One series without its last days, and how its forecast of them did."""

    told: SeriesForecast
    error: float
    naive_error: float
    day_share: float
    sums: tuple[bool, ...]


def held_back(values: Floats) -> Iterator[Held]:
    """At each of some days the series ends, and what came after them judges; the newest first."""
    methods = {name: _remembered(method) for name, method in FITTED.items()}
    for back in range(1, CUTS + 1):
        end = len(values) - back * HORIZON
        told = forecast_series(values[:end], methods) if end > 0 else None
        if told is None or told.low is None or told.high is None or told.naive_mase is None:
            return
        after = values[end : end + HORIZON]
        known = np.isfinite(after)
        naive = seasonal_naive(values[:end], HORIZON)
        yield Held(
            told,
            float(np.abs(after - told.values)[known].mean()),
            float(np.nanmean(np.abs(after - naive))),
            float(((after >= told.low) & (after <= told.high))[known].mean()),
            tuple(_lay_within(each, after) for each in told.sums),
        )


def _remembered(method: Method) -> Method:
    """Ends lie whole weeks apart, so that most origins of one are those of another too."""
    known: dict[bytes, Floats] = {}

    def forecast(learnt: Floats, days: int) -> Floats:
        key = learnt.tobytes()
        if key not in known:
            known[key] = method(learnt, days)
        return known[key]

    return forecast


def _lay_within(each: SumRange, after: Floats) -> bool:
    if each.low is None or each.high is None:
        return False
    return bool(each.low <= np.nansum(after[: each.days]) <= each.high)


def of_series(series: Mapping[str, Floats], size: str) -> Iterator[Figure]:
    began = time.process_time()
    judged = {name: list(held_back(values)) for name, values in series.items()}
    seconds = time.process_time() - began
    held = [each for cuts in judged.values() for each in cuts]
    if not held:
        yield Figure("forecast of daily series", size, "none is long enough", "–")
        return
    newest = [cuts[0].told for cuts in judged.values() if cuts]
    proven = [each.proven for each in newest if each.proven.mase is not None]
    chosen_by = _mean(min(s.mase for s in each.scores if s.mase is not None) for each in newest)
    kept = Counter(each.method for each in newest)
    beside = _mean(each.error / each.naive_error for each in held if each.naive_error)
    yield Figure(
        *("MASE of what was chosen before", size, f"{_mean(e.mase or 0.0 for e in proven):.3f}"),
        f"under seasonal naive, {_mean(each.naive_mase or 0.0 for each in proven):.3f}",
        f"of the windows that chose {chosen_by:.3f}; of days held back altogether, as a share of "
        f"what seasonal naive erred by, {beside:.3f}; {_listed(kept)}; {len(newest)} of "
        f"{len(series)} long enough; {seconds / len(held):.2f} CPU s for each forecast",
    )
    days = _mean(each.day_share for each in held)
    ahead = [float(np.mean([each.sums[place] for each in held])) for place in (0, 1)]
    told = [_mean(each.sums[place].coverage or 0.0 for each in newest) for place in (0, 1)]
    yield Figure(
        *("ranges of 80% that held on days held back altogether", size),
        f"days {days:.1%}, weeks {ahead[0]:.1%}, 28 days {ahead[1]:.1%}",
        "75 to 85%",
        f"{len(held)} forecasts, {CUTS} ends of each series, {HORIZON} days apart; as shown beside the "
        f"newest: days {_mean(each.coverage or 0.0 for each in newest):.1%}, weeks {told[0]:.1%}, "
        f"28 days {told[1]:.1%}",
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
        *("ranges of 80% of items' sums that held on days held back altogether", size),
        ", ".join(f"{days} days {share:.1%}" for days, share in told["held_back"].items()),
        "75 to 85%",
        f"as shown in the backtest: {covered}",
    )


def measured_items() -> dict[str, object]:
    panel = demand_panel(ITEMS, _SEED, DAYS + FARTHEST)
    demand, after = panel[:, :DAYS], panel[:, DAYS:]
    began = time.process_time()
    found = forecast_demand(demand)
    ranges = ranges_of(found)
    stock = on_hand(np.floor(found.expected(28)).astype(np.int64))
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
        "held_back": {
            str(days): _inside(after[:, :days], ranges.low[:, place], ranges.high[:, place])
            for place, days in enumerate(HORIZONS)
        },
        "coverage": {
            str(days): each.coverage for days, each in zip(HORIZONS, ranges.pooled, strict=True)
        },
    }


def _inside(days: Floats, low: Floats, high: Floats) -> float:
    totals = days.sum(axis=1)
    return float(((totals >= low) & (totals <= high)).mean())


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
