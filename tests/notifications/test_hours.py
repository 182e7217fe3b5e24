"""Hours in somebody's timezone, also in the nights when the clock is changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hotdash.notifications.hours import end_of_day, office_opens, quiet_until
from hotdash.notifications.rules import Hours, OfficeHours

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
NIGHT = Hours.model_validate({"from": "20:00", "until": "08:00"})
OFFICE = OfficeHours.model_validate({"from": "09:00", "until": "18:00"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # Standard time is 8 hours behind UTC: the night is 04:00 to 16:00 UTC.
        ("2026-11-20T03:59:59+00:00", None),
        ("2026-11-20T04:00:00+00:00", "2026-11-20T16:00:00+00:00"),
        ("2026-11-20T15:59:59+00:00", "2026-11-20T16:00:00+00:00"),
        ("2026-11-20T16:00:00+00:00", None),
        # On 8 March 2026 clocks go forward at 02:00: the night ends an hour earlier in UTC.
        ("2026-03-08T04:00:00+00:00", "2026-03-08T15:00:00+00:00"),
        ("2026-03-08T15:00:00+00:00", None),
        # On 1 November 2026 they go back: it ends an hour later.
        ("2026-11-01T03:00:00+00:00", "2026-11-01T16:00:00+00:00"),
        ("2026-11-01T15:30:00+00:00", "2026-11-01T16:00:00+00:00"),
    ],
)
def test_a_night(now: str, until: str | None) -> None:
    assert quiet_until(NIGHT, LOS_ANGELES, at(now)) == (at(until) if until else None)


def test_hours_that_begin_in_the_hour_that_is_skipped() -> None:
    """02:30 does not exist on 8 March; it is what the clock would have shown, 10:30 UTC."""
    short = Hours.model_validate({"from": "02:30", "until": "05:00"})
    assert quiet_until(short, LOS_ANGELES, at("2026-03-08T10:29:00+00:00")) is None
    until = quiet_until(short, LOS_ANGELES, at("2026-03-08T10:30:00+00:00"))
    assert until == at("2026-03-08T12:00:00+00:00")


def test_without_quiet_hours_nothing_waits() -> None:
    assert quiet_until(None, LOS_ANGELES, at("2026-11-20T08:00:00+00:00")) is None


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        # Friday 09:00 to 18:00 is 17:00 to 02:00 UTC.
        ("2026-11-20T16:59:00+00:00", "2026-11-20T17:00:00+00:00"),
        ("2026-11-20T17:00:00+00:00", None),
        ("2026-11-21T01:59:00+00:00", None),
        # After that it is Monday's.
        ("2026-11-21T02:00:00+00:00", "2026-11-23T17:00:00+00:00"),
        ("2026-11-22T20:00:00+00:00", "2026-11-23T17:00:00+00:00"),
    ],
)
def test_when_somebody_is_there_again(now: str, opens: str | None) -> None:
    assert office_opens(OFFICE, LOS_ANGELES, at(now)) == (at(opens) if opens else None)


@pytest.mark.parametrize(
    ("opened", "end"),
    [
        ("2026-11-20T18:00:00+00:00", "2026-11-21T02:00:00+00:00"),
        # On a Saturday the day is Monday.
        ("2026-11-21T18:00:00+00:00", "2026-11-24T02:00:00+00:00"),
        # Before the office opens the day is the same, also over the change of the clock.
        ("2026-03-09T08:00:00+00:00", "2026-03-10T01:00:00+00:00"),
    ],
)
def test_the_same_day_ends_with_the_office(opened: str, end: str) -> None:
    assert end_of_day(OFFICE, LOS_ANGELES, at(opened)) == at(end)
