"""What lies in lists of an order: discounts, where they fall, taxes, payments and returns."""

from typing import Any

import pyarrow as pa

from hotdash.connectors.arrow import array, compute, looked_up, only, repeated, whole
from hotdash.connectors.fees import other_fees
from hotdash.connectors.files.building import (
    Columns,
    Parts,
    in_words,
    pair,
    placed,
    renamed,
    stacked,
    total,
)
from hotdash.connectors.files.parts import ROOT
from hotdash.connectors.records import FLAG, MONEY, TEXT

# What REST calls kinds of discounts and of their values, in the words of the raw tables.
_TYPES = {"DISCOUNT_CODE": "CODE"}
_VALUES = {"FIXED_AMOUNT": "AMOUNT"}
_OF_APPLICATION = ("application_type", "label", "value_type", "value")


def order_discounts(parts: Parts) -> Columns:
    data = placed(parts["applications"], ROOT)
    code = whole(data.column("code"))
    amount, percentage = (whole(data.column(f"value_{each}")) for each in ("amount", "percentage"))
    told_type = compute.coalesce(
        in_words(data.column("type"), _TYPES), _where(code, "CODE"), pa.scalar(None, TEXT)
    )
    value_type = compute.coalesce(
        in_words(data.column("value_type"), _VALUES),
        _where(amount, "AMOUNT"),
        _where(percentage, "PERCENTAGE"),
    )
    names = "allocation_method target_type target_selection"
    return renamed(data, names) | {
        "order_id": data.column(ROOT),
        "application_index": compute.coalesce(
            whole(data.column("index")), whole(data.column("place"))
        ),
        "application_type": compute.utf8_lower(told_type),
        "label": compute.coalesce(code, whole(data.column("title"))),
        "value_type": compute.utf8_lower(value_type),
        "value": compute.coalesce(whole(data.column("value")), amount, percentage),
    }


def discount_allocations(parts: Parts) -> Columns:
    """Each with what its order says about the discount it is from."""
    told = dict(_on_both(parts, "discounts", "shipping_discounts", "amount application_index"))
    size = len(told["order_id"])
    if "applications" not in parts:
        kinds = dict.fromkeys(_OF_APPLICATION, TEXT) | {"value": MONEY}
        return told | {name: repeated(None, kind, size) for name, kind in kinds.items()}
    discounts = order_discounts(parts)
    known = pair(discounts["order_id"], discounts["application_index"])
    wanted = pair(told["order_id"], told["application_index"])
    return told | {name: looked_up(wanted, known, discounts[name]) for name in _OF_APPLICATION}


def tax_lines(parts: Parts) -> Columns:
    told = dict(_on_both(parts, "line_taxes", "shipping_taxes", "title rate price"))
    return told | {"amount": told.pop("price")}


def transactions(parts: Parts) -> Columns:
    data = parts["transactions"]
    ids = data.column("id")
    names = "parent_id kind status gateway amount currency created_at processed_at"
    return renamed(data, names) | {
        "order_id": data.column(ROOT),
        "transaction_id": ids,
        "is_test": data.column("test"),
        **_fees(data, parts.get("fees")),
    }


def _fees(data: pa.Table, fees: pa.Table | None) -> Columns:
    """Those in the currency of their transaction added up, any other told beside it."""
    ids, size = data.column("id"), data.num_rows
    if fees is None:
        kinds = {"fee_amount": MONEY, "other_fees": TEXT}
        return {name: repeated(None, kind, size) for name, kind in kinds.items()}
    own = looked_up(fees.column("transaction_id"), ids, data.column("currency"))
    is_own = compute.fill_null(compute.equal(whole(fees.column("currency")), own), False)
    beside = only(fees, compute.invert(is_own))
    names = ("transaction_id", "amount", "currency")
    told = other_fees(zip(*(beside.column(name).to_pylist() for name in names), strict=True))
    return {
        "fee_amount": total(ids, only(fees, is_own), "transaction_id", "amount"),
        "other_fees": array((told.get(each) for each in ids.to_pylist()), TEXT),
    }


def returns(parts: Parts) -> Columns:
    data = parts["returns"]
    return renamed(data, "name status quantity created_at approved_at closed_at") | {
        "order_id": data.column(ROOT),
        "return_id": data.column("id"),
    }


def return_lines(parts: Parts) -> Columns:
    """A reason is told as a word of the older API; its handle is that word with hyphens."""
    data = parts["return_lines"]
    reason = compute.utf8_lower(whole(data.column("reason")))
    return renamed(data, "return_id line_id quantity refunded_quantity") | {
        "order_id": data.column(ROOT),
        "return_line_id": data.column("id"),
        "reason": compute.replace_substring(reason, "_", "-"),
    }


def _on_both(parts: Parts, lines: str, shipping: str, names: str) -> Columns:
    """Of lines and of shipping lines alike, each with its place in the list it lies in."""
    pieces: list[Columns] = []
    for name, key, on_shipping in ((lines, "line_id", False), (shipping, "shipping_line_id", True)):
        if name in parts:
            data = placed(parts[name], key, "index")
            pieces.append(
                renamed(data, f"{names} place")
                | {
                    "order_id": data.column(ROOT),
                    "line_id": data.column(key),
                    "on_shipping": repeated(on_shipping, FLAG, data.num_rows),
                }
            )
    return stacked(pieces)


def _where(values: Any, word: str) -> Any:
    return compute.if_else(compute.is_valid(values), pa.scalar(word, TEXT), pa.scalar(None, TEXT))
