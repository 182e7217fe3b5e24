"""When quiet and office hours hold: compared as instants, so that a clock that is put back confuses nobody."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotdash.notifications.rules import WEEK, Hours, OfficeHours

_LONGEST_SEARCH = 8


def quiet_until(hours: Hours | None, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When the quiet hours that hold now are over; None where none hold."""
    if hours is None:
        return None
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        start, end = _window(hours, zone, day)
        if start <= at < end:
            return end
    return None


def office_opens(hours: OfficeHours, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When somebody is in the office again; None while somebody is."""
    start, _ = next(each for each in _office_days(hours, zone, at) if at < each[1])
    return start if at < start else None


def end_of_day(hours: OfficeHours, zone: ZoneInfo, at: datetime) -> datetime:
    """The end of the working day that something of this moment falls into."""
    return next(end for _, end in _office_days(hours, zone, at) if at < end)


def _office_days(
    hours: OfficeHours, zone: ZoneInfo, at: datetime
) -> Iterator[tuple[datetime, datetime]]:
    today = at.astimezone(zone).date()
    for offset in range(_LONGEST_SEARCH):
        day = today + timedelta(days=offset)
        if WEEK[day.weekday()] in hours.days:
            yield _window(hours, zone, day)


def _window(hours: Hours, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    goes_over_midnight = hours.until < hours.start
    last = day + timedelta(days=1) if goes_over_midnight else day
    return _instant(day, hours.start, zone), _instant(last, hours.until, zone)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
