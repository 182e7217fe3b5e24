"""How many -70% days the anomalies find and how many alerts are about nothing; `--data DIR` for outside series."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.anomaly_hours import (
    PAGES,
    Rung,
    hours_of_the_demo,
    made_hours,
    made_pages,
    pages_of_the_demo,
    rung_hours,
    rung_pages,
)
from benchmarks.anomaly_series import KPIS, SMALL, Labelled, made, outside, windows, without
from benchmarks.figures import Figure
from benchmarks.watched_world import ORDERS, SEED, UNTIL, WatchedWorld, watched_world
from hotdash.insights.anomalies.holidays import country_of, holidays_of
from hotdash.insights.anomalies.judge import Level, Limits, level_of, see
from hotdash.insights.anomalies.replay import told_of
from hotdash.insights.anomalies.series import Grain, Series, day_of, day_step
from hotdash.pipeline.quality.checks.watched import Watched
from hotdash.simulators.shop_profiles import SHOPS
from hotdash.simulators.world import World

SEEDS = (1, 2, 3)
WARMED_UP = 57
DROPPED = 0.7
_EVERY = 3
"""Dropped days, so that three seeds stay within a minute."""


@dataclass(frozen=True)
class Power:
    """Of one series: how many dropped days an alert and at least the digest names, and alerts of whole years."""

    name: str
    tried: int
    alerted: int
    digested: int
    weeks: float
    false_alerts: int
    false_digests: int


def power_of(series: Series, limits: Limits = Limits()) -> Power:  # noqa: B008
    steps = series.steps()[WARMED_UP:]
    levels = [_dropped_level(series, step, limits) for step in steps[::_EVERY]]
    told = list(told_of(series, steps, limits))
    return Power(
        name=series.name,
        tried=len(levels),
        alerted=levels.count(Level.ALERT),
        digested=sum(each is not None for each in levels),
        weeks=len(steps) / 7,
        false_alerts=sum(each.level is Level.ALERT and each.is_new for each in told),
        false_digests=sum(each.level is Level.DIGEST for each in told),
    )


def _dropped_level(series: Series, step: int, limits: Limits) -> Level | None:
    struck = replace(series, known=without(series.known, step, DROPPED, series.counted))
    seen = see(struck, step)
    return None if seen is None else level_of(seen, limits)


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    del folder, orders
    found = [[power_of(made(kpi, seed)) for kpi in KPIS] for seed in SEEDS]
    yield from _of_kpis(found)
    yield _of_all_that_rings(found)
    yield from of_the_demo(watched_world())
    yield _of_the_demo_s_hours_and_pages()
    small = [[power_of(made(kpi, seed)) for kpi in SMALL] for seed in SEEDS]
    yield Figure(
        *("small counts", f"{len(SMALL)} series, {len(SEEDS)} seeds"),
        "; ".join(_told(each) for each in zip(*small, strict=True)),
        "–",
        "a day of a dozen orders says little by itself: what cannot be told is not claimed",
    )


def _of_all_that_rings(kpis: Sequence[Sequence[Power]]) -> Figure:
    """The budget of a shop is one for everything that may wake somebody."""
    days = [sum(each.false_alerts for each in seed) / seed[0].weeks for seed in kpis]
    hours = [rung_hours(made_hours(seed)).a_week for seed in SEEDS]
    pages = [rung_pages(*made_pages(seed)).a_week for seed in SEEDS]
    whole = [sum(each) for each in zip(days, hours, pages, strict=True)]
    return Figure(
        *(
            "false alerts of all that rings",
            f"{len(KPIS)} daily KPIs, orders by hour, {PAGES} landing pages, {len(SEEDS)} seeds",
        ),
        f"{_mean(whole):.2f} a week (at most {max(whole):.2f})",
        "under 3 a week",
        f"days {_mean(days):.2f}, hours {_mean(hours):.2f}, landing pages {_mean(pages):.2f}; before any "
        "limit is raised by the budget that they share",
    )


def _of_the_demo_s_hours_and_pages() -> Figure:
    """An alert of an hour on an incident's day or the day after, of a page in its week, is none about nothing."""
    world = World(ORDERS, SEED, UNTIL)
    hours, pages = list[Rung](), list[Rung]()
    for shop in world.shops:
        struck = [
            date.fromisoformat(each.day) for each in world.incidents if each.shop_id == shop.shop_id
        ]
        hours.append(rung_hours(hours_of_the_demo(world, shop.shop_id)).beside(struck, 1))
        pages.append(rung_pages(*pages_of_the_demo(world, shop.shop_id, SEED)).beside(struck, 7))
    by_hours, by_pages = (sum(each.a_week for each in kind) for kind in (hours, pages))
    return Figure(
        *(
            "the demo's hours and pages",
            f"{len(world.shops)} shops, orders by hour and landing pages",
        ),
        f"{by_hours + by_pages:.2f} false alerts a week over all of them",
        "under 3 a week with the days above",
        f"hours {by_hours:.2f}, landing pages {by_pages:.2f}",
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def of_the_demo(world: WatchedWorld) -> Iterator[Figure]:
    """An alert on a day with an incident, or on the day after it, is none about nothing."""
    struck = {
        (each.shop_id, each.day, name): each for each in world.incidents for name in each.series
    }
    found: set[tuple[str, date, str]] = set()
    judged: set[tuple[str, date, str]] = set()
    false = 0
    weeks = 0.0
    days_of = {
        (each.shop_id, each.day + timedelta(days=late))
        for each in world.incidents
        for late in (0, 1)
    }
    for each in world.series:
        series = _of_watched(each)
        steps = series.steps()[WARMED_UP:]
        weeks = max(weeks, len(steps) / 7)
        alerted = [one for one in told_of(series, steps, Limits()) if one.level is Level.ALERT]
        for one in alerted:
            day = day_of(one.seen.step, series.grain)
            found.add((each.shop_id, day, series.name))
            false += one.is_new and (each.shop_id, day) not in days_of
        judged |= {(each.shop_id, day_of(step, series.grain), series.name) for step in steps}
    asked = {key: incident for key, incident in struck.items() if key in judged}
    incidents = {(key[0], key[1], incident.kind) for key, incident in asked.items()}
    caught = {(key[0], key[1], incident.kind) for key, incident in asked.items() if key in found}
    yield Figure(
        *(
            "the demo's two years",
            f"{len(world.series)} series of {len(world.shops)} shops, {len(incidents)} incidents",
        ),
        f"{false / weeks:.2f} false alerts a week over all of them; {len(caught)} incidents alerted",
        "under 3 a week",
        f"without one: {', '.join(sorted(f'{day} {shop} {kind}' for shop, day, kind in incidents - caught)) or 'none'}",
    )


def _of_watched(each: Watched) -> Series:
    country = country_of(next(shop.currency for shop in SHOPS if shop.shop_id == each.shop_id))
    days = {day_step(day): float(value) for day, value in each.days.items()}
    return Series(
        each.kind.name,
        days,
        Grain.DAY,
        each.kind.counted,
        labelled=frozenset(map(day_step, each.labelled)),
        holidays=holidays_of(each.days, country),
    )


def _of_kpis(found: Sequence[Sequence[Power]]) -> Iterator[Figure]:
    every = [each for seed in found for each in seed]
    tried = sum(each.tried for each in every)
    weeks = every[0].weeks
    size = f"{len(KPIS)} daily KPIs, {len(SEEDS)} seeds, {tried:,} days made 70% smaller one by one"
    by_seed = [sum(each.false_alerts for each in seed) / weeks for seed in found]
    digests = sum(each.false_digests for each in every) / weeks / len(found)
    yield Figure(
        *("-70% days found", size),
        f"{_share(every, alerts=True):.1%} by an alert, {_share(every):.1%} with the digest",
        "at least 90%",
        f"least: {', '.join(_told(each) for each in _worst(found))}",
    )
    yield Figure(
        *("false alerts", f"{len(KPIS)} daily KPIs of {weeks:.0f} weeks, {len(SEEDS)} seeds"),
        f"{sum(by_seed) / len(by_seed):.2f} a week over all KPIs (at most {max(by_seed):.2f})",
        "under 3 a week",
        f"without any incident, so every alert is a false one; the digest names {digests:.1f} a week more",
    )


def _share(found: Iterable[Power], *, alerts: bool = False) -> float:
    every = list(found)
    hit = sum(each.alerted if alerts else each.digested for each in every)
    return hit / sum(each.tried for each in every)


def _worst(found: Sequence[Sequence[Power]]) -> list[tuple[Power, ...]]:
    by_kpi = list(zip(*found, strict=True))
    return sorted(by_kpi, key=lambda each: _share(each, alerts=True))[:3]


def _told(seeds: Sequence[Power]) -> str:
    false = sum(each.false_alerts for each in seeds) / sum(each.weeks for each in seeds)
    return (
        f"{seeds[0].name} {_share(seeds, alerts=True):.0%} by an alert, {_share(seeds):.0%} with the "
        f"digest, {false:.2f} false a week"
    )


def of_outside(found: Iterable[Labelled]) -> Iterator[Figure]:
    """A labelled window is found where any of its steps is told; alerts outside of all windows are false."""
    hit = digested = wanted = false = 0
    weeks = 0.0
    count = 0
    for each in found:
        series, happened = each.series, windows(each.struck)
        steps = series.steps()
        judged = [step for step in steps if see(series, step) is not None]
        told = list(told_of(series, judged, Limits()))
        alerts = {one.seen.step for one in told if one.level is Level.ALERT}
        any_level = {one.seen.step for one in told}
        asked = [window for window in happened if set(window) & set(judged)]
        count, wanted, weeks = (
            count + 1,
            wanted + len(asked),
            weeks + len(judged) / series.grain.season,
        )
        hit += sum(bool(alerts & set(window)) for window in asked)
        digested += sum(bool(any_level & set(window)) for window in asked)
        new = {one.seen.step for one in told if one.level is Level.ALERT and one.is_new}
        false += len(new - each.struck)
    yield Figure(
        *(
            "outside series",
            f"{count} series, {weeks:,.0f} judged weeks, {wanted} labelled windows",
        ),
        f"{hit} by an alert, {digested} with the digest",
        "–",
        f"{false / weeks:.2f} alerts a week and series outside of every window" if weeks else "",
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.anomalies", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="a folder of .csv files: series, time, value, label"
    )
    asked = parser.parse_args()
    figures = of_outside(outside(asked.data)) if asked.data else measure(Path(), 0)
    for figure in figures:
        print(f"{figure.what} ({figure.size}): {figure.seen}; goal {figure.goal}; {figure.remark}")


if __name__ == "__main__":
    main()
