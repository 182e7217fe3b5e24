"""Answers of paged queries: connections followed to their end, entities taken apart into flat rows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify import shapes
from hotdash.connectors.shopify.client import Answer, ShopifyClient
from hotdash.connectors.shopify.columns import UnfitError, fit
from hotdash.connectors.shopify.costs import most_at_once
from hotdash.connectors.shopify.errors import ShopifyAnswerError
from hotdash.connectors.shopify.judging import blame, read_lines
from hotdash.connectors.shopify.queries import query
from hotdash.connectors.shopify.tables import (
    CUSTOMERS,
    ORDER_ADJUSTMENTS,
    ORDER_LINES,
    ORDERS,
    PRODUCTS,
    REFUND_LINES,
    REFUND_SHIPPING_LINES,
    REFUNDS,
    SHIPPING_LINES,
    SHOPS,
    VARIANTS,
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
    REFUNDS: shapes.REFUND,
    REFUND_LINES: shapes.REFUND_LINE,
    REFUND_SHIPPING_LINES: shapes.REFUND_SHIPPING_LINE,
    ORDER_ADJUSTMENTS: shapes.ADJUSTMENT,
}


def pages(client: ShopifyClient, operation: str, root: str, search: str) -> Iterator[list[Node]]:
    """The nodes of a root connection, page by page, as many at a time as a query may cost."""
    asked = query(operation)
    variables = {"after": None, "query": search}
    first = most_at_once(asked.text, {**variables, "first": 1}, {**variables, "first": 2})
    while True:
        page = client.ask(asked, first=first, **variables)[root]
        if page["nodes"]:
            yield page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        variables["after"] = page["pageInfo"]["endCursor"]


def complete_order(client: ShopifyClient, order: Node) -> Node:
    _complete(client, order, "lineItems", "MoreLines")
    _complete(client, order, "shippingLines", "MoreShippingLines")
    for refund in order["refunds"]:
        _complete(client, refund, "refundLineItems", "MoreRefundLines")
        _complete(client, refund, "refundShippingLines", "MoreRefundShippingLines")
        _complete(client, refund, "orderAdjustments", "MoreAdjustments")
    return order


def complete_product(client: ShopifyClient, product: Node) -> Node:
    _complete(client, product, "variants", "MoreVariants")
    return product


def order_rows(order: Node) -> EntityRows:
    refunds: list[Node] = order["refunds"]
    return {
        ORDERS: [order],
        ORDER_LINES: _nested(order, "lineItems"),
        SHIPPING_LINES: _nested(order, "shippingLines"),
        REFUNDS: [{**refund, "__parentId": order["id"]} for refund in refunds],
        REFUND_LINES: _refunded(order, "refundLineItems"),
        REFUND_SHIPPING_LINES: _refunded(order, "refundShippingLines"),
        ORDER_ADJUSTMENTS: _refunded(order, "orderAdjustments"),
    }


def product_rows(product: Node) -> EntityRows:
    return {PRODUCTS: [product], VARIANTS: _nested(product, "variants")}


def read_rows(entities: Sequence[EntityRows]) -> dict[RawTable, pa.Table]:
    """Entities of one kind as the batches of their tables."""
    return {table: _read(table, entities) for table in entities[0]}


def _read(table: RawTable, entities: Sequence[EntityRows]) -> pa.Table:
    shape = _SHAPES[table]
    lines = [
        orjson.dumps({name: row.get(name) for name in shape.names})
        for rows in entities
        for row in rows[table]
    ]
    try:
        return fit(table, read_lines(b"\n".join(lines), shape))
    except UnfitError as error:
        raise UnfitError(f"{table.name}: {error}") from error


def blamed(entity: EntityRows) -> str | None:
    """The first field of an entity that is not what it should be, with its reason."""
    for table, rows in entity.items():
        lines = [orjson.dumps(row) for row in rows]
        if found := blame(lines, _SHAPES[table]):
            return found
    return None


def _complete(client: ShopifyClient, owner: Node, connection: str, operation: str) -> None:
    page: Answer = owner[connection]
    nodes: list[Node] = page["nodes"]
    asked = query(operation)
    variables: dict[str, Any] = {"id": owner["id"]}
    while page["pageInfo"]["hasNextPage"]:
        variables["after"] = page["pageInfo"]["endCursor"]
        first = most_at_once(asked.text, {**variables, "first": 1}, {**variables, "first": 2})
        answered = client.ask(asked, first=first, **variables)["node"]
        if answered is None:
            raise ShopifyAnswerError(client.shop, operation, f"{owner['id']} is gone meanwhile")
        page = answered["more"]
        nodes += page["nodes"]


def _nested(owner: Node, connection: str) -> list[Node]:
    return [{**node, "__parentId": owner["id"]} for node in owner[connection]["nodes"]]


def _refunded(order: Node, connection: str) -> list[Node]:
    return [
        {**node, "__orderId": order["id"]}
        for refund in order["refunds"]
        for node in _nested(refund, connection)
    ]
