"""A bulk file in blocks of whole entities: each root row with the rows grouped behind it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify import shapes
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.arrow import only
from hotdash.connectors.shopify.columns import UnfitError, fit
from hotdash.connectors.shopify.judging import Refusal, Verdict, blame, judge, read_lines
from hotdash.connectors.shopify.tables import (
    CUSTOMERS,
    ORDER_LINES,
    ORDERS,
    PRODUCTS,
    SHIPPING_LINES,
    VARIANTS,
)

BLOCK = 16 << 20
_PARENT = "__parentId"
_NESTED = b'"__parentId":"'


@dataclass(frozen=True)
class Block:
    """What one block held; orders with refunds are named only, they have to be asked for whole."""

    tables: dict[RawTable, pa.Table]
    refunded: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Layout:
    """How the rows of one kind of export are typed and told apart."""

    root: RawTable
    shape: pa.Schema
    split: Callable[[pa.Table], Block]


def read_file(
    file: Path, layout: Layout, block_bytes: int = BLOCK
) -> Iterator[Verdict[bytes, Block]]:
    for block in _blocks(file, block_bytes):
        try:
            whole = layout.split(read_lines(block, layout.shape))
        except UnfitError:
            yield _judged(block, layout)
        else:
            yield Verdict([whole], [])


def _judged(block: bytes, layout: Layout) -> Verdict[bytes, Block]:
    def read(entities: Sequence[bytes]) -> Block:
        return layout.split(read_lines(b"".join(entities), layout.shape))

    def glance(entities: Sequence[bytes]) -> object:
        return read_lines(b"".join(entities), layout.shape)

    verdict = judge(_entities(block), read, glance)
    refused = [
        Refusal(each.entity, blame(each.entity.splitlines(), layout.shape) or each.reason)
        for each in verdict.refused
    ]
    return Verdict(verdict.read, refused)


def _blocks(file: Path, block_bytes: int) -> Iterator[bytes]:
    rest = b""
    with file.open("rb") as stream:
        while chunk := stream.read(block_bytes):
            rest += chunk
            cut = _last_root(rest)
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
    if rest.strip():
        yield rest if rest.endswith(b"\n") else rest + b"\n"


def _last_root(text: bytes) -> int:
    """Where the last root row begins that is complete; what is before it are whole entities."""
    end = text.rfind(b"\n")
    while end > 0:
        begin = text.rfind(b"\n", 0, end) + 1
        if _NESTED not in text[begin:end]:
            return begin
        end = begin - 1
    return 0


def _entities(block: bytes) -> list[bytes]:
    entities: list[bytes] = []
    for line in block.splitlines(keepends=True):
        if _NESTED in line and entities:
            entities[-1] += line
        else:
            entities.append(line)
    return entities


def _split_orders(batch: pa.Table) -> Block:
    roots, nested = _roots_and_nested(batch)
    refunds = roots.column("refunds")
    if refunds.null_count:
        raise UnfitError("refunds is missing")
    has_refunds = pc.greater(pc.list_value_length(refunds), 0)
    refunded = only(roots, has_refunds).column("id").combine_chunks()
    nested = only(nested, pc.invert(pc.is_in(nested.column(_PARENT), value_set=refunded)))
    is_line = pc.fill_null(pc.starts_with(nested.column("id"), "gid://shopify/LineItem/"), False)
    tables = {
        ORDERS: fit(ORDERS, only(roots, pc.invert(has_refunds))),
        ORDER_LINES: fit(ORDER_LINES, only(nested, is_line)),
        SHIPPING_LINES: fit(SHIPPING_LINES, only(nested, pc.invert(is_line))),
    }
    return Block(tables, cast("list[str]", refunded.to_pylist()))


def _split_products(batch: pa.Table) -> Block:
    roots, nested = _roots_and_nested(batch)
    return Block({PRODUCTS: fit(PRODUCTS, roots), VARIANTS: fit(VARIANTS, nested)})


def _split_customers(batch: pa.Table) -> Block:
    return Block({CUSTOMERS: fit(CUSTOMERS, batch)})


def _roots_and_nested(batch: pa.Table) -> tuple[pa.Table, pa.Table]:
    parent = batch.column(_PARENT)
    roots, nested = only(batch, pc.is_null(parent)), only(batch, pc.is_valid(parent))
    known = pc.is_in(nested.column(_PARENT), value_set=roots.column("id").combine_chunks())
    if pc.all(known).as_py() is False:
        raise UnfitError("a nested row lies apart from its parent")
    return roots, nested


ORDERS_FILE = Layout(ORDERS, shapes.BULK_ORDERS, _split_orders)
PRODUCTS_FILE = Layout(PRODUCTS, shapes.BULK_PRODUCTS, _split_products)
CUSTOMERS_FILE = Layout(CUSTOMERS, shapes.BULK_CUSTOMERS, _split_customers)
