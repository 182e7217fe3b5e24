"""Every query the client sends, read from the .graphql files beside this module."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from graphql import (
    ExecutableDefinitionNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

_FOLDER = Path(__file__).parent
_FILES = ("fragments.graphql", "operations.graphql", "bulk.graphql")


@dataclass(frozen=True)
class Query:
    name: str
    text: str


@dataclass(frozen=True)
class Moment:
    """A span of time to count orders in, from its begin up to but without its end."""

    begins: datetime
    ends: datetime


def query(name: str) -> Query:
    return all_queries()[name]


@lru_cache(maxsize=1)
def all_queries() -> Mapping[str, Query]:
    definitions = [definition for file in _FILES for definition in _definitions(file)]
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
        f'  c{place}: ordersCount(limit: null, query: "{processed_in(span)}") {{ count precision }}'
        for place, span in enumerate(spans)
    )
    return Query("OrderCounts", f"query OrderCounts {{\n{counts}\n}}")


def processed_in(span: Moment) -> str:
    return f"processed_at:>='{_utc(span.begins)}' AND processed_at:<'{_utc(span.ends)}'"


def updated_since(instant: datetime) -> str:
    return f"updated_at:>='{_utc(instant)}'"


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _definitions(file: str) -> Iterable[ExecutableDefinitionNode]:
    document = parse((_FOLDER / file).read_text(encoding="utf-8"), no_location=True)
    return [d for d in document.definitions if isinstance(d, ExecutableDefinitionNode)]


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
