"""Lists inside rows, taken apart: one row per element, with the keys of the row it came from and its place."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.arrow import constant, joined_tables, row_numbers, table
from hotdash.connectors.shopify.columns import fit
from hotdash.connectors.shopify.kinds import COUNT, FLAG
from hotdash.connectors.shopify.readers import OWNER, UnfitError, list_of, owner_ids
from hotdash.connectors.shopify.tables import (
    ALLOCATIONS,
    ORDER_LINES,
    ORDERS,
    SHIPPING_LINES,
    TAX_LINES,
    TRANSACTIONS,
)


class Fitted:
    """A batch as it came and as rows of its table, row by row the same."""

    def __init__(self, raw: RawTable, batch: pa.Table) -> None:
        self.batch = batch
        self.rows = fit(raw, batch)

    def keys(self, *names: str) -> dict[str, Any]:
        return {name: self.rows.column(name) for name in names}


def order_children(orders: Fitted, lines: Fitted, shipping: Fitted) -> dict[RawTable, pa.Table]:
    """Everything of an order version that lies in lists of its rows."""
    both = ((lines, False), (shipping, True))
    return {
        ORDERS: orders.rows,
        ORDER_LINES: lines.rows,
        SHIPPING_LINES: shipping.rows,
        TRANSACTIONS: fit(
            TRANSACTIONS, exploded(orders.batch, "transactions", orders.keys("order_id"))
        ),
        ALLOCATIONS: joined_tables(
            [fit(ALLOCATIONS, _of_lines(each, "discountAllocations", on)) for each, on in both]
        ),
        TAX_LINES: joined_tables(
            [fit(TAX_LINES, _of_lines(each, "taxLines", on)) for each, on in both]
        ),
    }


def exploded(batch: pa.Table, name: str, keys: Mapping[str, Any] | None = None) -> pa.Table:
    """One row per element of this list; of its owner's columns those given as keys."""
    column = list_of(batch, name)
    parents, elements = pc.list_parent_indices(column), pc.list_flatten(column)
    if elements.null_count:
        raise UnfitError(f"{name} holds an empty element")
    starts = pc.take(pc.subtract(column.offsets, column.offsets[0]), parents)
    place = pc.subtract(row_numbers(len(elements), starts.type), starts)
    fields = {each.name: pc.struct_field(elements, [each.name]) for each in elements.type}
    owners = owner_ids(batch)
    whose = {} if owners is None else {OWNER: owners}
    kept = {key: pc.take(values, parents) for key, values in {**whose, **(keys or {})}.items()}
    return table({**fields, **kept, "place": place.cast(COUNT)})


def _of_lines(owner: Fitted, name: str, on_shipping: bool) -> pa.Table:
    own = "shipping_line_id" if on_shipping else "line_id"
    keys = {**owner.keys("order_id"), "line_id": owner.rows.column(own)}
    found = exploded(owner.batch, name, keys)
    columns = {each: found.column(each) for each in found.column_names}
    return table({**columns, "on_shipping": constant(on_shipping, FLAG, found.num_rows)})
