"""What Shopify Payments kept of a payment: its own currency summed, any other one told beside it."""

from typing import Any

import pyarrow as pa

from hotdash.connectors.fees import other_fees
from hotdash.connectors.shopify.arrow import Column, chunked, texts
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.kinds import MONEY
from hotdash.connectors.shopify.readers import ReadColumn, field, summed, told_within

_AMOUNT, _CURRENCY = "amount.amount", "amount.currencyCode"


def fees_in(currency: str) -> ReadColumn:
    """The sum of those in the currency that stands at this path."""

    def read(batch: pa.Table) -> Column:
        parents, amounts, is_own = _fees(batch, currency)
        rows, values = pc.filter(parents, is_own), pc.filter(amounts, is_own)
        return summed(rows, values, MONEY, batch.num_rows)

    return read


def fees_beside(currency: str) -> ReadColumn:
    def read(batch: pa.Table) -> Column:
        parents, amounts, is_own = _fees(batch, currency)
        _, currencies = told_within(batch, "fees", _CURRENCY)
        beside = pc.invert(is_own)
        told = (pc.filter(each, beside).to_pylist() for each in (parents, amounts, currencies))
        found = other_fees(zip(*told, strict=True))
        return chunked(texts(found.get(row) for row in range(batch.num_rows)))

    return read


def _fees(batch: pa.Table, currency: str) -> tuple[Any, Any, Any]:
    """In which row each stands, how much it is, and whether it is in the row's own currency."""
    parents, amounts = told_within(batch, "fees", _AMOUNT)
    _, currencies = told_within(batch, "fees", _CURRENCY)
    own = pc.take(field(currency)(batch), parents)
    return parents, amounts, pc.fill_null(pc.equal(currencies, own), False)
