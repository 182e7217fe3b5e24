"""Loaded families as rows of Shopify's raw tables: names, sums and words as the API would tell them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from hotdash.connectors.arrow import (
    array,
    compute,
    looked_up,
    only,
    repeated,
    sums,
    table,
    together,
    whole,
)
from hotdash.connectors.contract import Deleted, Event, RawTable, Rows, Unreadable
from hotdash.connectors.files.loading import Loaded
from hotdash.connectors.files.parts import ROOT
from hotdash.connectors.files.values import RATE
from hotdash.connectors.records import FLAG, MONEY, TEXT, WHOLE

Columns = Mapping[str, Any]
Parts = Mapping[str, pa.Table]
Build = Callable[[Parts], Columns]
_ROWS_AT_ONCE = 100_000

# What REST calls an order's fulfillment, in the words of the API.
_FULFILLMENT = {"PARTIAL": "PARTIALLY_FULFILLED", "UNSHIPPED": "UNFULFILLED"}
_SHIPPING_REFUND = "SHIPPING_REFUND"


@dataclass(frozen=True)
class Target:
    """Which raw table a part fills; `build` tells its columns, those it leaves out stay empty."""

    part: str
    table: str
    build: Build


def told(
    loaded: Loaded,
    targets: Sequence[Target],
    tables: Mapping[str, RawTable],
    root_table: RawTable,
    fetched_at: datetime,
) -> Iterator[Event]:
    """All that belongs together under one instant; a table nobody knows yet is left out."""
    for target in targets:
        if target.table in tables and target.part in loaded.parts:
            raw = tables[target.table]
            rows = fill(raw, target.build(loaded.parts))
            for start in range(0, rows.num_rows, _ROWS_AT_ONCE):
                yield Rows(raw, rows.slice(start, _ROWS_AT_ONCE), fetched_at)
    if loaded.deleted:
        [key] = root_table.key
        keys = table({key: array(loaded.deleted, WHOLE)})
        yield Deleted(root_table, keys, fetched_at)
    for refusal in loaded.refusals:
        root = None if refusal.root is None else str(refusal.root)
        yield Unreadable(root_table, refusal.reason, refusal.payload, fetched_at, root)


def fill(raw: RawTable, columns: Columns) -> pa.Table:
    size = len(next(iter(columns.values())))
    schema: Any = raw.schema
    return table(
        {
            field.name: whole(columns[field.name]).cast(field.type)
            if field.name in columns
            else repeated(None, field.type, size)
            for field in schema
        }
    )


def shop(parts: Parts) -> Columns:
    data = parts["shop"]
    return _renamed(data, "name domain iana_timezone currency taxes_included plan created_at") | {
        "shopify_shop_id": data.column("id")
    }


def customers(parts: Parts) -> Columns:
    data = parts["customers"]
    return _renamed(data, "email first_name last_name created_at updated_at") | {
        "customer_id": data.column("id")
    }


def products(parts: Parts) -> Columns:
    data = parts["products"]
    names = "title handle product_type vendor status created_at updated_at"
    return _renamed(data, names) | {"product_id": data.column("id")}


def variants(parts: Parts) -> Columns:
    data = parts["variants"]
    return _renamed(data, "sku title price created_at updated_at") | {
        "variant_id": data.column("id"),
        "product_id": data.column(ROOT),
    }


def orders(parts: Parts) -> Columns:
    data = parts["orders"]
    ids = data.column("id")
    names = (
        "name created_at processed_at updated_at cancelled_at financial_status currency"
        " presentment_currency taxes_included customer_id total_price total_tax total_discounts"
    )
    return _renamed(data, names) | {
        "order_id": ids,
        "is_test": data.column("test"),
        "fulfillment_status": _in_words(data.column("fulfillment_status")),
        "total_shipping": _total(ids, parts.get("shipping_lines"), ROOT, "discounted_price"),
        "total_refunded": _total(ids, _refunding(parts), ROOT, "amount"),
    }


def order_lines(parts: Parts) -> Columns:
    data = parts["lines"]
    ids = data.column("id")
    returned = _total(ids, parts.get("refund_lines"), "line_id", "quantity", WHOLE)
    left = compute.subtract(whole(data.column("quantity")), returned)
    price = whole(data.column("price"))
    return _renamed(data, "product_id variant_id sku title quantity") | {
        "order_id": data.column(ROOT),
        "line_id": ids,
        "current_quantity": compute.coalesce(whole(data.column("current_quantity")), left),
        "unit_price": price,
        "original_total": _times(price, whole(data.column("quantity"))),
        "discount_total": _total(ids, parts.get("discounts"), "line_id", "amount"),
        "tax_total": _total(ids, parts.get("line_taxes"), "line_id", "price"),
        "tax_rate": _total(ids, parts.get("line_taxes"), "line_id", "rate", RATE),
        "is_gift_card": data.column("gift_card"),
    }


def shipping_lines(parts: Parts) -> Columns:
    data = parts["shipping_lines"]
    ids = data.column("id")
    return {
        "order_id": data.column(ROOT),
        "shipping_line_id": ids,
        "title": data.column("title"),
        "original_amount": data.column("price"),
        "discounted_amount": data.column("discounted_price"),
        "tax_total": _total(ids, parts.get("shipping_taxes"), "shipping_line_id", "price"),
        # Loaders do not tell removed shipping lines at all.
        "is_removed": repeated(False, FLAG, data.num_rows),
    }


def refunds(parts: Parts) -> Columns:
    data = parts["refunds"]
    ids = data.column("id")
    created_at = whole(data.column("created_at"))
    paid_back = _total(ids, _refunding(parts), "refund_id", "amount")
    return {
        "order_id": data.column(ROOT),
        "refund_id": ids,
        "created_at": created_at,
        "processed_at": compute.coalesce(whole(data.column("processed_at")), created_at),
        "updated_at": compute.coalesce(whole(data.column("updated_at")), created_at),
        "total_refunded": compute.coalesce(whole(data.column("total_refunded")), paid_back),
    }


def refund_lines(parts: Parts) -> Columns:
    data = parts["refund_lines"]
    return _renamed(data, "refund_id line_id quantity subtotal total_tax restock_type") | {
        "order_id": data.column(ROOT),
        "refund_line_id": data.column("id"),
    }


def refund_shipping_lines(parts: Parts) -> Columns:
    """Told as such, or by the older API as an adjustment with the sign turned and tax on top."""
    pieces: list[Columns] = []
    if "refund_shipping" in parts:
        data = parts["refund_shipping"]
        pieces.append(_refund_shipping(data, data.column("subtotal"), data.column("tax")))
    if "adjustments" in parts:
        data = only(parts["adjustments"], _is_shipping(parts["adjustments"]))
        amount = compute.negate(whole(data.column("amount")))
        tax = compute.negate(whole(data.column("tax_amount")))
        included = whole(
            looked_up(
                data.column(ROOT),
                parts["orders"].column("id"),
                parts["orders"].column("taxes_included"),
            )
        )
        with_tax = compute.add(amount, tax).cast(MONEY)
        pieces.append(_refund_shipping(data, compute.if_else(included, with_tax, amount), tax))
    return _stacked(pieces)


def order_adjustments(parts: Parts) -> Columns:
    data = only(parts["adjustments"], compute.invert(_is_shipping(parts["adjustments"])))
    return _renamed(data, "refund_id amount tax_amount reason") | {
        "order_id": data.column(ROOT),
        "adjustment_id": data.column("id"),
    }


TARGETS: Mapping[str, tuple[Target, ...]] = {
    "shop": (Target("shop", "shopify_shops", shop),),
    "customers": (Target("customers", "shopify_customers", customers),),
    "products": (
        Target("products", "shopify_products", products),
        Target("variants", "shopify_variants", variants),
    ),
    "orders": (
        Target("orders", "shopify_orders", orders),
        Target("lines", "shopify_order_lines", order_lines),
        Target("shipping_lines", "shopify_order_shipping_lines", shipping_lines),
        Target("refunds", "shopify_refunds", refunds),
        Target("refund_lines", "shopify_refund_lines", refund_lines),
        Target("adjustments", "shopify_refund_shipping_lines", refund_shipping_lines),
        Target("adjustments", "shopify_order_adjustments", order_adjustments),
    ),
}


def _renamed(data: pa.Table, names: str) -> dict[str, Any]:
    return {name: data.column(name) for name in names.split()}


def _total(
    ids: Any, parts: pa.Table | None, key: str, value: str, kind: pa.DataType = MONEY
) -> Any:
    """For each id the sum of what refers to it; nothing refers to it is zero."""
    size = len(ids)
    if parts is None or not parts.num_rows:
        return compute.fill_null(repeated(None, kind, size), pa.scalar(0, kind))
    keys, added = sums(parts.column(key), parts.column(value), kind)
    return compute.fill_null(looked_up(ids, keys, added), pa.scalar(0, kind))


def _times(price: Any, quantity: Any) -> Any:
    counted = quantity.cast(pa.decimal256(19, 0))
    return compute.multiply(price.cast(pa.decimal256(20, 4)), counted).cast(MONEY)


def _refunding(parts: Parts) -> pa.Table | None:
    if "transactions" not in parts:
        return None
    data = parts["transactions"]
    is_refund = compute.equal(data.column("kind"), "REFUND")
    is_done = compute.equal(compute.fill_null(data.column("status"), ""), "SUCCESS")
    return only(data, compute.and_(is_refund, is_done))


def _is_shipping(data: pa.Table) -> Any:
    """By its kind where the loader keeps that, else by its reason."""
    said = compute.coalesce(whole(data.column("kind")), whole(data.column("reason")))
    return compute.fill_null(compute.equal(said, _SHIPPING_REFUND), False)


def _refund_shipping(data: pa.Table, subtotal: Any, tax: Any) -> Columns:
    return {
        "order_id": data.column(ROOT),
        "refund_id": data.column("refund_id"),
        "refund_shipping_line_id": data.column("id"),
        "subtotal": subtotal,
        "tax_amount": tax,
    }


def _stacked(pieces: Sequence[Columns]) -> Columns:
    stacked = together([table({n: whole(c) for n, c in piece.items()}) for piece in pieces])
    return {name: stacked.column(name) for name in stacked.column_names}


def _in_words(statuses: Any) -> Any:
    said = compute.fill_null(whole(statuses), "UNFULFILLED")
    for theirs, ours in _FULFILLMENT.items():
        said = compute.if_else(compute.equal(said, theirs), pa.scalar(ours, TEXT), said)
    return said
