"""What lies in each kind of bulk file: rows told apart, entities that it cannot hold whole named."""

from collections.abc import Sequence
from typing import Any, cast

import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify import shapes
from hotdash.connectors.shopify.arrow import Column, joined_columns, only, row_numbers, table
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.bulk_files import Block, Layout
from hotdash.connectors.shopify.columns import fit
from hotdash.connectors.shopify.exploding import Fitted, exploded, order_children
from hotdash.connectors.shopify.readers import UnfitError, field, list_of, number
from hotdash.connectors.shopify.tables import (
    CUSTOMERS,
    DISCOUNTS,
    FULFILLMENT_EVENTS,
    FULFILLMENT_LINES,
    FULFILLMENTS,
    INVENTORY_ITEMS,
    INVENTORY_LEVELS,
    JOURNEYS,
    ORDER_LINES,
    ORDERS,
    PRODUCTS,
    SHIPPING_LINES,
    VARIANTS,
    VISITS,
)

_PARENT = "__parentId"


def _split_orders(batch: pa.Table) -> Block:
    """Refund lines and return lines are not in it: orders with either are asked for again."""
    roots, nested = _roots_and_nested(batch)
    refunds = list_of(roots, "refunds")
    is_refunded = pc.greater(pc.list_value_length(refunds), 0)
    refunded = only(roots, is_refunded).column("id")
    returned = only(nested, _is_a(nested, "Return")).column(_PARENT)
    again = pc.unique(joined_columns([refunded, returned]))
    whole = Fitted(ORDERS, only(roots, _not_in(roots, "id", again)))
    nested = only(nested, _not_in(nested, _PARENT, again))
    kinds = [_is_a(nested, "LineItem"), _is_a(nested, "ShippingLine"), _is_discount(nested)]
    if pc.all(pc.or_(pc.or_(kinds[0], kinds[1]), kinds[2])).as_py() is False:
        raise UnfitError("a nested row is neither line, shipping line nor discount")
    lines, shipping, discounts = (only(nested, kind) for kind in kinds)
    tables = order_children(whole, Fitted(ORDER_LINES, lines), Fitted(SHIPPING_LINES, shipping))
    tables[DISCOUNTS] = fit(DISCOUNTS, discounts)
    return Block(tables, cast("list[str]", again.to_pylist()), _shipments_of(roots))


def _split_shipments(batch: pa.Table) -> Block:
    return Block({}, shipments=_shipments_of(batch))


def _shipments_of(roots: pa.Table) -> pa.Table:
    listed = exploded(roots, "fulfillments")
    numbers = number("id", "Fulfillment")(listed)
    return table({"fulfillment_id": numbers, "updated_at": field("updatedAt")(listed)})


def _split_products(batch: pa.Table) -> Block:
    roots, nested = _roots_and_nested(batch)
    return Block({PRODUCTS: fit(PRODUCTS, roots), VARIANTS: fit(VARIANTS, nested)})


def _split_customers(batch: pa.Table) -> Block:
    return Block({CUSTOMERS: fit(CUSTOMERS, batch)})


def _split_fulfillments(batch: pa.Table) -> Block:
    """A fulfillment that serves two orders to fulfil is written twice and told once."""
    nested = only(batch, pc.is_valid(batch.column(_PARENT)))
    tables: dict[RawTable, pa.Table] = {}
    for raw, kind in (
        (FULFILLMENTS, "Fulfillment"),
        (FULFILLMENT_LINES, "FulfillmentLineItem"),
        (FULFILLMENT_EVENTS, "FulfillmentEvent"),
    ):
        tables[raw] = _distinct(fit(raw, only(nested, _is_a(nested, kind))), raw.key)
    if sum(data.num_rows for data in tables.values()) == 0 and nested.num_rows:
        raise UnfitError("no nested row belongs to a fulfillment")
    return Block(tables)


def _split_journeys(batch: pa.Table) -> Block:
    """Where there are fewer visits than Shopify counts, the journey is asked for again."""
    roots, nested = _roots_and_nested(batch)
    journeys, visits = fit(JOURNEYS, roots), fit(VISITS, nested)
    counted = visits.group_by("order_id").aggregate([("visit_id", "count")])
    place = pc.index_in(
        journeys.column("order_id"), value_set=counted.column("order_id").combine_chunks()
    )
    found = pc.fill_null(pc.take(counted.column("visit_id_count").combine_chunks(), place), 0)
    short = pc.less(found, pc.fill_null(journeys.column("visits"), 0))
    again = only(roots, short).column("id")
    complete = only(journeys, pc.invert(short))
    kept = pc.is_in(
        visits.column("order_id"), value_set=complete.column("order_id").combine_chunks()
    )
    tables = {JOURNEYS: complete, VISITS: only(visits, kept)}
    return Block(tables, cast("list[str]", again.to_pylist()))


def _split_inventory(batch: pa.Table) -> Block:
    roots, nested = _roots_and_nested(batch)
    levels = fit(INVENTORY_LEVELS, nested)
    return Block({INVENTORY_ITEMS: fit(INVENTORY_ITEMS, roots), INVENTORY_LEVELS: levels})


def _roots_and_nested(batch: pa.Table) -> tuple[pa.Table, pa.Table]:
    parent = batch.column(_PARENT)
    roots, nested = only(batch, pc.is_null(parent)), only(batch, pc.is_valid(parent))
    known = pc.is_in(nested.column(_PARENT), value_set=roots.column("id").combine_chunks())
    if pc.all(known).as_py() is False:
        raise UnfitError("a nested row lies apart from its parent")
    return roots, nested


def _is_a(rows: pa.Table, kind: str) -> Any:
    return pc.fill_null(pc.starts_with(rows.column("id"), f"gid://shopify/{kind}/"), False)


def _is_discount(rows: pa.Table) -> Any:
    return pc.fill_null(pc.match_substring(rows.column("__typename"), "Discount"), False)


def _not_in(rows: pa.Table, name: str, ids: Any) -> Any:
    return pc.invert(pc.is_in(rows.column(name), value_set=ids))


def _distinct(rows: pa.Table, key: Sequence[str]) -> pa.Table:
    numbered = rows.append_column("__row", _numbers(rows))
    first = numbered.group_by(list(key)).aggregate([("__row", "min")]).column("__row_min")
    if len(first) == rows.num_rows:
        return rows
    return pc.take(rows, pc.take(first, pc.sort_indices(first)))


def _numbers(rows: pa.Table) -> Column:
    return row_numbers(rows.num_rows, pa.int64())


ORDERS_FILE = Layout(ORDERS, shapes.BULK_ORDERS, _split_orders)
PRODUCTS_FILE = Layout(PRODUCTS, shapes.BULK_PRODUCTS, _split_products)
CUSTOMERS_FILE = Layout(CUSTOMERS, shapes.BULK_CUSTOMERS, _split_customers)
SHIPMENTS_FILE = Layout(FULFILLMENTS, shapes.BULK_SHIPMENTS, _split_shipments)
FULFILLMENTS_FILE = Layout(FULFILLMENTS, shapes.BULK_FULFILLMENTS, _split_fulfillments)
JOURNEYS_FILE = Layout(JOURNEYS, shapes.BULK_JOURNEYS, _split_journeys)
INVENTORY_FILE = Layout(INVENTORY_ITEMS, shapes.BULK_INVENTORY, _split_inventory)
