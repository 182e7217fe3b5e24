"""A day is the owner's own day, daylight saving included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hotdash.base.clock import (
    days_between,
    file_stamp,
    iso_utc,
    local_day,
    parse_iso,
    require_aware,
)


@pytest.mark.law(10)
@pytest.mark.parametrize(
    ("instant", "timezone", "day"),
    [
        ("2026-03-08T04:30:00Z", "America/New_York", "2026-03-07"),
        ("2026-03-09T03:59:59Z", "America/New_York", "2026-03-08"),
        ("2026-11-01T04:00:00Z", "America/New_York", "2026-11-01"),
        ("2026-11-02T04:59:59Z", "America/New_York", "2026-11-01"),
        ("2026-02-28T15:00:00Z", "Asia/Tokyo", "2026-03-01"),
        ("2028-02-28T23:30:00Z", "Europe/Berlin", "2028-02-29"),
    ],
)
def test_local_day(instant: str, timezone: str, day: str) -> None:
    assert local_day(parse_iso(instant), timezone) == date.fromisoformat(day)


def test_an_instant_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        require_aware(datetime(2026, 1, 1))


def test_iso_round_trip() -> None:
    instant = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert iso_utc(instant) == "2026-01-02T03:04:05.000006Z"
    assert parse_iso(iso_utc(instant)) == instant


def test_files_of_one_second_are_told_apart() -> None:
    paris = datetime(2026, 1, 2, 4, 4, 5, 6, tzinfo=ZoneInfo("Europe/Paris"))
    assert file_stamp(paris) == "20260102T030405000006Z"
    assert file_stamp(paris) < file_stamp(paris + timedelta(microseconds=1))


def test_days_between_counts_both_ends() -> None:
    days = list(days_between(date(2028, 2, 28), date(2028, 3, 1)))
    assert days == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
