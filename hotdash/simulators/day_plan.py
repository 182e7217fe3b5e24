"""How many orders each shop-local day brings: growth, season, weekday, chance and planted incidents."""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hotdash.base.clock import days_between, local_day
from hotdash.simulators.older_incidents import older_incidents
from hotdash.simulators.orders import Incident, Shop, epoch
from hotdash.simulators.shop_profiles import SALES_DROP, SALES_SPIKE, planted_incidents

HISTORY_DAYS = 730
FUTURE_DAYS = 60
# Monday first: parts are ordered in the evenings before and on the weekend.
_WEEKDAYS = (1.06, 0.98, 0.94, 0.97, 0.93, 1.08, 1.18)


@dataclass(frozen=True, slots=True)
class PlannedDay:
    day: date
    begins: int
    ends: int
    first_index: int
    orders: int


class DayPlan:
    """History ends with the day before `until`; what comes after is revealed by the clock."""

    def __init__(
        self,
        shop: Shop,
        orders: int,
        seed: int,
        until: datetime,
        with_older_incidents: bool = False,
    ) -> None:
        today = local_day(until, shop.timezone)
        self.last_closed_day = today - timedelta(days=1)
        self.incidents = planted_incidents(shop, self.last_closed_day)
        if with_older_incidents:
            self.incidents += older_incidents(shop, self.last_closed_day)
        first = today - timedelta(days=HISTORY_DAYS)
        calendar = list(days_between(first, today + timedelta(days=FUTURE_DAYS)))
        weights = _weights(shop, calendar, seed, self.incidents)
        self.days = _planned(shop, calendar, _counts(weights, orders))
        self._begins = [day.begins for day in self.days]
        self._first_indices = [day.first_index for day in self.days]

    def position(self, instant: int) -> int:
        """The place of the day this instant lies in, kept within the plan."""
        return max(0, bisect_right(self._begins, instant) - 1)

    def position_of_order(self, index: int) -> int | None:
        position = bisect_right(self._first_indices, index) - 1
        known = (
            position >= 0 and index - self.days[position].first_index < self.days[position].orders
        )
        return position if known else None


def _weights(
    shop: Shop, calendar: list[date], seed: int, incidents: Iterable[Incident]
) -> list[float]:
    chance = Random(f"{seed}/{shop.shop_id}/days")
    factors = {
        incident.day: incident.factor
        for incident in incidents
        if incident.kind in (SALES_DROP, SALES_SPIKE)
    }
    return [
        (1 + shop.yearly_growth) ** (offset / 365)
        * _season(day)
        * _WEEKDAYS[day.weekday()]
        * chance.uniform(0.82, 1.18)
        * factors.get(str(day), 1.0)
        for offset, day in enumerate(calendar)
    ]


def _season(day: date) -> float:
    spring_and_summer = 1 + 0.16 * math.sin((day.timetuple().tm_yday - 60) / 365 * 2 * math.pi)
    late_november = 1.45 if day.month == 11 and 23 <= day.day <= 30 else 1.0
    holidays = 0.6 if day.month == 12 and day.day in (24, 25, 26) else 1.0
    return spring_and_summer * late_november * holidays


def _counts(weights: list[float], orders: int) -> list[int]:
    """Whole orders per day, of which the days of history hold exactly the number asked for."""
    scale = orders / sum(weights[:HISTORY_DAYS])
    counts: list[int] = []
    reached = 0.0
    for weight in weights:
        before = round(reached)
        reached += weight * scale
        counts.append(round(reached) - before)
    return counts


def _planned(shop: Shop, calendar: list[date], counts: list[int]) -> list[PlannedDay]:
    zone = ZoneInfo(shop.timezone)
    planned: list[PlannedDay] = []
    first_index = 0
    for day, orders in zip(calendar, counts, strict=True):
        begins, ends = (
            epoch(datetime(d.year, d.month, d.day, tzinfo=zone))
            for d in (day, day + timedelta(days=1))
        )
        planned.append(PlannedDay(day, begins, ends, first_index, orders))
        first_index += orders
    return planned
