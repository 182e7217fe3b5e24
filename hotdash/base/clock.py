"""Instants are UTC; a day belongs to somebody's timezone and is never read off the machine."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    def __init__(self, instant: datetime) -> None:
        self.instant = require_aware(instant)

    def now(self) -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by


def require_aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no timezone; pass an aware datetime")
    return instant.astimezone(UTC)


def local_day(instant: datetime, timezone: str) -> date:
    return require_aware(instant).astimezone(ZoneInfo(timezone)).date()


def iso_utc(instant: datetime) -> str:
    return require_aware(instant).isoformat(timespec="microseconds").replace("+00:00", "Z")


def file_stamp(instant: datetime) -> str:
    """To the microsecond: of two files made within one second, neither may take the other's place."""
    return require_aware(instant).strftime("%Y%m%dT%H%M%S%fZ")


def parse_iso(text: str) -> datetime:
    return require_aware(datetime.fromisoformat(text))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
