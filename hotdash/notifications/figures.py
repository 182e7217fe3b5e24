"""How many alerts were called false, week by week: what says whether people can trust them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKS_SHOWN = 4


def monday_of(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def per_week(instants: Iterable[datetime], now: datetime, zone: ZoneInfo) -> Mapping[date, int]:
    """Of the last weeks with the one that runs, the newest first; a week without any is 0."""
    counted = Counter(monday_of(each, zone) for each in instants)
    newest = monday_of(now, zone)
    mondays = [newest - timedelta(weeks=back) for back in range(WEEKS_SHOWN)]
    return {monday: counted[monday] for monday in mondays}


def first_shown(now: datetime) -> datetime:
    """From when on events are needed, whatever the timezone."""
    return now - timedelta(weeks=WEEKS_SHOWN, days=1)
