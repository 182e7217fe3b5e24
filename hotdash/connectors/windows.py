"""Ranges of days: how they are cut and halved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from hotdash.base.clock import days_between


@dataclass(frozen=True, order=True)
class Window:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        return list(days_between(self.first, self.last))

    def cut(self, most: int) -> Iterator["Window"]:
        """Pieces of at most so many days, the oldest first."""
        first = self.first
        while first <= self.last:
            last = min(self.last, first + timedelta(days=most - 1))
            yield Window(first, last)
            first = last + timedelta(days=1)

    def halves(self) -> Iterator["Window"]:
        return self.cut((self.length + 1) // 2)
