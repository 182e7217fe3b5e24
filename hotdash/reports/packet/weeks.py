"""The weeks packets are about: Monday to Sunday by the shop's own calendar, named as ISO 8601 does."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from hotdash.base.clock import local_day
from hotdash.base.errors import HotdashError
from hotdash.insights.metrics.period import Window

SENT_AT = time(7)
"""By the shop's clock on the Monday after: what happened until then is known to the packet."""
_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")
_SAME_WEEKDAYS_LAST_YEAR = 52


class WeekError(HotdashError):
    code = "invalid_week"


@dataclass(frozen=True, slots=True, order=True)
class Week:
    monday: date

    @classmethod
    def parse(cls, text: str) -> Self:
        found = _WRITTEN.fullmatch(text)
        try:
            if found is not None and 1990 <= int(found[1]) <= 9000:
                return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            pass
        raise WeekError(
            f"{text[:40]!r} is no week.", hint="Write it like 2026-W47.", field="week"
        ) from None

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def last_full(cls, now: datetime, timezone: str) -> Self:
        return cls.of(local_day(now, timezone)).before(1)

    def before(self, weeks: int) -> Self:
        return type(self)(self.monday - timedelta(weeks=weeks))

    @property
    def a_year_before(self) -> Self:
        """The same weekdays, 52 weeks earlier: the same dates would compare a Monday with a Sunday."""
        return self.before(_SAME_WEEKDAYS_LAST_YEAR)

    @property
    def next(self) -> Self:
        return self.before(-1)

    @property
    def name(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def window(self) -> Window:
        return Window(self.monday, self.sunday)

    def begins_at(self, timezone: str) -> datetime:
        return _instant(self.monday, time(), timezone)

    def ends_at(self, timezone: str) -> datetime:
        return self.next.begins_at(timezone)

    def is_sent_at(self, timezone: str) -> datetime:
        return _instant(self.next.monday, SENT_AT, timezone)

    def known_until(self, timezone: str, now: datetime) -> datetime:
        """What a packet that is made now knows of: at any moment before it is due the same."""
        due = self.is_sent_at(timezone)
        return due if now >= due else min(self.ends_at(timezone), now)


def _instant(day: date, at: time, timezone: str) -> datetime:
    """A week with a change of the clocks is 167 or 169 hours long; its days are seven."""
    return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)
