"""A file of exchange rates is read whole or not at all, and its numbers are decimals."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.base.currencies import CURRENCIES
from hotdash.base.money import minor_digits
from hotdash.insights.operations.rates import GivenRate, RatesFileError, read_rates

HEADER = "day,base,quote,rate\n"
GOOD = "2026-11-02,JPY,EUR,0.0061\n"


def test_rates_of_a_file() -> None:
    written = (
        "\ufeffday, quote,base,rate\n2026-11-02,eur, jpy ,0.0061\n2026-11-02,USD,KWD,3.2530000001\n"
    )
    assert read_rates(written) == [
        GivenRate(date(2026, 11, 2), "JPY", "EUR", Decimal("0.0061")),
        GivenRate(date(2026, 11, 2), "KWD", "USD", Decimal("3.2530000001")),
    ]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("", "no values"),
        ("2026-13-01,JPY,EUR,1\n", "Line 2 is of the day '2026-13-01'"),
        ("1999-12-31,JPY,EUR,1\n", "Line 2 is of the day '1999-12-31'"),
        ("2026-11-02,JPN,EUR,1\n", "Line 2 names the currency 'JPN'"),
        ("2026-11-02,JPY,,1\n", "Line 2 names the currency ''"),
        (GOOD + "2026-11-02,EUR,eur,1\n", "Line 3 converts EUR to itself"),
        ("2026-11-02,JPY,EUR,0\n", "the rate '0'"),
        ("2026-11-02,JPY,EUR,-1\n", "the rate '-1'"),
        ("2026-11-02,JPY,EUR,1e3\n", "the rate '1e3'"),
        ("2026-11-02,JPY,EUR,NaN\n", "the rate 'NaN'"),
        ("2026-11-02,JPY,EUR,١\n", "the rate '١'"),
        ('2026-11-02,JPY,EUR,"1,08"\n', "the rate '1,08'"),
        ("2026-11-02,JPY,EUR,0.12345678901\n", "the rate '0.12345678901'"),
        ("2026-11-02,JPY,EUR,123456789\n", "the rate '123456789'"),
        ("2026-11-02,JPY,EUR,1,08\n", "more or fewer values"),
        (GOOD + "2026-11-02,jpy,EUR,0.0061\n", "Line 3 gives JPY to EUR on 2026-11-02 again"),
    ],
)
def test_a_line_that_does_not_fit_is_named_with_its_mend(lines: str, complaint: str) -> None:
    with pytest.raises(RatesFileError) as error:
        read_rates(HEADER + lines)
    assert complaint in error.value.message
    assert error.value.hint


def test_a_file_without_the_columns() -> None:
    with pytest.raises(RatesFileError, match="no column rate") as error:
        read_rates("day,base,quote\n")
    assert error.value.hint == "Its first line is day,base,quote,rate."


def test_both_directions_of_a_pair_stand_side_by_side() -> None:
    assert len(read_rates(HEADER + GOOD + "2026-11-02,EUR,JPY,163.9\n")) == 2


def test_every_currency_with_minor_units_of_its_own_is_known() -> None:
    assert {"JPY", "KWD", "EUR", "HRK"} <= CURRENCIES
    assert len([code for code in CURRENCIES if minor_digits(code) == 0]) == 17
    assert len([code for code in CURRENCIES if minor_digits(code) == 3]) == 7
