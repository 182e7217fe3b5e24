"""A bulk query compiled once to plain functions, so that a million orders need no executor."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hotdash.simulators.shopify.documents import Document, Selected, arguments_of
from hotdash.simulators.shopify.fields import CHOICES, chosen
from hotdash.simulators.shopify.values import Resolver, typename_of

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
        narrowed: dict[str, list[tuple[str, Write]]] = {}
        for each in self._document.under(field):
            read = self._read(each.owner, each.name)
            if each.is_connection:
                nested.append((_chosen(each, read), self.connection(each)))
            elif connections := self._below(each):
                nested += [(_inner(read, deeper), rows) for deeper, rows in connections]
                plain.append((each.answers_as, self._value(each, read)))
            elif each.owner != field.type_name and each.name != "__typename":
                told = narrowed.setdefault(each.owner, [])
                told.append((each.answers_as, self._value(each, read)))
            else:
                plain.append((each.answers_as, self._value(each, read)))
        write = _row_of(plain)
        return Rows(_narrowed(write, narrowed) if narrowed else write, nested)

    def _below(self, field: Selected) -> list[tuple[Resolver, Rows]]:
        """Connections of an object that is no node: their rows belong to the node above."""
        return [
            (_chosen(each, self._read(each.owner, each.name)), self.connection(each))
            for each in self._document.under(field)
            if each.is_connection
        ]

    def _value(self, field: Selected, read: Resolver) -> Write:
        if field.node.selection_set is None:
            return read
        write = self._object(field).write
        if field.is_list:
            first = arguments_of(field, {}).get("first")
            pieces = _chosen(field, read)
            return lambda thing: [write(piece) for piece in pieces(thing)[:first]]

        def one(thing: Any) -> Any:
            inner = read(thing)
            return None if inner is None else write(inner)

        return one


def _row_of(plain: list[tuple[str, Write]]) -> Write:
    """Most objects have one or two fields (money above all): for them no loop is set up."""
    if len(plain) == 1:
        [(only, write_only)] = plain
        return lambda thing: {only: write_only(thing)}
    if len(plain) == 2:
        [(first, write_first), (second, write_second)] = plain
        return lambda thing: {first: write_first(thing), second: write_second(thing)}
    return lambda thing: {name: write(thing) for name, write in plain}


def _narrowed(write: Write, narrowed: Mapping[str, list[tuple[str, Write]]]) -> Write:
    """Of an interface: what every type has, and what only the type at hand has."""
    of_type = {name: _row_of(plain) for name, plain in narrowed.items()}

    def row(thing: Any) -> dict[str, Any]:
        told = write(thing)
        own = of_type.get(typename_of(thing))
        if own is not None:
            told.update(own(thing))
        return told

    return row


def _inner(read: Resolver, deeper: Resolver) -> Resolver:
    def pieces(thing: Any) -> Any:
        inner = read(thing)
        return () if inner is None else deeper(inner)

    return pieces


def _chosen(field: Selected, read: Resolver) -> Resolver:
    if field.name not in CHOICES:
        return read
    arguments = arguments_of(field, {})
    return lambda thing: chosen(field.name, read(thing), arguments)
