"""A shop as Fivetran leaves it: one table per thing, amounts as floats, a mark of when each row came."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from hotdash.simulators.files import rest_shapes as rest
from hotdash.simulators.files.rest_shapes import Row
from hotdash.simulators.orders import Order
from hotdash.simulators.world import ShopWorld

Tables = dict[str, list[Row]]
TABLES = (
    *("shop", "customer", "product", "product_variant", "order", "order_line", "tax_line"),
    *("discount_allocation", "order_shipping_line", "order_shipping_tax_line", "refund"),
    *("order_line_refund", "order_adjustment", "transaction"),
)


def fivetran_tables(world: ShopWorld, at: int, orders: Iterable[Order]) -> Tables:
    """The whole shop as it stands at this instant; each row synced when its order last changed."""
    tables: Tables = {name: [] for name in TABLES}
    opened = rest.instant(world.opened)
    tables["shop"].append(rest.shop_row(world.shop) | _marks(opened))
    for customer in world.customers_as_of(at):
        tables["customer"].append(rest.customer_row(customer) | _synced(customer.updated_at))
    for product in world.products_as_of(at):
        marks = _marks(rest.instant(product.updated_at))
        tables["product"].append(rest.product_row(product) | marks)
        synced = _synced(product.updated_at)
        tables["product_variant"] += [row | synced for row in rest.variant_rows(product)]
    for order in orders:
        for name, row in _order_rows(order):
            tables[name].append(row | _synced(order.updated_at))
    for row in tables["order"]:
        row["_fivetran_deleted"] = False
    return {name: [_floats(row) for row in rows] for name, rows in tables.items()}


def _order_rows(order: Order) -> Iterator[tuple[str, Row]]:
    shop, of_order = order.shop, {"order_id": order.order_id}
    yield "order", rest.order_row(order)
    for line in order.lines:
        yield "order_line", rest.line_row(line, shop) | of_order
        of_line = {"order_line_id": line.line_id}
        for discount in rest.discount_rows(line, shop):
            yield "discount_allocation", discount | of_line
        for index, tax in enumerate(rest.tax_rows(line, shop)):
            yield "tax_line", tax | of_line | {"index": index}
    for row, line in rest.shipping_rows(order):
        yield "order_shipping_line", row | of_order
        for index, tax in enumerate(rest.tax_rows(line, shop)):
            of_shipping = {"order_shipping_line_id": row["id"], "index": index}
            yield "order_shipping_tax_line", tax | of_shipping
    for refund in order.refunds:
        of_refund = {"refund_id": refund.refund_id}
        yield "refund", rest.refund_row(refund) | of_order
        for row in rest.refund_line_rows(refund, shop):
            line_id = row.pop("line_item_id")
            yield "order_line_refund", row | of_refund | {"order_line_id": line_id}
        for row in rest.adjustment_rows(refund, shop):
            yield "order_adjustment", row | of_refund | of_order
        for row in rest.transaction_rows(order, refund):
            yield "transaction", row | of_refund


def _synced(seconds: int) -> Row:
    return {"_fivetran_synced": rest.instant(seconds)}


def _marks(synced: datetime | None) -> Row:
    return {"_fivetran_synced": synced, "_fivetran_deleted": False}


def _floats(row: Row) -> Row:
    return {
        name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()
    }
