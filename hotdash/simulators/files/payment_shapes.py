"""Discounts, payments and returns as Shopify's REST API told them."""

from collections.abc import Iterator
from decimal import Decimal

from hotdash.simulators.files.rest_shapes import Row, instant
from hotdash.simulators.orders import Line, Order, ShippingLine
from hotdash.simulators.payments import Payment, payments_of
from hotdash.simulators.returns import reason_of, returns_of
from hotdash.simulators.shopify.order_fields import (
    Allocation,
    allocations_of,
    applications_of,
    shipping_allocations_of,
)
from hotdash.simulators.shopify.values import Discount, Part, Percentage

_TYPES = {
    "DiscountCodeApplication": "discount_code",
    "AutomaticDiscountApplication": "automatic",
}


def application_rows(order: Order) -> list[Row]:
    return [_application(each) for each in applications_of(order)]


def _application(discount: Discount) -> Row:
    is_code, value = discount.typename == "DiscountCodeApplication", discount.value
    is_percentage = isinstance(value, Percentage)
    return {
        "index": discount.place,
        "type": _TYPES[discount.typename],
        "code": discount.label if is_code else None,
        "title": None if is_code else discount.label,
        "value": Decimal(str(value.percentage)) if is_percentage else Decimal(value.text),
        "value_type": "percentage" if is_percentage else "fixed_amount",
        "allocation_method": discount.method.lower(),
        "target_selection": discount.selection.lower(),
        "target_type": discount.target.lower(),
    }


def discount_rows(order: Order, line: Line) -> list[Row]:
    return _allocations(allocations_of(Part(order, line)))


def shipping_discount_rows(order: Order, line: ShippingLine) -> list[Row]:
    return _allocations(shipping_allocations_of(Part(order, line)))


def _allocations(allocations: list[Allocation]) -> list[Row]:
    return [
        {
            "amount": Decimal(each.amount.text),
            "index": index,
            "discount_application_index": each.application.place,
        }
        for index, each in enumerate(allocations)
    ]


def payment_rows(order: Order) -> Iterator[tuple[Row, Payment]]:
    """A payment back names its refund."""
    refunded = iter([refund.refund_id for refund in order.refunds if refund.total_refunded])
    for payment in payments_of(order):
        row = {
            "id": payment.payment_id,
            "order_id": order.order_id,
            "refund_id": next(refunded) if payment.kind == "REFUND" else None,
            "parent_id": payment.parent_id,
            "kind": payment.kind.lower(),
            "status": payment.status.lower(),
            "gateway": payment.gateway,
            "test": order.is_test,
            "amount": order.shop.money(payment.amount),
            "currency": order.shop.currency,
            "created_at": instant(payment.at),
            "processed_at": instant(payment.at),
        }
        yield row, payment


def fee_rows(order: Order, payment: Payment) -> list[Row]:
    fee = {"amount": order.shop.money(payment.fee), "currency_code": order.shop.currency}
    return [{"type": "processing_fee", "amount": fee}] if payment.fee else []


def return_rows(order: Order) -> Iterator[tuple[Row, list[Row]]]:
    for each in returns_of(order):
        row = {
            "id": each.return_id,
            "order_id": order.order_id,
            "name": each.name,
            "status": each.status.lower(),
            "total_quantity": each.quantity,
        }
        lines = [
            {
                "id": line.refund_line_id,
                "return_id": each.return_id,
                "order_line_id": line.line_id,
                "quantity": line.quantity,
                "refunded_quantity": line.quantity,
                "return_reason": reason_of(line).replace("-", "_").upper(),
            }
            for line in each.lines
        ]
        yield row, lines
