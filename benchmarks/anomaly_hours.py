"""What rings besides the daily figures: the hours of a shop's orders, and its landing pages week by week."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.anomaly_series import FIRST, drawn_count
from hotdash.insights.anomalies.judge import Level, Limits
from hotdash.insights.anomalies.pages import WEEKS_BEFORE, page_week
from hotdash.insights.anomalies.replay import Rang, rings, told_of
from hotdash.insights.anomalies.series import Grain, Series, day_of, day_step, hour_step
from hotdash.simulators.orders import instant
from hotdash.simulators.traffic import ShopTraffic
from hotdash.simulators.world import World

HOURS_JUDGED_WEEKS = 26
_BASELINE_WEEKS = 8
PAGES = 40
PAGE_DAYS = 455
_WEEK = 7
_ORDERS_A_DAY = 82
_WEEKDAYS = (1.06, 0.98, 0.94, 0.97, 0.93, 1.08, 1.18)
_EVENING = 20
PageDays = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Rung:
    """The days on which something rang by the rule of what is sent, in so many weeks."""

    days: tuple[date, ...]
    weeks: float

    @property
    def a_week(self) -> float:
        return len(self.days) / self.weeks

    def beside(self, struck: Iterable[date], within: int) -> "Rung":
        """Without those of an incident: on its day and so many days after it."""
        near = {day + timedelta(days=late) for day in struck for late in range(within + 1)}
        return Rung(tuple(each for each in self.days if each not in near), self.weeks)


def rung_hours(series: Series, weeks: int = HOURS_JUDGED_WEEKS) -> Rung:
    last = max(series.known)
    steps = range(last - weeks * series.grain.season + 1, last + 1)
    told = told_of(series, steps, Limits())
    days = [
        day_of(each.seen.step, series.grain) for each in told if _is_sent(each.level, each.is_new)
    ]
    return Rung(tuple(days), weeks)


def _is_sent(level: Level, is_new: bool) -> bool:
    return level is Level.ALERT and is_new


def rung_pages(pages: PageDays, days: range) -> Rung:
    """Each day the week that ends with it, as the product looks at it."""
    found: list[date] = []
    judged = days[(WEEKS_BEFORE + 1) * _WEEK - 1 :]
    for known in pages.values():
        weeks = _weeks_by_end(known, days)
        rung: list[Rang] = []
        for step in judged:
            before = [
                weeks[end] for end in range(step - _WEEK, days[0] - 1, -_WEEK) if end in weeks
            ]
            seen = page_week(weeks[step], before[:WEEKS_BEFORE]) if step in weeks else None
            if seen is None or seen.level(Limits()) is not Level.ALERT:
                continue
            now = Rang(step, seen.z > 0)
            if rings(now, rung):
                rung.append(now)
                found.append(date.fromordinal(step))
    return Rung(tuple(found), len(judged) / _WEEK)


def _weeks_by_end(known: Mapping[int, int], days: range) -> dict[int, int]:
    return {
        end: sum(known.get(end - back, 0) for back in range(_WEEK))
        for end in range(days[0] + _WEEK - 1, days[-1] + 1)
    }


def made_hours(seed: int) -> Series:
    """Of a shop with some eighty orders a day, most of them in the evening, as calm as chance lets them be."""
    chance = Random(f"anomalies/{seed}/hours")
    hours = (HOURS_JUDGED_WEEKS + _BASELINE_WEEKS) * _WEEK * 24
    begins = hour_step(datetime(FIRST.year, FIRST.month, FIRST.day))
    shape = [
        exp(-(min(abs(each - _EVENING), 24 - abs(each - _EVENING)) ** 2) / 40) for each in range(24)
    ]
    known: dict[int, float] = {}
    level = 1.0
    for number in range(hours):
        day, hour = divmod(number, 24)
        if hour == 0:
            level = exp(chance.gauss(0, 0.1))
        mean = _ORDERS_A_DAY * level * _WEEKDAYS[day % _WEEK] * shape[hour] / sum(shape)
        known[begins + number] = drawn_count(chance, mean)
    return Series("orders/hour", known, Grain.HOUR, counted=True)


def made_pages(seed: int) -> tuple[PageDays, range]:
    """Some with ten visits a day, some with hundreds; each has good and bad weeks of its own."""
    chance = Random(f"anomalies/{seed}/pages")
    days = range(day_step(FIRST), day_step(FIRST) + PAGE_DAYS)
    pages: dict[str, dict[int, int]] = {}
    for number in range(PAGES):
        size, drift = 10 * 1.1**number, 0.0
        known: dict[int, int] = {}
        for step in days:
            drift = 0.6 * drift + 0.8 * chance.gauss(0, 0.13)
            known[step] = int(drawn_count(chance, size * exp(drift)))
        pages[f"page {number}"] = known
    return pages, days


def hours_of_the_demo(world: World, shop_id: str) -> Series:
    shop = world.of(shop_id)
    zone, plan = ZoneInfo(shop.shop.timezone), shop.plan
    last = plan.last_closed_day
    first = last - timedelta(weeks=HOURS_JUDGED_WEEKS + _BASELINE_WEEKS)
    begins = hour_step(datetime(first.year, first.month, first.day))
    ends = hour_step(datetime(last.year, last.month, last.day)) + 24
    known = dict.fromkeys(range(begins, ends), 0.0)
    for position, day in enumerate(plan.days):
        if first <= day.day <= last:
            for history in shop.day(position).histories:
                step = hour_step(instant(history[0].processed_at).astimezone(zone))
                if step in known:
                    known[step] += 1
    return Series("orders/hour", known, Grain.HOUR, counted=True)


def pages_of_the_demo(world: World, shop_id: str, seed: int) -> tuple[PageDays, range]:
    shop = world.of(shop_id)
    traffic = ShopTraffic(shop, seed, shop.shop.timezone)
    last = day_step(shop.plan.last_closed_day)
    days = range(last - PAGE_DAYS + 1, last + 1)
    pages: dict[str, dict[int, int]] = {}
    for step in days:
        for entrance, seen in traffic.day(date.fromordinal(step)).items():
            told = pages.setdefault(entrance.landing_page, {})
            told[step] = told.get(step, 0) + seen.sessions
    return pages, days
