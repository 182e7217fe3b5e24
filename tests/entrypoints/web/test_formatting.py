from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hotdash.entrypoints.web import formatting


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "shown"),
        [
            ("557310.425", "USD", "$557,310.43"),
            ("-12", "USD", "−$12.00"),
            ("1234.5", "EUR", "€1,234.50"),
            ("1234.5", "JPY", "¥1,235"),
            ("0.1", "KWD", "KWD 0.100"),
            ("-0.001", "USD", "$0.00"),
            ("99999999999999.9999", "GBP", "£100,000,000,000,000.00"),
        ],
    )
    def test_each_currency_has_its_sign_and_digits(
        self, amount: str, currency: str, shown: str
    ) -> None:
        assert formatting.money(Decimal(amount), currency) == shown

    def test_a_missing_amount_is_shown_as_missing(self) -> None:
        assert formatting.money(None, "USD") == "–"

    def test_the_cents_come_apart(self) -> None:
        assert formatting.money_parts(Decimal("61470.58"), "USD") == ("$61,470", ".58")
        assert formatting.money_parts(Decimal(8670671), "JPY") == ("¥8,670,671", "")

    @pytest.mark.parametrize(
        ("amount", "shown"),
        [
            ("0", "$0"),
            ("0.5", "$0.5"),
            ("2500", "$2.5k"),
            ("-2000", "−$2k"),
            ("1250000", "$1.25M"),
        ],
    )
    def test_an_axis_is_short(self, amount: str, shown: str) -> None:
        assert formatting.money_axis(Decimal(amount), "USD") == shown


class TestPercent:
    def test_one_digit_and_no_sign(self) -> None:
        assert formatting.percent(Decimal("-0.06845")) == "6.8%"
        assert formatting.percent(Decimal("12.5")) == "1,250.0%"
        assert formatting.percent(None) == "–"


class TestTime:
    def test_in_the_shops_own_time(self) -> None:
        instant = datetime(2026, 11, 20, 19, 4, tzinfo=UTC)
        assert formatting.shop_time(instant, "America/Los_Angeles") == "20 Nov, 11:04"
        assert formatting.shop_time(instant, "Asia/Tokyo") == "21 Nov, 04:04"

    def test_spans_name_a_year_once_or_both(self) -> None:
        assert formatting.day_span(date(2026, 10, 22), date(2026, 11, 20)) == "22 Oct – 20 Nov 2026"
        assert (
            formatting.day_span(date(2025, 12, 22), date(2026, 1, 20))
            == "22 Dec 2025 – 20 Jan 2026"
        )
        assert formatting.day_span(date(2026, 1, 2), date(2026, 1, 2)) == "2 Jan 2026"

    @pytest.mark.parametrize(
        ("age", "shown"),
        [
            (timedelta(seconds=20), "just now"),
            (timedelta(minutes=8), "8 min ago"),
            (timedelta(hours=3, minutes=5), "3 h 5 min ago"),
            (timedelta(hours=9, minutes=5), "9 h ago"),
            (timedelta(days=2, hours=3), "2 d 3 h ago"),
            (timedelta(days=-1), "just now"),
        ],
    )
    def test_ages(self, age: timedelta, shown: str) -> None:
        now = datetime(2026, 11, 20, tzinfo=UTC)
        assert formatting.ago(now - age, now) == shown

    @pytest.mark.parametrize(
        ("until", "shown"),
        [
            (timedelta(seconds=59), "now"),
            (timedelta(days=-1), "now"),
            (timedelta(minutes=12), "in 12 min"),
            (timedelta(hours=3, minutes=20), "in 3 h 20 min"),
            (timedelta(hours=9, minutes=20), "in 9 h"),
            (timedelta(days=2, hours=3), "in 2 d 3 h"),
            (timedelta(days=2), "in 2 d"),
        ],
    )
    def test_what_is_to_come(self, until: timedelta, shown: str) -> None:
        now = datetime(2026, 11, 20, tzinfo=UTC)
        assert formatting.ahead(now + until, now) == shown

    @pytest.mark.parametrize(
        ("minutes", "shown"),
        [
            (1, "a minute"),
            (60, "an hour"),
            (90, "90 minutes"),
            (240, "4 hours"),
            (1440, "a day"),
            (2880, "2 days"),
        ],
    )
    def test_how_long_something_lasts(self, minutes: int, shown: str) -> None:
        assert formatting.lasting(minutes) == shown

    def test_a_place_reads_like_one(self) -> None:
        assert formatting.place("America/Argentina/Buenos_Aires") == "Buenos Aires"


def test_lists_read_like_sentences() -> None:
    assert formatting.listing(["finance"]) == "finance"
    assert formatting.listing(["a", "b", "c"]) == "a, b and c"
