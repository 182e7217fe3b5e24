"""Every query the client sends, read from the .graphql files beside this module."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from graphql import (
    REMOVE,
    ArgumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NameNode,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

_FOLDER = Path(__file__).parent
_FILES = ("fragments.graphql", "operations.graphql", "bulk.graphql", "subscriptions.graphql")


Scopes = frozenset[str]


@dataclass(frozen=True)
class Query:
    name: str
    text: str


@dataclass(frozen=True)
class Moment:
    """A span of time to count orders in, from its begin up to but without its end."""

    begins: datetime
    ends: datetime


def query(name: str, scopes: Scopes | None = None) -> Query:
    """With scopes, without the fields that none of them opens."""
    return all_queries(scopes)[name]


def searched(asked: Query, search: str) -> Query:
    """A bulk query narrowed by a search: it takes no variables, so the search stands in its text."""
    argument = ArgumentNode(name=NameNode(value="query"), value=StringValueNode(value=search))
    document = visit(parse(asked.text, no_location=True), _Search(argument))
    return Query(asked.name, print_ast(document))


@lru_cache(maxsize=16)
def all_queries(scopes: Scopes | None = None) -> Mapping[str, Query]:
    definitions = [
        _open_to(scopes, definition) for file in _FILES for definition in _definitions(file)
    ]
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
    return {
        operation.name.value: _with_fragments(operation.name.value, operation, fragments)
        for operation in operations
        if operation.name is not None
    }


def order_counts(spans: Sequence[Moment]) -> Query:
    """Shopify's own counts, one alias per span: c0, c1, and so on."""
    counts = "\n".join(
        f'  c{place}: ordersCount(limit: null, query: "{processed_within(span)}") {{ count precision }}'
        for place, span in enumerate(spans)
    )
    return Query("OrderCounts", f"query OrderCounts {{\n{counts}\n}}")


def updated_since(instant: datetime) -> str:
    return f"updated_at:>='{_utc(instant)}'"


def created_since(instant: datetime) -> str:
    return f"created_at:>='{_utc(instant)}'"


def processed_within(span: Moment) -> str:
    return f"processed_at:>='{_utc(span.begins)}' AND processed_at:<'{_utc(span.ends)}'"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _definitions(file: str) -> Iterable[ExecutableDefinitionNode]:
    document = parse((_FOLDER / file).read_text(encoding="utf-8"), no_location=True)
    return [d for d in document.definitions if isinstance(d, ExecutableDefinitionNode)]


def _open_to(
    scopes: Scopes | None, definition: ExecutableDefinitionNode
) -> ExecutableDefinitionNode:
    """Fields marked with @needs stay where one of their scopes is granted; the mark itself goes."""
    return visit(definition, _Needs(scopes))


class _Search(Visitor):
    """Puts the argument on the first field, which is the root."""

    def __init__(self, argument: ArgumentNode) -> None:
        super().__init__()
        self._argument: ArgumentNode | None = argument

    def enter_field(self, node: FieldNode, *_: object) -> object:
        argument, self._argument = self._argument, None
        if argument is None:
            return None
        return replace(node, arguments=(*(node.arguments or ()), argument))


class _Needs(Visitor):
    def __init__(self, scopes: Scopes | None) -> None:
        super().__init__()
        self._scopes = scopes

    def enter_field(self, node: FieldNode, *_: object) -> object:
        marks = [mark for mark in node.directives or () if mark.name.value == "needs"]
        if not marks:
            return None
        needed = {value.value for value in marks[0].arguments[0].value.values}  # type: ignore[attr-defined]
        if self._scopes is not None and not needed & self._scopes:
            return REMOVE
        return replace(node, directives=tuple(m for m in node.directives or () if m not in marks))


def _with_fragments(
    name: str,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> Query:
    needed: dict[str, FragmentDefinitionNode] = {}
    _collect(operation, fragments, needed)
    return Query(name, "\n\n".join(print_ast(d) for d in (operation, *needed.values())))


def _collect(
    definition: ExecutableDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    needed: dict[str, FragmentDefinitionNode],
) -> None:
    spreads = _Spreads()
    visit(definition, spreads)
    for name in spreads.names:
        if name not in needed:
            needed[name] = fragments[name]
            _collect(fragments[name], fragments, needed)


class _Spreads(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.names.append(node.name.value)
