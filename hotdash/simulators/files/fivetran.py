"""A shop as Fivetran leaves it: one table per thing, amounts as floats, a mark of when each row came."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from hotdash.simulators.files import payment_shapes as payments
from hotdash.simulators.files import rest_shapes as rest
from hotdash.simulators.files import stock_shapes as stock
from hotdash.simulators.files.rest_shapes import Row
from hotdash.simulators.orders import Order
from hotdash.simulators.shipping import Parcel, parcels_of
from hotdash.simulators.shopify.order_fields import region_of
from hotdash.simulators.stock import ShopStock
from hotdash.simulators.world import ShopWorld

Tables = dict[str, list[Row]]
TABLES = (
    *("shop", "customer", "customer_tag", "product", "product_variant", "order", "order_line"),
    *("order_tag", "tax_line", "discount_application", "discount_allocation"),
    *("order_shipping_line", "order_shipping_tax_line", "refund", "order_line_refund"),
    *("order_adjustment", "transaction", "return", "return_line_item", "fulfillment"),
    *("fulfillment_order_line", "fulfillment_event", "location", "inventory_item"),
    *("inventory_level", "inventory_quantity"),
)
Named = Iterator[tuple[str, Row]]


def fivetran_tables(world: ShopWorld, at: int, orders: Iterable[Order]) -> Tables:
    """The whole shop as it stands at this instant; each row synced when its order last changed."""
    tables: Tables = {name: [] for name in TABLES}
    tables["shop"].append(rest.shop_row(world.shop) | _marks(rest.instant(world.opened)))
    rows = [*_customer_rows(world, at), *_stock_rows(world, at)]
    for product in world.products_as_of(at):
        marks = _marks(rest.instant(product.updated_at))
        tables["product"].append(rest.product_row(product) | marks)
        synced = _synced(product.updated_at)
        tables["product_variant"] += [row | synced for row in rest.variant_rows(product)]
    for order in orders:
        synced = _synced(order.updated_at)
        rows += [(name, row | synced) for name, row in _order_rows(order)]
        for parcel in parcels_of(order, at, world.plan.incidents):
            rows += _parcel_rows(parcel)
    for name, row in rows:
        tables[name].append(row)
    for row in tables["order"]:
        row["_fivetran_deleted"] = False
    return {name: [_floats(row) for row in rows] for name, rows in tables.items()}


def _customer_rows(world: ShopWorld, at: int) -> Named:
    for customer in world.customers_as_of(at):
        synced, (count, spent) = (
            _synced(customer.updated_at),
            world.bought(customer.customer_id, at),
        )
        consent = rest.marketing_row(customer)
        row = {
            **rest.customer_row(customer),
            "orders_count": count,
            "total_spent": world.shop.money(spent),
            **{f"email_marketing_consent_{name}": value for name, value in consent.items()},
        }
        yield "customer", row | synced
        for index, tag in enumerate(customer.tags):
            tagged = {"customer_id": customer.customer_id, "index": index, "value": tag}
            yield "customer_tag", tagged | synced


def _order_rows(order: Order) -> Named:
    shop, of_order = order.shop, {"order_id": order.order_id}
    country, region = region_of(order) or (None, None)
    address = {
        "shipping_address_country_code": country,
        "shipping_address_province_code": region,
    }
    yield "order", rest.order_row(order) | address
    for index, tag in enumerate(order.tags):
        yield "order_tag", of_order | {"index": index, "value": tag}
    for row in payments.application_rows(order):
        yield "discount_application", row | of_order
    for line in order.lines:
        yield "order_line", rest.line_row(line, shop) | of_order
        of_line = {"order_line_id": line.line_id}
        for discount in payments.discount_rows(order, line):
            yield "discount_allocation", discount | of_line
        for index, tax in enumerate(rest.tax_rows(line, shop)):
            yield "tax_line", tax | of_line | {"index": index}
    for row, line in rest.shipping_rows(order):
        yield "order_shipping_line", row | of_order
        for index, tax in enumerate(rest.tax_rows(line, shop)):
            of_shipping = {"order_shipping_line_id": row["id"], "index": index}
            yield "order_shipping_tax_line", tax | of_shipping
    for row, _ in payments.payment_rows(order):
        yield "transaction", row
    for row, lines in payments.return_rows(order):
        yield "return", row
        for line in lines:
            yield "return_line_item", line
    yield from _refund_rows(order)


def _refund_rows(order: Order) -> Named:
    shop, of_order = order.shop, {"order_id": order.order_id}
    for refund in order.refunds:
        of_refund = {"refund_id": refund.refund_id}
        yield "refund", rest.refund_row(refund) | of_order
        for row in rest.refund_line_rows(refund, shop):
            line_id = row.pop("line_item_id")
            yield "order_line_refund", row | of_refund | {"order_line_id": line_id}
        for row in rest.adjustment_rows(refund, shop):
            yield "order_adjustment", row | of_refund | of_order


def _parcel_rows(parcel: Parcel) -> Named:
    """A parcel's way does not change its order: each has its own stamp."""
    synced, number = _synced(parcel.updated_at), json.dumps([parcel.number])
    yield "fulfillment", stock.parcel_row(parcel) | {"tracking_numbers": number} | synced
    for row, line in stock.packed_rows(parcel):
        packed = {"fulfillment_id": parcel.parcel_id, "order_line_id": line.line_id}
        yield "fulfillment_order_line", row | packed | _synced(parcel.created_at)
    for row, made in stock.step_rows(parcel):
        yield "fulfillment_event", row | _synced(made)


def _stock_rows(world: ShopWorld, at: int) -> Named:
    kept, shop = ShopStock(world), world.shop
    for place in kept.places:
        region = {"province_code": place.region}
        yield "location", stock.place_row(place) | region | _synced(place.updated_at)
    for item in kept.items(at):
        cost = {
            "unit_cost_amount": None if item.unit_cost is None else shop.money(item.unit_cost),
            "unit_cost_currency_code": None if item.unit_cost is None else shop.currency,
        }
        yield "inventory_item", stock.item_row(item) | cost | _synced(item.updated_at)
        for level in kept.levels_of(item, at):
            synced, level_id = _synced(level.updated_at), level.place.location_id
            own = {"id": level_id, "created_at": rest.instant(level.created_at)}
            yield "inventory_level", stock.level_row(level) | own | synced
            of_level = {"inventory_item_id": item.item_id, "inventory_level_id": level_id}
            for name, quantity in level.quantities.items():
                yield "inventory_quantity", of_level | {"name": name, "quantity": quantity} | synced


def _synced(seconds: int) -> Row:
    return {"_fivetran_synced": rest.instant(seconds)}


def _marks(synced: datetime | None) -> Row:
    return {"_fivetran_synced": synced, "_fivetran_deleted": False}


def _floats(row: Row) -> Row:
    return {
        name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()
    }
