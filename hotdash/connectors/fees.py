"""What a payment cost in another currency than its own: never added up, but not lost either."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeVar

Payment = TypeVar("Payment")


def other_fees(fees: Iterable[tuple[Payment, Decimal, str | None]]) -> Mapping[Payment, str]:
    """By payment its fees as `2.5000 CAD, 1.0000 EUR`; one without a currency says so."""
    told: dict[Payment, list[str]] = {}
    for payment, amount, currency in fees:
        told.setdefault(payment, []).append(f"{amount:.4f} {currency or '(no currency)'}")
    return {payment: ", ".join(texts) for payment, texts in told.items()}
