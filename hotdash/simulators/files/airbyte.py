"""A shop as Airbyte leaves it: one table per stream, what belongs to an order as JSON inside it."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from hotdash.simulators.files import payment_shapes as payments
from hotdash.simulators.files import rest_shapes as rest
from hotdash.simulators.files import stock_shapes as stock
from hotdash.simulators.files.rest_shapes import Row
from hotdash.simulators.orders import Order, Product, Refund
from hotdash.simulators.shipping import Parcel, parcels_of
from hotdash.simulators.shopify.order_fields import region_of
from hotdash.simulators.stock import Item, Level, ShopStock
from hotdash.simulators.world import ShopWorld

Tables = dict[str, list[Row]]


def airbyte_tables(world: ShopWorld, at: int, orders: Iterable[Order]) -> Tables:
    known = list(orders)
    kept, incidents = ShopStock(world), world.plan.incidents
    items = list(kept.items(at))
    return {
        "shop": [rest.shop_row(world.shop) | _extracted(world.opened)],
        "customers": _customers(world, at),
        "products": [_product(product) for product in world.products_as_of(at)],
        "orders": [_order(order) for order in known],
        "transactions": [row for order in known for row in _payments(order)],
        "fulfillments": [
            _parcel(parcel) for order in known for parcel in parcels_of(order, at, incidents)
        ],
        "locations": [stock.place_row(p) | _extracted(p.updated_at) for p in kept.places],
        "inventory_items": [_item(item) for item in items],
        "inventory_levels": [_level(level) for item in items for level in kept.levels_of(item, at)],
    }


def _customers(world: ShopWorld, at: int) -> list[Row]:
    rows = list[Row]()
    for customer in world.customers_as_of(at):
        count, spent = world.bought(customer.customer_id, at)
        consent = rest.marketing_row(customer)
        more = {
            "orders_count": count,
            "total_spent": float(world.shop.money(spent)),
            "tags": ", ".join(customer.tags),
            "email_marketing_consent": None if customer.email is None else _json(consent),
        }
        rows.append(rest.customer_row(customer) | more | _extracted(customer.updated_at))
    return rows


def _payments(order: Order) -> Iterator[Row]:
    for row, payment in payments.payment_rows(order):
        del row["refund_id"]
        told = {"amount": float(row["amount"]), "fees": _json(payments.fee_rows(order, payment))}
        yield row | told | _extracted(order.updated_at)


def _parcel(parcel: Parcel) -> Row:
    lines = [
        row | {"id": line.line_id, "fulfillment_line_item_id": line.line_id * 2 + 1}
        for row, line in stock.packed_rows(parcel)
    ]
    told = {"tracking_numbers": _json([parcel.number]), "line_items": _json(lines)}
    return stock.parcel_row(parcel) | told | _extracted(parcel.updated_at)


def _item(item: Item) -> Row:
    money = item.product.shop.money
    cost = {"cost": None if item.unit_cost is None else float(money(item.unit_cost))}
    return stock.item_row(item) | cost | _extracted(item.updated_at)


def _level(level: Level) -> Row:
    row = stock.level_row(level)
    quantities = [{"name": name, "quantity": n} for name, n in level.quantities.items()]
    own = {"id": f"{row['location_id']}|{row['inventory_item_id']}"}
    return row | own | {"quantities": _json(quantities)} | _extracted(level.updated_at)


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
                each | {"amount": str(each["amount"])}
                for each in payments.discount_rows(order, line)
            ],
        }
        for line in order.lines
    ]
    shipping = [
        line
        | {
            "tax_lines": rest.tax_rows(told, shop),
            "discount_allocations": payments.shipping_discount_rows(order, told),
        }
        for line, told in rest.shipping_rows(order)
    ]
    applications = [
        {name: value for name, value in each.items() if name != "index"}
        for each in payments.application_rows(order)
    ]
    region = region_of(order)
    address = region and {"country_code": region[0], "province_code": region[1]}
    return (
        {name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        | {
            "customer": None if customer_id is None else _json({"id": customer_id}),
            "shipping_address": None if address is None else _json(address),
            "tags": ", ".join(order.tags),
            "discount_applications": _json(applications),
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
            row | {"amount": str(row["amount"])}
            for row, _ in payments.payment_rows(order)
            if row["refund_id"] == refund.refund_id
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
