"""How a column is read off a batch of Shopify's JSON, whole columns at a time."""

from collections.abc import Callable, Mapping
from typing import Any, cast

import pyarrow as pa

from hotdash.base.email_hash import email_hash
from hotdash.connectors.shopify.arrow import Column, array_of, chunked, lists_of, row_numbers, table
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.kinds import COUNT, ID, MONEY, TEXT

ReadColumn = Callable[[pa.Table], Column]


# Whose row it is: what was exploded and what lies two floors deep name their root, roots are their own.
OWNER = "__owner"
_OWNERS = (OWNER, "__orderId", "__parentId", "id")


class UnfitError(ValueError):
    """A batch that cannot become rows of its table, with the column to blame.

    Where something is missing, `lacking` names every entity that lacks it, by its global id, with the
    reason that it would have alone.
    """

    def __init__(self, reason: str, lacking: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.lacking: Mapping[str, str] = lacking or {}

    def within(self, table: str) -> "UnfitError":
        lacking = {owner: f"{table}: {reason}" for owner, reason in self.lacking.items()}
        return UnfitError(f"{table}: {self}", lacking)


def owner_ids(batch: pa.Table) -> "Column | None":
    known = [batch.column(name) for name in _OWNERS if name in batch.column_names]
    return pc.coalesce(*known) if known else None


def owners_where(batch: pa.Table, is_it: Any) -> list[str]:
    """The global ids of the entities whose rows these are, in the order of the rows."""
    owners = owner_ids(batch)
    if owners is None:
        return []
    return cast("list[str]", pc.unique(pc.drop_null(pc.filter(owners, is_it))).to_pylist())


def is_missing(name: str, batch: pa.Table, is_it: Any) -> UnfitError:
    reason = f"{name} is missing"
    return UnfitError(reason, dict.fromkeys(owners_where(batch, is_it), reason))


def field(path: str) -> ReadColumn:
    name, *inner = path.split(".")

    def read(batch: pa.Table) -> Column:
        column = batch.column(name)
        return pc.struct_field(column, inner) if inner else column

    return read


def money(name: str) -> ReadColumn:
    return field(f"{name}.shopMoney.amount")


def number(path: str, kind: str) -> ReadColumn:
    """The number at the end of a global id, which has to be one of this kind."""
    prefix = f"gid://shopify/{kind}/"

    def read(batch: pa.Table) -> Column:
        column = field(path)(batch)
        if pc.all(pc.starts_with(column, pattern=prefix)).as_py() is False:
            raise UnfitError(f"{path} is not an id of a {kind}")
        return pc.utf8_slice_codeunits(column, start=len(prefix)).cast(ID)

    return read


def whole(path: str) -> ReadColumn:
    """A number that Shopify writes as text because it may be large."""

    def read(batch: pa.Table) -> Column:
        return field(path)(batch).cast(COUNT)

    return read


def total(name: str, inner: str, kind: pa.DataType) -> ReadColumn:
    """The sum over a list in each row; an empty list is nothing, a missing one is a fault."""

    def read(batch: pa.Table) -> Column:
        parents, values = told_within(batch, name, inner)
        return summed(parents, values, kind, batch.num_rows)

    return read


def told_within(batch: pa.Table, name: str, inner: str) -> tuple[Any, Any]:
    """A field of every element of a list, where none may be missing, and the row each stands in."""
    column = list_of(batch, name)
    parents = pc.list_parent_indices(column)
    values = field(f"{name}.{inner}")(table({name: pc.list_flatten(column)}))
    if values.null_count:
        rows = pc.unique(pc.filter(parents, pc.is_null(values)))
        is_it = pc.is_in(row_numbers(batch.num_rows, rows.type), value_set=rows)
        raise is_missing(f"{name}.{inner}", batch, is_it)
    return parents, values


def summed(parents: Any, values: Any, kind: pa.DataType, size: int) -> Column:
    """For each row the sum of the values that stand in it; nothing is zero."""
    parts = table({"row": parents, "value": values.cast(kind)})
    sums = parts.group_by("row").aggregate([("value", "sum")])
    rows = row_numbers(size, sums.column("row").type)
    found = pc.index_in(rows, value_set=sums.column("row").combine_chunks())
    filled = pc.take(sums.column("value_sum").combine_chunks(), found).cast(kind)
    return chunked(pc.fill_null(filled, 0))


def text_of(name: str, inner: str | None = None) -> ReadColumn:
    """The texts of a list, joined: tags and tracking numbers hold no comma."""

    def read(batch: pa.Table) -> Column:
        column = list_of(batch, name)
        values = pc.list_flatten(column)
        if inner is not None:
            values = pc.struct_field(values, [inner])
        whole = lists_of(pc.subtract(column.offsets, column.offsets[0]), pc.fill_null(values, ""))
        return chunked(pc.binary_join(whole, ", "))

    return read


def first_of(name: str, inner: str) -> ReadColumn:
    """A field of the first element of a list, empty where the list is."""

    def read(batch: pa.Table) -> Column:
        column = list_of(batch, name)
        values = pc.struct_field(pc.list_flatten(column), [inner])
        starts = pc.subtract(column.offsets, column.offsets[0])[:-1]
        is_there = pc.greater(pc.list_value_length(column), 0)
        return chunked(pc.take(values, pc.if_else(is_there, starts, None)))

    return read


def named(name: str, wanted: str) -> ReadColumn:
    """Of a list of named quantities the one of this name."""

    def read(batch: pa.Table) -> Column:
        column = list_of(batch, name)
        elements = pc.list_flatten(column)
        is_it = pc.equal(pc.struct_field(elements, ["name"]), wanted)
        parents = pc.filter(pc.list_parent_indices(column), is_it)
        values = pc.filter(pc.struct_field(elements, ["quantity"]), is_it)
        found = pc.index_in(row_numbers(batch.num_rows, parents.type), value_set=parents)
        return chunked(pc.take(values, found).cast(COUNT))

    return read


def email_hashed(path: str) -> ReadColumn:
    """An address nobody needs to read, only to tell again: its hash is kept instead."""

    def read(batch: pa.Table) -> Column:
        return chunked(array_of(map(email_hash, field(path)(batch).to_pylist()), TEXT))

    return read


def either(first: str, second: str) -> ReadColumn:
    def read(batch: pa.Table) -> Column:
        return pc.coalesce(field(first)(batch), field(second)(batch))

    return read


def discount_value(path: str) -> ReadColumn:
    """Percent or money, whichever the discount is made of."""

    def read(batch: pa.Table) -> Column:
        percent = field(f"{path}.percentage")(batch).cast(MONEY)
        return pc.coalesce(field(f"{path}.amount")(batch), percent)

    return read


def discount_value_type(path: str) -> ReadColumn:
    def read(batch: pa.Table) -> Column:
        told = field(f"{path}.__typename")(batch)
        told = pc.replace_substring(told, "PricingPercentageValue", "percentage")
        return pc.replace_substring(told, "MoneyV2", "amount")

    return read


def discount_type(path: str) -> ReadColumn:
    """DiscountCodeApplication is told as code, AutomaticDiscountApplication as automatic."""
    pattern = r"^(Discount)?(.*?)(Discount)?Application$"

    def read(batch: pa.Table) -> Column:
        told = pc.replace_substring_regex(field(path)(batch), pattern, r"\2")
        return pc.utf8_lower(told)

    return read


def list_of(batch: pa.Table, name: str) -> Any:
    """The column of lists, of which none may be missing."""
    column: Any = batch.column(name).combine_chunks()
    if column.null_count:
        raise is_missing(name, batch, pc.is_null(column))
    return column
