"""Periods are whole days of the shop, end yesterday, and are compared with as many."""

from datetime import UTC, date, datetime

import pytest

from hotdash.base.clock import parse_iso
from hotdash.insights.metrics.period import Compare, Period, PeriodError, Range, Window

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("range", "compare", "window", "base"),
    [
        ("7d", "previous", ("2026-11-14", "2026-11-20"), ("2026-11-07", "2026-11-13")),
        ("30d", "previous", ("2026-10-22", "2026-11-20"), ("2026-09-22", "2026-10-21")),
        ("90d", "year", ("2026-08-23", "2026-11-20"), ("2025-08-23", "2025-11-20")),
        ("12m", "year", ("2025-11-21", "2026-11-20"), ("2024-11-21", "2025-11-20")),
        ("12m", "previous", ("2025-11-21", "2026-11-20"), ("2024-11-21", "2025-11-20")),
        ("7d", "none", ("2026-11-14", "2026-11-20"), None),
    ],
)
def test_windows(
    range: str, compare: str, window: tuple[str, str], base: tuple[str, str] | None
) -> None:
    period = Period.parse(range, compare)
    assert period.window(NOON, "UTC") == Window(*map(date.fromisoformat, window))
    expected = Window(*map(date.fromisoformat, base)) if base else None
    assert period.base_window(NOON, "UTC") == expected


@pytest.mark.parametrize(
    ("timezone", "yesterday"),
    [("America/New_York", "2026-11-19"), ("Asia/Tokyo", "2026-11-20"), ("UTC", "2026-11-20")],
)
def test_yesterday_is_the_shops_own(timezone: str, yesterday: str) -> None:
    night = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)
    assert Period().window(night, timezone).last.isoformat() == yesterday


def test_a_leap_day_is_compared_with_the_28th() -> None:
    morning = datetime(2028, 3, 1, 12, tzinfo=UTC)
    base = Period(Range.DAYS_7, Compare.YEAR).base_window(morning, "UTC")
    assert base is not None
    assert base.last == date(2027, 2, 28)


def test_nothing_asked_for_is_thirty_days_against_the_previous() -> None:
    assert Period.parse(None, None) == Period(Range.DAYS_30, Compare.PREVIOUS)


@pytest.mark.parametrize(
    ("range", "compare", "field"), [("31d", None, "range"), (None, "plan", "compare")]
)
def test_an_unknown_one_is_named_with_the_known_ones(
    range: str | None, compare: str | None, field: str
) -> None:
    with pytest.raises(PeriodError) as raised:
        Period.parse(range, compare)
    assert raised.value.field == field
    assert repr(range or compare) in raised.value.message
    assert "Use one of" in raised.value.hint


def test_a_window_knows_its_days() -> None:
    window = Window(date(2026, 2, 27), date(2026, 3, 1))
    assert window.length == 3
    assert [day.day for day in window.days()] == [27, 28, 1]
    assert date(2026, 2, 28) in window
    assert date(2026, 3, 2) not in window


@pytest.mark.parametrize("span", list(Range))
@pytest.mark.parametrize("today", ["2028-03-02", "2028-03-20", "2029-03-02", "2029-03-20"])
def test_a_window_is_compared_with_as_many_days(span: Range, today: str) -> None:
    now = parse_iso(f"{today}T12:00:00Z")
    for compare in (Compare.PREVIOUS, Compare.YEAR):
        period = Period(span, compare)
        base = period.base_window(now, "UTC")
        assert base is not None
        assert base.length == period.window(now, "UTC").length
