"""Fees in another currency than their payment's are told beside it, in words."""

from decimal import Decimal

from hotdash.connectors.fees import other_fees


def test_by_payment() -> None:
    fees = [(1, Decimal("2.5"), "CAD"), (2, Decimal(1), None), (1, Decimal("0.3"), "EUR")]
    assert other_fees(fees) == {1: "2.5000 CAD, 0.3000 EUR", 2: "1.0000 (no currency)"}


def test_nothing_is_nothing_in_any_currency() -> None:
    """A word of it would make the day's contribution unknown."""
    assert other_fees([(1, Decimal("0.0000"), "USD"), (2, Decimal("0.01"), "USD")]) == {
        2: "0.0100 USD"
    }
