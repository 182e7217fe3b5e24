"""The days a question is about: full days of the shop, ending yesterday, and the days they are compared with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self, TypeVar

from hotdash.base.clock import days_between, local_day
from hotdash.base.errors import HotdashError

_Choice = TypeVar("_Choice", bound=StrEnum)


class PeriodError(HotdashError):
    code = "invalid_period"


class Range(StrEnum):
    DAYS_7 = "7d"
    DAYS_30 = "30d"
    DAYS_90 = "90d"
    MONTHS_12 = "12m"


class Compare(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


_LENGTHS = {Range.DAYS_7: 7, Range.DAYS_30: 30, Range.DAYS_90: 90}
_TITLES = {
    Range.DAYS_7: "Last 7 days",
    Range.DAYS_30: "Last 30 days",
    Range.DAYS_90: "Last 90 days",
    Range.MONTHS_12: "Last 12 months",
}
_COMPARE_TITLES = {
    Compare.PREVIOUS: "Previous period",
    Compare.YEAR: "Same days last year",
    Compare.NONE: "Nothing",
}


@dataclass(frozen=True, slots=True)
class Window:
    """Days from first to last, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        return days_between(self.first, self.last)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Period:
    range: Range = Range.DAYS_30
    compare: Compare = Compare.PREVIOUS

    @classmethod
    def parse(cls, range: str | None = None, compare: str | None = None) -> Self:
        return cls(
            range=_choice(Range, "range", range or Range.DAYS_30),
            compare=_choice(Compare, "compare", compare or Compare.PREVIOUS),
        )

    @property
    def title(self) -> str:
        return _TITLES[self.range]

    @property
    def compare_title(self) -> str:
        return _COMPARE_TITLES[self.compare]

    def window(self, now: datetime, timezone: str) -> Window:
        """Today is left out: it is not over."""
        yesterday = local_day(now, timezone) - timedelta(days=1)
        if self.range is Range.MONTHS_12:
            return Window(_year_before(yesterday) + timedelta(days=1), yesterday)
        return Window(yesterday - timedelta(days=_LENGTHS[self.range] - 1), yesterday)

    def base_window(self, now: datetime, timezone: str) -> Window | None:
        return base_of(self.window(now, timezone), self.compare)


def base_of(window: Window, compare: Compare) -> Window | None:
    """As many days as the window has: right before it, or a year before it."""
    if compare is Compare.NONE:
        return None
    if compare is Compare.YEAR:
        last = _year_before(window.last)
        return Window(last - timedelta(days=window.length - 1), last)
    return Window(window.first - timedelta(days=window.length), window.first - timedelta(days=1))


def _year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def _choice(kind: type[_Choice], field: str, value: str) -> _Choice:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise PeriodError(
            f"The {field} {value!r} is not known.", hint=f"Use one of {known}.", field=field
        ) from None
