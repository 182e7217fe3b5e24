"""Amounts as a report that is signed has to say them: to the last digit that is stored."""

from decimal import Decimal

from hotdash.base.money import minor_digits


def exact(value: Decimal, currency: str) -> str:
    """Never with fewer digits than the currency has, and none beyond that says nothing."""
    whole, _, digits = f"{value:,.4f}".partition(".")
    kept = digits.rstrip("0").ljust(minor_digits(currency), "0")
    return f"{whole}.{kept} {currency}" if kept else f"{whole} {currency}"
