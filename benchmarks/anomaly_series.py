"""Series for the anomaly figures: made from a seed with known answers, or read from a folder of outside ones."""

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median

from hotdash.insights.anomalies.series import Grain, Series, day_step, hour_step

DAYS = 730
FIRST = date(2024, 11, 4)
_HOUR, _DAY = 3_600, 86_400
_YES = frozenset({"1", "1.0", "true", "yes"})


@dataclass(frozen=True)
class Labelled:
    """A series with the steps at which something is known to have happened."""

    series: Series
    struck: frozenset[int] = field(default_factory=frozenset[int])


@dataclass(frozen=True)
class _Made:
    """An ordinary KPI: its size, its chance, how long it remembers, its growth and how it is counted."""

    name: str
    size: float
    noise: float
    memory: float = 0.3
    growth: float = 0.25
    counted: bool = False
    week: Sequence[float] = (1.06, 0.98, 0.94, 0.97, 0.93, 1.08, 1.18)
    tails: bool = False
    steps: bool = False
    share: bool = False


# Of a shop with some eighty orders a day: amounts, counts, shares and what people set by hand.
KPIS: tuple[_Made, ...] = (
    _Made("revenue", 6_400, 0.20),
    _Made("orders", 82, 0.12, counted=True),
    _Made("aov", 78, 0.09, memory=0.1, growth=0.03),
    _Made("new_customers", 51, 0.13, counted=True),
    _Made("refund_rate", 0.045, 0.22, memory=0.1, growth=0.0, share=True),
    _Made("contribution_margin", 0.31, 0.06, memory=0.4, growth=0.0, share=True),
    _Made(
        "sessions",
        3_100,
        0.13,
        memory=0.6,
        counted=True,
        week=(0.97, 0.96, 0.97, 0.96, 0.98, 1.08, 1.08),
    ),
    _Made("conversion", 0.026, 0.13, memory=0.2, growth=0.0, share=True),
    _Made("ad_spend", 540, 0.07, memory=0.2, steps=True, week=(1.0,) * 7),
    _Made("roas", 4.1, 0.19, memory=0.2, growth=0.0),
    _Made("cac", 21, 0.17, memory=0.2, growth=0.1),
    _Made(
        "first_reply_time",
        95,
        0.24,
        memory=0.3,
        growth=0.0,
        tails=True,
        week=(1.1, 1.0, 0.95, 1.0, 1.05, 1.6, 1.8),
    ),
    _Made("conversations", 46, 0.14, counted=True, week=(1.3, 1.15, 1.1, 1.1, 1.0, 0.6, 0.55)),
    _Made("organic_clicks", 820, 0.14, memory=0.5, counted=True),
    _Made("units", 164, 0.16, counted=True),
)
# Too small for a single day to say much: told apart, so that nobody expects of them what cannot be.
SMALL: tuple[_Made, ...] = (
    _Made("orders, 12 a day", 12, 0.1, counted=True),
    _Made("orders, 5 a day", 5, 0.1, counted=True),
    _Made("refunds, 1.5 a day", 1.5, 0.1, counted=True),
)


def made(kpi: _Made, seed: int) -> Series:
    chance = Random(f"anomalies/{seed}/{kpi.name}")
    drift, level = 0.0, 1.0
    known: dict[int, float] = {}
    for number in range(DAYS):
        surprise = _student(chance) if kpi.tails else chance.gauss(0, 1)
        drift = kpi.memory * drift + math.sqrt(1 - kpi.memory**2) * surprise
        if kpi.steps and chance.random() < 1 / 45:
            level = chance.choice((0.8, 1.0, 1.2, 1.35))
        year = 1 + 0.14 * math.sin(2 * math.pi * number / 365)
        mean = kpi.size * level * year * kpi.week[number % 7] * (1 + kpi.growth) ** (number / 365)
        if kpi.share:
            mean = kpi.size * kpi.week[number % 7] ** 0.3
        value = mean * math.exp(kpi.noise * drift - kpi.noise**2 / 2)
        known[day_step(FIRST) + number] = drawn_count(chance, value) if kpi.counted else value
    return Series(kpi.name, known, Grain.DAY, kpi.counted)


def _student(chance: Random) -> float:
    """With four degrees of freedom, as wide as the normal distribution: now and then far off."""
    square = sum(chance.gauss(0, 1) ** 2 for _ in range(4)) / 4
    return chance.gauss(0, 1) / math.sqrt(square) / math.sqrt(2)


def drawn_count(chance: Random, mean: float) -> float:
    if mean > 200:
        return float(max(0, round(chance.gauss(mean, math.sqrt(mean)))))
    count, left = 0, chance.random()
    chance_of = math.exp(-mean)
    below = chance_of
    while left > below and count < 10_000:
        count += 1
        chance_of *= mean / count
        below += chance_of
    return float(count)


def outside(folder: Path) -> Iterator[Labelled]:
    """Every .csv of the folder in long format: series, time, value, and label where something happened."""
    for path in sorted(folder.glob("*.csv")):
        by_series: dict[str, list[tuple[datetime, float, bool]]] = {}
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["value"].strip():
                    is_struck = (row.get("label") or "").strip().lower() in _YES
                    told = _moment(row["time"]), float(row["value"]), is_struck
                    by_series.setdefault(row["series"], []).append(told)
        for name, told in sorted(by_series.items()):
            yield _of_rows(f"{path.stem}/{name}", sorted(told))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(text), UTC).replace(tzinfo=None)
    except ValueError:
        return datetime.fromisoformat(text).replace(tzinfo=None)


def _of_rows(name: str, told: Sequence[tuple[datetime, float, bool]]) -> Labelled:
    """What is finer than an hour is the hour's mean: an hour is the finest that is judged."""
    gaps = [(later[0] - earlier[0]).total_seconds() for earlier, later in pairwise(told)]
    grain = Grain.DAY if gaps and median(gaps) > _DAY / 2 else Grain.HOUR
    place: Callable[[datetime], int] = (
        (lambda at: day_step(at.date())) if grain is Grain.DAY else hour_step
    )
    values: dict[int, list[float]] = {}
    struck: set[int] = set()
    for at, value, is_struck in told:
        values.setdefault(place(at), []).append(value)
        if is_struck:
            struck.add(place(at))
    known = {step: sum(each) / len(each) for step, each in values.items()}
    is_counted = all(value >= 0 and value == int(value) for value in known.values())
    return Labelled(Series(name, known, grain, is_counted), frozenset(struck))


def windows(struck: frozenset[int]) -> list[range]:
    """Steps in a row are one happening."""
    found: list[range] = []
    for step in sorted(struck):
        if found and step == found[-1].stop:
            found[-1] = range(found[-1].start, step + 1)
        else:
            found.append(range(step, step + 1))
    return found


def without(known: Mapping[int, float], step: int, share: float, counted: bool) -> dict[int, float]:
    """The same with one step made so much smaller."""
    value = known[step] * (1 - share)
    return {**known, step: float(round(value)) if counted else value}
