"""Days, weeks, months and quarters, each cut to the days that are asked for."""

from collections.abc import Iterator
from datetime import date, timedelta

from hotdash.insights.metrics.period import Window

_MONTHS = {"month": 1, "quarter": 3}


def bucket_of(time: str | None, day: date) -> date | None:
    """Its first day; a week begins on Monday."""
    match time:
        case None:
            return None
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case _:
            months = _MONTHS[time]
            return date(day.year, (day.month - 1) // months * months + 1, 1)


def last_day_of(time: str, first: date) -> date:
    match time:
        case "day":
            return first
        case "week":
            return first + timedelta(days=6)
        case _:
            years, month = divmod(first.month - 1 + _MONTHS[time], 12)
            return date(first.year + years, month + 1, 1) - timedelta(days=1)


def buckets(time: str | None, window: Window) -> Iterator[date | None]:
    bucket = bucket_of(time, window.first)
    if time is None or bucket is None:
        yield None
        return
    while bucket <= window.last:
        yield bucket
        bucket = last_day_of(time, bucket) + timedelta(days=1)


def cut_to(window: Window, time: str | None, bucket: date | None) -> Window | None:
    """The days of the window that lie in the bucket; None where there are none."""
    if time is None or bucket is None:
        return window
    first, last = max(window.first, bucket), min(window.last, last_day_of(time, bucket))
    return Window(first, last) if first <= last else None


def shifted(window: Window, days: int) -> Window:
    by = timedelta(days=days)
    return Window(window.first + by, window.last + by)


def name_of(time: str, bucket: date) -> str:
    """2026-11-20, 2026-W47, 2026-11 or 2026-Q4."""
    match time:
        case "week":
            year, week, _ = bucket.isocalendar()
            return f"{year}-W{week:02d}"
        case "month":
            return f"{bucket:%Y-%m}"
        case "quarter":
            return f"{bucket.year}-Q{(bucket.month + 2) // 3}"
        case _:
            return bucket.isoformat()
