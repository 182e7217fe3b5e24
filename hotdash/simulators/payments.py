"""What was paid and given back for an order: transactions that add up to its totals."""

from collections.abc import Iterator
from dataclasses import dataclass

from hotdash.simulators.fates import fate_of, pending
from hotdash.simulators.orders import Order

_MOST_PER_ORDER = 16
_FEE_PER_MILLE = 29
_FIXED_FEE = 30
SHOPIFY_PAYMENTS = "shopify_payments"


@dataclass(frozen=True, slots=True)
class Payment:
    """Amount and fee in minor units of the shop's currency."""

    payment_id: int
    kind: str
    status: str
    gateway: str
    amount: int
    fee: int
    at: int
    parent_id: int | None = None


def payments_of(order: Order) -> list[Payment]:
    """The paid part first, then what was paid or given up later, then each refund."""
    paid = list(_paid(order))
    taken = [each for each in paid if each.kind in ("SALE", "CAPTURE")]
    back = [
        Payment(
            payment_id=order.order_id * _MOST_PER_ORDER + 8 + place,
            kind="REFUND",
            status="SUCCESS",
            gateway=_gateway(order),
            amount=refund.total_refunded,
            fee=0,
            at=refund.processed_at,
            parent_id=taken[0].payment_id if taken else None,
        )
        for place, refund in enumerate(order.refunds)
        if refund.total_refunded
    ]
    return paid + back


def _paid(order: Order) -> Iterator[Payment]:
    whole, at = order.total_price, order.created_at
    status = order.financial_status
    if status in ("AUTHORIZED", "VOIDED"):
        yield _payment(order, 0, "AUTHORIZATION", whole, at)
        if status == "VOIDED":
            yield _payment(order, 1, "VOID", whole, order.cancelled_at or order.updated_at, 0)
    elif status == "PENDING":
        yield _payment(order, 0, "SALE", whole, at, status="PENDING")
    elif status == "PARTIALLY_PAID":
        yield _payment(order, 0, "SALE", whole * 3 // 5, at)
    elif order.event == "paid" and _began_unpaid(order):
        yield _payment(order, 0, "SALE", whole, order.updated_at)
    elif order.event == "paid":
        yield _payment(order, 0, "SALE", whole * 3 // 5, at)
        yield _payment(order, 1, "SALE", whole - whole * 3 // 5, order.updated_at)
    elif order.order_id // 1000 % 3 == 0:
        yield _payment(order, 0, "AUTHORIZATION", whole, at)
        yield _payment(order, 1, "CAPTURE", whole, at + 60, 0)
    else:
        yield _payment(order, 0, "SALE", whole, at)


def _began_unpaid(order: Order) -> bool:
    return fate_of(order.order_id // 1000 - order.shop.first_order_key) is pending


def _payment(
    order: Order,
    place: int,
    kind: str,
    amount: int,
    at: int,
    parent: int | None = None,
    *,
    status: str = "SUCCESS",
) -> Payment:
    first = order.order_id * _MOST_PER_ORDER
    gateway = _gateway(order)
    is_charged = gateway == SHOPIFY_PAYMENTS and kind in ("SALE", "CAPTURE") and amount > 0
    return Payment(
        payment_id=first + place,
        kind=kind,
        status=status,
        gateway=gateway,
        amount=amount,
        fee=amount * _FEE_PER_MILLE // 1000 + _FIXED_FEE if is_charged else 0,
        at=at,
        parent_id=None if parent is None else first + parent,
    )


def _gateway(order: Order) -> str:
    if order.is_test:
        return "bogus"
    if order.financial_status == "PENDING" or (order.event == "paid" and _began_unpaid(order)):
        return "Bank Deposit"
    return "paypal" if order.order_id // 1000 % 5 == 0 else SHOPIFY_PAYMENTS
