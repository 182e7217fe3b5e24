"""Whole columns of loaded parts, put together as raw tables want them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from hotdash.connectors.arrow import (
    columns_of,
    compute,
    looked_up,
    numbers,
    repeated,
    sums,
    table,
    together,
    whole,
)
from hotdash.connectors.records import MONEY, TEXT

Columns = Mapping[str, Any]
Parts = Mapping[str, pa.Table]


def renamed(data: pa.Table, names: str) -> dict[str, Any]:
    return {name: data.column(name) for name in names.split()}


def total(ids: Any, parts: pa.Table | None, key: str, value: str, kind: pa.DataType = MONEY) -> Any:
    """For each id the sum of what refers to it; nothing refers to it is zero."""
    size = len(ids)
    if parts is None or not parts.num_rows:
        return compute.fill_null(repeated(None, kind, size), pa.scalar(0, kind))
    keys, added = sums(parts.column(key), parts.column(value), kind)
    return compute.fill_null(looked_up(ids, keys, added), pa.scalar(0, kind))


def times(price: Any, quantity: Any) -> Any:
    counted = quantity.cast(pa.decimal256(19, 0))
    return compute.multiply(price.cast(pa.decimal256(20, 4)), counted).cast(MONEY)


def stacked(pieces: Sequence[Columns]) -> Columns:
    """One below the other."""
    whole_pieces = [table({n: whole(c) for n, c in piece.items()}) for piece in pieces]
    below = together(whole_pieces)
    return {name: below.column(name) for name in below.column_names}


def pair(*keys: Any) -> Any:
    """Several keys as one, to look up by; nothing where one of them is nothing."""
    return compute.binary_join_element_wise(*(whole(each).cast(TEXT) for each in keys), "/")


def placed(data: pa.Table, key: str, by: str | None = None) -> pa.Table:
    """Sorted by this key, with the place of each row among those of its key, counted from zero."""
    order: Any = columns_of(data, [key] + ([by] if by else []))
    order = order.append_column("row", numbers(data.num_rows))
    names = [key, *([by] if by else []), "row"]
    found: Any = data
    found = found.take(order.sort_by([(name, "ascending") for name in names]).column("row"))
    keys = whole(found.column(key))
    place = compute.subtract(numbers(data.num_rows), compute.index_in(keys, value_set=keys))
    return found.append_column("place", place)


def joined(ids: Any, data: pa.Table | None, key: str, value: str, by: str | None = None) -> Any:
    """For each id the texts that belong to it, parted by commas; unknown where the part is."""
    if data is None:
        return repeated(None, TEXT, len(ids))
    texts: Any = columns_of(placed(data, key, by), [key, value])
    lists = texts.group_by(key, use_threads=False).aggregate([(value, "list")])
    told = compute.binary_join(whole(lists.column(f"{value}_list")), ", ")
    return compute.fill_null(looked_up(ids, lists.column(key), told), "")


def in_words(column: Any, words: Mapping[str, str]) -> Any:
    """The loader's word replaced by the API's, where they differ."""
    said = whole(column)
    for theirs, ours in words.items():
        is_it = compute.fill_null(compute.equal(said, theirs), False)
        said = compute.if_else(is_it, pa.scalar(ours, TEXT), said)
    return said
