"""A bulk query compiled once to plain functions, so that a million orders need no executor."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hotdash.simulators.shopify.documents import Document, Selected, arguments_of
from hotdash.simulators.shopify.fields import Resolver, told_shipping_lines

ReadField = Callable[[str, str], Resolver]
Write = Callable[[Any], Any]


@dataclass(frozen=True)
class Rows:
    """The rows of one connection, and of the connections under it, which name their parent."""

    write: Write
    nested: "list[tuple[Resolver, Rows]]"

    def lines(self, thing: Any, parent: str | None = None) -> Iterator[bytes]:
        row = self.write(thing)
        if parent is not None:
            row["__parentId"] = parent
        yield orjson.dumps(row)
        for read, rows in self.nested:
            for piece in read(thing):
                yield from rows.lines(piece, row["id"])


@dataclass(frozen=True)
class BulkPlan:
    root_field: str
    arguments: Mapping[str, Any]
    rows: Rows


def compile_bulk(document: Document, read: ReadField) -> BulkPlan:
    root = document.roots()[0]
    rows = _Compiler(document, read).connection(root)
    return BulkPlan(root.name, arguments_of(root, {}), rows)


class _Compiler:
    def __init__(self, document: Document, read: ReadField) -> None:
        self._document = document
        self._read = read

    def connection(self, field: Selected) -> Rows:
        edges = self._document.under(field)[0]
        node = next(each for each in self._document.under(edges) if each.name == "node")
        return self._object(node)

    def _object(self, field: Selected) -> Rows:
        plain: list[tuple[str, Write]] = []
        nested: list[tuple[Resolver, Rows]] = []
        for each in self._document.under(field):
            read = self._read(each.owner, each.name)
            if each.is_connection:
                nested.append((_chosen(each, read), self.connection(each)))
            else:
                plain.append((each.answers_as, self._value(each, read)))
        return Rows(_row_of(plain), nested)

    def _value(self, field: Selected, read: Resolver) -> Write:
        if field.node.selection_set is None:
            return read
        write = self._object(field).write
        if field.is_list:
            first = arguments_of(field, {}).get("first")
            return lambda thing: [write(piece) for piece in read(thing)[:first]]

        def one(thing: Any) -> Any:
            inner = read(thing)
            return None if inner is None else write(inner)

        return one


def _row_of(plain: list[tuple[str, Write]]) -> Write:
    return lambda thing: {name: write(thing) for name, write in plain}


def _chosen(field: Selected, read: Resolver) -> Resolver:
    if field.name != "shippingLines":
        return read
    wanted = bool(arguments_of(field, {}).get("includeRemovals"))
    return lambda thing: told_shipping_lines(read(thing), include_removals=wanted)
