"""When a shop's support works: instants and spans counted in business time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hotdash.simulators.orders import epoch, instant

_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The same span on every working day, Monday being 0; minutes of the local day."""

    timezone: str
    opens: int
    closes: int
    last_weekday: int

    @property
    def written(self) -> str:
        """As a person would enter it."""
        return f"Mon-{_WEEK[self.last_weekday]} {_clock(self.opens)}-{_clock(self.closes)}"

    def after(self, start: int, seconds: int) -> int:
        """The instant at which so many seconds of business time have passed."""
        left = seconds
        for opens, closes in self._spans_from(start):
            begins = max(start, opens)
            if begins + left <= closes:
                return begins + left
            left -= max(0, closes - begins)
        raise AssertionError("there is always another business day")

    def between(self, first: int, last: int) -> int:
        """Seconds of business time from one instant to the other."""
        worked = 0
        for opens, closes in self._spans_from(first):
            if opens >= last:
                break
            worked += min(last, closes) - max(first, opens)
        return worked

    def _spans_from(self, start: int) -> Iterator[tuple[int, int]]:
        """Every business day that ends after the start."""
        zone = ZoneInfo(self.timezone)
        day = instant(start).astimezone(zone).date()
        while True:
            if day.weekday() <= self.last_weekday:
                opens, closes = (_at(day, minute, zone) for minute in (self.opens, self.closes))
                if closes > start:
                    yield opens, closes
            day += timedelta(days=1)


def _at(day: date, minute: int, zone: ZoneInfo) -> int:
    hours, minutes = divmod(minute, 60)
    return epoch(datetime(day.year, day.month, day.day, hours, minutes, tzinfo=zone))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
