"""Answers of paged queries: connections followed to their end, entities taken apart into flat rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify import shapes
from hotdash.connectors.shopify.client import Answer, ShopifyClient
from hotdash.connectors.shopify.costs import most_at_once
from hotdash.connectors.shopify.errors import ShopifyAnswerError
from hotdash.connectors.shopify.exploding import Fitted, order_children
from hotdash.connectors.shopify.judging import blame, read_lines
from hotdash.connectors.shopify.queries import Query, query
from hotdash.connectors.shopify.readers import UnfitError
from hotdash.connectors.shopify.tables import (
    CUSTOMERS,
    DISCOUNTS,
    FULFILLMENT_EVENTS,
    FULFILLMENT_LINES,
    FULFILLMENTS,
    INVENTORY_ITEMS,
    INVENTORY_LEVELS,
    JOURNEYS,
    LOCATIONS,
    ORDER_ADJUSTMENTS,
    ORDER_LINES,
    ORDERS,
    PRODUCTS,
    REFUND_LINES,
    REFUND_SHIPPING_LINES,
    REFUNDS,
    RETURN_LINES,
    RETURNS,
    SHIPPING_LINES,
    SHOPS,
    VARIANTS,
    VISITS,
)

Node = dict[str, Any]
EntityRows = Mapping[RawTable, Sequence[Node]]

_SHAPES: Mapping[RawTable, pa.Schema] = {
    SHOPS: shapes.SHOP,
    CUSTOMERS: shapes.CUSTOMER,
    PRODUCTS: shapes.PRODUCT,
    VARIANTS: shapes.VARIANT,
    ORDERS: shapes.ORDER,
    ORDER_LINES: shapes.LINE,
    SHIPPING_LINES: shapes.SHIPPING_LINE,
    DISCOUNTS: shapes.DISCOUNT,
    REFUNDS: shapes.REFUND,
    REFUND_LINES: shapes.REFUND_LINE,
    REFUND_SHIPPING_LINES: shapes.REFUND_SHIPPING_LINE,
    ORDER_ADJUSTMENTS: shapes.ADJUSTMENT,
    RETURNS: shapes.RETURN,
    RETURN_LINES: shapes.RETURN_LINE,
    FULFILLMENTS: shapes.FULFILLMENT,
    FULFILLMENT_LINES: shapes.FULFILLMENT_LINE,
    FULFILLMENT_EVENTS: shapes.FULFILLMENT_EVENT,
    JOURNEYS: shapes.JOURNEY,
    VISITS: shapes.VISIT,
    LOCATIONS: shapes.LOCATION,
    INVENTORY_ITEMS: shapes.ITEM,
    INVENTORY_LEVELS: shapes.LEVEL,
}


def pages(
    client: ShopifyClient, asked: Query, path: Sequence[str], **variables: Any
) -> Iterator[list[Node]]:
    """The nodes of the connection at this path, page by page, as many at a time as a query may cost."""
    variables = {"after": None, **variables}
    first = most_at_once(asked.text, {**variables, "first": 1}, {**variables, "first": 2})
    while True:
        page: Answer | None = client.ask(asked, first=first, **variables)
        for name in path:
            page = None if page is None else page[name]
        if page is None:
            return
        if page["nodes"]:
            yield page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        variables["after"] = page["pageInfo"]["endCursor"]


def complete_order(client: ShopifyClient, order: Node) -> Node:
    _complete(client, order, "lineItems", "MoreLines")
    _complete(client, order, "shippingLines", "MoreShippingLines")
    _complete(client, order, "discountApplications", "MoreDiscounts")
    for refund in order["refunds"]:
        _complete(client, refund, "refundLineItems", "MoreRefundLines")
        _complete(client, refund, "refundShippingLines", "MoreRefundShippingLines")
        _complete(client, refund, "orderAdjustments", "MoreAdjustments")
    if "returns" in order:
        _complete(client, order, "returns", "MoreReturns")
        for each in order["returns"]["nodes"]:
            _complete(client, each, "returnLineItems", "MoreReturnLines")
    return order


def complete_product(client: ShopifyClient, product: Node) -> Node:
    _complete(client, product, "variants", "MoreVariants")
    return product


def complete_fulfillment(client: ShopifyClient, fulfillment: Node) -> Node:
    _complete(client, fulfillment, "fulfillmentLineItems", "MorePackedLines")
    _complete(client, fulfillment, "events", "MoreShippingEvents")
    return fulfillment


def complete_item(client: ShopifyClient, item: Node) -> Node:
    _complete(client, item, "inventoryLevels", "MoreLevels")
    return item


def complete_journey(client: ShopifyClient, order: Node) -> Node:
    summary = order["customerJourneySummary"]
    if summary is not None and summary["moments"] is not None:
        summary = {"id": order["id"], **summary}
        path = ("node", "customerJourneySummary", "more")
        _complete(client, summary, "moments", "MoreVisits", path)
    return order


def order_rows(order: Node) -> EntityRows:
    refunds: list[Node] = order["refunds"]
    returns: list[Node] = order["returns"]["nodes"] if "returns" in order else []
    parent = {"__parentId": order["id"]}
    return {
        ORDERS: [order],
        ORDER_LINES: _nested(order, "lineItems"),
        SHIPPING_LINES: _nested(order, "shippingLines"),
        DISCOUNTS: _nested(order, "discountApplications"),
        REFUNDS: [{**refund, **parent} for refund in refunds],
        REFUND_LINES: _of_parts(order, refunds, "refundLineItems"),
        REFUND_SHIPPING_LINES: _of_parts(order, refunds, "refundShippingLines"),
        ORDER_ADJUSTMENTS: _of_parts(order, refunds, "orderAdjustments"),
        RETURNS: [{**each, **parent} for each in returns],
        RETURN_LINES: _of_parts(order, returns, "returnLineItems"),
    }


def product_rows(product: Node) -> EntityRows:
    return {PRODUCTS: [product], VARIANTS: _nested(product, "variants")}


def fulfillment_rows(fulfillment: Node) -> EntityRows:
    return {
        FULFILLMENTS: [fulfillment],
        FULFILLMENT_LINES: _nested(fulfillment, "fulfillmentLineItems"),
        FULFILLMENT_EVENTS: _nested(fulfillment, "events"),
    }


def journey_rows(order: Node) -> EntityRows:
    summary: Node | None = order["customerJourneySummary"]
    moments: Node | None = summary["moments"] if summary else None
    nodes: list[Node] = moments["nodes"] if moments else []
    visits = [{**each, "__parentId": order["id"]} for each in nodes]
    return {JOURNEYS: [order], VISITS: visits}


def read_rows(entities: Sequence[EntityRows]) -> dict[RawTable, pa.Table]:
    """Entities of one kind as the batches of their tables."""
    fitted = {table: _fitted(table, entities) for table in entities[0]}
    tables = {table: each.rows for table, each in fitted.items()}
    if ORDERS not in fitted:
        return tables
    orders, lines, shipping = (fitted[each] for each in (ORDERS, ORDER_LINES, SHIPPING_LINES))
    try:
        return {**tables, **order_children(orders, lines, shipping)}
    except UnfitError as error:
        raise error.within(ORDERS.name) from error


def _fitted(table: RawTable, entities: Sequence[EntityRows]) -> Fitted:
    shape = _SHAPES[table]
    lines = [
        orjson.dumps({name: row.get(name) for name in shape.names})
        for rows in entities
        for row in rows[table]
    ]
    try:
        return Fitted(table, read_lines(b"\n".join(lines), shape))
    except UnfitError as error:
        raise error.within(table.name) from error


def blamed(entity: EntityRows) -> str | None:
    """The first field of an entity that is not what it should be, with its reason."""
    for table, rows in entity.items():
        lines = [orjson.dumps(row) for row in rows]
        if found := blame(lines, _SHAPES[table]):
            return found
    return None


def _complete(
    client: ShopifyClient,
    owner: Node,
    connection: str,
    operation: str,
    path: Sequence[str] = ("node", "more"),
) -> None:
    page: Answer = owner[connection]
    if not page["pageInfo"]["hasNextPage"]:
        return
    nodes: list[Node] = page["nodes"]
    wanted = {"id": owner["id"], "after": page["pageInfo"]["endCursor"]}
    found = False
    for more in pages(client, query(operation), path, **wanted):
        nodes += more
        found = True
    if not found:
        raise ShopifyAnswerError(client.shop, operation, f"{owner['id']} is gone meanwhile")


def _nested(owner: Node, connection: str) -> list[Node]:
    return [{**node, "__parentId": owner["id"]} for node in owner[connection]["nodes"]]


def _of_parts(order: Node, parts: Sequence[Node], connection: str) -> list[Node]:
    return [
        {**node, "__orderId": order["id"]} for part in parts for node in _nested(part, connection)
    ]
