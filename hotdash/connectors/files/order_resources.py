"""An order and everything of a version of it: names, sums and words as the API would tell them."""

from typing import Any

import pyarrow as pa

from hotdash.base.email_hash import email_hash
from hotdash.connectors.arrow import compute, looked_up, only, per_distinct, repeated, whole
from hotdash.connectors.files.building import (
    Columns,
    Parts,
    in_words,
    joined,
    renamed,
    stacked,
    times,
    total,
)
from hotdash.connectors.files.parts import ROOT
from hotdash.connectors.files.values import RATE
from hotdash.connectors.records import FLAG, MONEY, TEXT, WHOLE

# What REST calls an order's fulfillment, in the words of the API.
_FULFILLMENT = {"PARTIAL": "PARTIALLY_FULFILLED", "UNSHIPPED": "UNFULFILLED"}
_SHIPPING_REFUND = "SHIPPING_REFUND"


def orders(parts: Parts) -> Columns:
    data = parts["orders"]
    ids = data.column("id")
    names = (
        "name created_at processed_at updated_at cancelled_at financial_status currency"
        " presentment_currency taxes_included customer_id total_price total_tax total_discounts"
        " closed_at cancel_reason source_name ship_country ship_region"
    )
    status = compute.fill_null(whole(data.column("fulfillment_status")), "UNFULFILLED")
    tags = joined(ids, parts.get("order_tags"), ROOT, "value", "index")
    return renamed(data, names) | {
        "order_id": ids,
        "email_hash": per_distinct(data.column("email"), email_hash, TEXT),
        "is_test": data.column("test"),
        "tags": compute.coalesce(whole(data.column("tags")), tags),
        "fulfillment_status": in_words(status, _FULFILLMENT),
        "total_shipping": total(ids, parts.get("shipping_lines"), ROOT, "discounted_price"),
        "total_refunded": total(ids, _refunding(parts), ROOT, "amount"),
    }


def order_lines(parts: Parts) -> Columns:
    data = parts["lines"]
    ids = data.column("id")
    returned = total(ids, parts.get("refund_lines"), "line_id", "quantity", WHOLE)
    left = compute.subtract(whole(data.column("quantity")), returned)
    price = whole(data.column("price"))
    return renamed(data, "product_id variant_id sku title quantity") | {
        "order_id": data.column(ROOT),
        "line_id": ids,
        "current_quantity": compute.coalesce(whole(data.column("current_quantity")), left),
        "unit_price": price,
        "original_total": times(price, whole(data.column("quantity"))),
        "discount_total": total(ids, parts.get("discounts"), "line_id", "amount"),
        "tax_total": total(ids, parts.get("line_taxes"), "line_id", "price"),
        "tax_rate": total(ids, parts.get("line_taxes"), "line_id", "rate", RATE),
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
        "tax_total": total(ids, parts.get("shipping_taxes"), "shipping_line_id", "price"),
        # Loaders do not tell removed shipping lines at all.
        "is_removed": repeated(False, FLAG, data.num_rows),
    }


def refunds(parts: Parts) -> Columns:
    data = parts["refunds"]
    ids = data.column("id")
    created_at = whole(data.column("created_at"))
    paid_back = total(ids, _refunding(parts), "refund_id", "amount")
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
    return renamed(data, "refund_id line_id quantity subtotal total_tax restock_type") | {
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
    return stacked(pieces)


def order_adjustments(parts: Parts) -> Columns:
    data = only(parts["adjustments"], compute.invert(_is_shipping(parts["adjustments"])))
    return renamed(data, "refund_id amount tax_amount reason") | {
        "order_id": data.column(ROOT),
        "adjustment_id": data.column("id"),
    }


def _refunding(parts: Parts) -> pa.Table | None:
    """What belongs to a refund is told with it, or else among all payments."""
    data = parts.get("refund_payments", parts.get("transactions"))
    if data is None:
        return None
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
