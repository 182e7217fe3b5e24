"""Money splits and rounds to the last minor unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotdash.base.money import MINUS, Money, allocate, in_words, minor_digits


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("EUR", 2)])
def test_minor_digits(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_half_a_cent_rounds_up() -> None:
    assert Money(Decimal("2.345"), "USD").rounded() == Money(Decimal("2.35"), "USD")
    assert Money(Decimal("2.5"), "JPY").rounded() == Money(Decimal("3"), "JPY")


def test_largest_remainder_gets_the_odd_cent() -> None:
    shares = allocate(Decimal("10.00"), [1, 1, 1], "USD")
    assert shares == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert allocate(Decimal("100"), [2, 1], "JPY") == [Decimal("67"), Decimal("33")]


@given(
    units=st.integers(-(10**9), 10**9),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(lambda w: sum(w) > 0),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
@pytest.mark.law(9)
def test_shares_always_sum_to_the_whole(units: int, weights: list[int], currency: str) -> None:
    total = Decimal(units).scaleb(-minor_digits(currency))
    shares = allocate(total, weights, currency)
    assert sum(shares) == total
    assert all(
        abs(share - total * weight / sum(weights)) < Decimal(1).scaleb(-minor_digits(currency))
        for share, weight in zip(shares, weights, strict=True)
    )


def test_what_is_no_whole_minor_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="minor units"):
        allocate(Decimal("0.005"), [1], "USD")
    with pytest.raises(ValueError, match="zero"):
        allocate(Decimal("1"), [0, 0], "USD")


class TestInWords:
    """From 1,000 on in whole units, half away from nought; below with the minor units there are."""

    @pytest.mark.parametrize(
        ("amount", "currency", "said"),
        [
            ("999.994", "USD", "$999.99"),
            ("999.995", "USD", "$1,000"),
            # To cents and only then to units it would be 1,234.50 and so 1,235.
            ("1234.495", "USD", "$1,234"),
            ("1234.5", "USD", "$1,235"),
            ("-1234.5", "USD", f"{MINUS}$1,235"),
            ("980.4", "JPY", "¥980"),
            ("0", "EUR", "€0.00"),
        ],
    )
    def test_one(self, amount: str, currency: str, said: str) -> None:
        assert in_words(Decimal(amount), currency) == said

    def test_of_one_sentence_as_exact_as_the_largest(self) -> None:
        assert in_words(Decimal("900.40"), "USD", beside=Decimal("1200.50")) == "$900"
        assert in_words(Decimal("300.10"), "USD", beside=Decimal("1200.50")) == "$300"
        assert in_words(Decimal("900.40"), "USD", beside=Decimal("950")) == "$900.40"
