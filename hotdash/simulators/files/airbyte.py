"""A shop as Airbyte leaves it: one table per stream, what belongs to an order as JSON inside it."""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from hotdash.simulators.files import rest_shapes as rest
from hotdash.simulators.files.rest_shapes import Row
from hotdash.simulators.orders import Order, Product, Refund
from hotdash.simulators.world import ShopWorld

Tables = dict[str, list[Row]]


def airbyte_tables(world: ShopWorld, at: int, orders: Iterable[Order]) -> Tables:
    return {
        "shop": [rest.shop_row(world.shop) | _extracted(world.opened)],
        "customers": [
            rest.customer_row(customer) | _extracted(customer.updated_at)
            for customer in world.customers_as_of(at)
        ],
        "products": [_product(product) for product in world.products_as_of(at)],
        "orders": [_order(order) for order in orders],
    }


def _product(product: Product) -> Row:
    variants = _json(list(rest.variant_rows(product)))
    return rest.product_row(product) | {"variants": variants} | _extracted(product.updated_at)


def _order(order: Order) -> Row:
    shop = order.shop
    row = rest.order_row(order)
    customer_id = row.pop("customer_id")
    lines = [
        rest.line_row(line, shop)
        | {
            "tax_lines": rest.tax_rows(line, shop),
            "discount_allocations": [
                each | {"amount": str(each["amount"])} for each in rest.discount_rows(line, shop)
            ],
        }
        for line in order.lines
    ]
    shipping = [
        line | {"tax_lines": rest.tax_rows(told, shop)} for line, told in rest.shipping_rows(order)
    ]
    return (
        {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        | {
            "customer": None if customer_id is None else _json({"id": customer_id}),
            "line_items": _json(lines),
            "shipping_lines": _json(shipping),
            "refunds": _json([_refund(order, refund) for refund in order.refunds]),
            "deleted_at": None,
        }
        | _extracted(order.updated_at)
    )


def _refund(order: Order, refund: Refund) -> Row:
    """Adjustments and transactions carry their amounts as text."""
    adjustments = rest.adjustment_rows(refund, order.shop)
    return rest.refund_row(refund) | {
        "order_id": order.order_id,
        "refund_line_items": rest.refund_line_rows(refund, order.shop),
        "order_adjustments": [
            row | {name: str(row[name]) for name in ("amount", "tax_amount")} for row in adjustments
        ],
        "transactions": [
            row | {"amount": str(row["amount"])} for row in rest.transaction_rows(order, refund)
        ],
    }


def _extracted(seconds: int) -> Row:
    return {"_airbyte_extracted_at": rest.instant(seconds), "_airbyte_raw_id": f"raw-{seconds}"}


def _json(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")
