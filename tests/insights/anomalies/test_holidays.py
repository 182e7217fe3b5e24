"""Holidays by the almanac."""

from datetime import date

import pytest

from hotdash.insights.anomalies.holidays import country_of, holiday_on, last_time


@pytest.mark.parametrize(
    ("day", "country", "name"),
    [
        (date(2026, 11, 23), None, "Black week"),
        (date(2026, 11, 30), None, "Black week"),
        (date(2026, 12, 1), None, None),
        (date(2026, 12, 25), None, "Christmas"),
        (date(2026, 4, 3), "de", "Easter"),
        (date(2026, 4, 6), "de", "Easter"),
        (date(2026, 4, 6), "us", None),
        (date(2026, 5, 14), "de", "Ascension Day"),
        (date(2026, 5, 25), "us", "Memorial Day"),
        (date(2026, 9, 7), "us", "Labor Day"),
        (date(2026, 8, 31), "gb", "Summer bank holiday"),
        (date(2026, 5, 5), "jp", "Golden Week"),
    ],
)
def test_each_has_its_days(day: date, country: str | None, name: str | None) -> None:
    assert holiday_on(day, country) == name


def test_last_year_s_is_the_same_day_of_it() -> None:
    """Easter was on 20 April 2025 and is on 5 April 2026; the Friday of black week moves with its week."""
    assert last_time(date(2026, 4, 5), "de") == date(2025, 4, 20)
    assert last_time(date(2026, 11, 27)) == date(2025, 11, 28)
    assert last_time(date(2026, 11, 20)) is None


def test_money_says_whose_holidays() -> None:
    assert [country_of(each) for each in ("USD", "EUR", "JPY", "CHF")] == ["us", "de", "jp", None]
