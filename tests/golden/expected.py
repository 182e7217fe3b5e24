"""What a person computed for one order, with the arithmetic in words beside the figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.fixtures.raw_orders import Order


@dataclass(frozen=True)
class Expected:
    day: str
    gross: str
    discounts: str = "0"
    refunds: str = "0"
    shipping: str = "0"
    shipping_refunds: str = "0"
    taxes: str = "0"
    tax_refunds: str = "0"
    units: int = 1
    counted: bool = True


@dataclass(frozen=True)
class Case:
    """expected is None for an order that no longer exists; versions are told in this order."""

    name: str
    shop: str
    by_hand: str
    versions: Sequence[Order]
    expected: Expected | None


@dataclass(frozen=True)
class ExpectedDay:
    """Revenue of a day on both bases: refunds on the order's day, and on the refund's own day."""

    shop: str
    day: str
    orders: int
    by_order_day: str
    by_refund_day: str
    by_hand: str
