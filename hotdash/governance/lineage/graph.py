"""The graph: columns, rows, metrics and fields that are shown, and what each is made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property

from hotdash.base.errors import HotdashError, NotFoundError

ROWS = "*"
"""Stands for the rows of a table: which there are, whatever their columns hold."""


_NEAR = 5


class LineageError(HotdashError):
    code = "lineage_broken"
    http_status = 500


class NodeKind(StrEnum):
    """Fields of a vendor and of our own tables are where lineage ends; the rest is made of them."""

    VENDOR_FIELD = "vendor_field"
    OWN_FIELD = "own_field"
    COLUMN = "column"
    METRIC = "metric"
    SHOWN = "shown"


ENDS = frozenset({NodeKind.VENDOR_FIELD, NodeKind.OWN_FIELD})


class Way(StrEnum):
    """How one thing comes to another: as its value, by choosing rows, by matching rows, or beside it."""

    VALUE = "value"
    FILTER = "filter"
    JOIN = "join"
    SPLIT = "split"


STRONGEST_FIRST = (Way.VALUE, Way.FILTER, Way.JOIN, Way.SPLIT)
MOVING = frozenset({Way.VALUE, Way.FILTER, Way.JOIN})
"""A split divides a number and leaves it what it is."""


@dataclass(frozen=True, slots=True)
class Node:
    """table is the schema and name of its table, the metric's or the tile's name otherwise."""

    id: str
    kind: NodeKind
    table: str
    name: str
    description: str = ""
    data_type: str = ""
    owner: str = ""
    is_personal: bool = False
    source: str = ""
    """The vendor, of a vendor's field."""
    is_published: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """What is above is needed for what is below."""

    above: str
    below: str
    way: Way


@dataclass(frozen=True, slots=True)
class Table:
    """What one row is, and who answers for it."""

    name: str
    description: str
    owner: str
    fresh_minutes: int | None = None
    stale_minutes: int | None = None


@dataclass(frozen=True)
class LineageGraph:
    nodes: Mapping[str, Node]
    edges: frozenset[Edge]
    tables: Mapping[str, Table] = field(default_factory=dict[str, Table])

    @cached_property
    def _above(self) -> Mapping[str, list[Edge]]:
        return _grouped((edge.below, edge) for edge in self.edges)

    @cached_property
    def _below(self) -> Mapping[str, list[Edge]]:
        return _grouped((edge.above, edge) for edge in self.edges)

    @cached_property
    def serving(self) -> frozenset[str]:
        """What people see, and all that it is made of; a mart that only publishing reads is none of it."""
        seen = [
            node.id
            for node in self.nodes.values()
            if node.is_published or node.kind in (NodeKind.METRIC, NodeKind.SHOWN)
        ]
        return frozenset(seen) | self.up(seen, frozenset(Way))

    def edges_above(self, node_id: str) -> list[Edge]:
        return self._above.get(node_id, [])

    def edges_below(self, node_id: str) -> list[Edge]:
        return self._below.get(node_id, [])

    def up(self, node_ids: Iterable[str], ways: frozenset[Way] = MOVING) -> frozenset[str]:
        """All that these are made of, themselves left out."""
        return _reached(node_ids, ways, self._above, _above_of)

    def down(self, node_ids: Iterable[str], ways: frozenset[Way] = MOVING) -> frozenset[str]:
        """All that is made of these, themselves left out."""
        return _reached(node_ids, ways, self._below, _below_of)

    def ends(self, node_id: str) -> frozenset[str]:
        """The fields at which its lineage ends."""
        return frozenset(each for each in self.up([node_id]) if self.nodes[each].kind in ENDS)

    def find(self, written: str) -> tuple[str, ...]:
        """What a person means: an id, its end such as shopify_orders.cancelled_at, or a whole table."""
        asked = written.strip().lower()
        for exact in (asked, f"metric:{asked}", f"tile:{asked}"):
            if exact in self.nodes:
                return (exact,)
        named = tuple(
            sorted(each for each in self.nodes if each.endswith((f".{asked}", f":{asked}")))
        )
        found = named or self._of_table(asked)
        if not found:
            raise NotFoundError(
                f"Nothing is called {written[:80]!r}.",
                hint="Name a column, such as shopify_orders.cancelled_at, a table, or a metric; "
                "`hotdash dictionary WORD` searches for them.",
                field="column",
            )
        return found

    def _of_table(self, asked: str) -> tuple[str, ...]:
        return tuple(
            sorted(
                node.id
                for node in self.nodes.values()
                if asked in (node.table, node.table.rpartition(".")[2])
            )
        )

    def search(self, word: str) -> list[Node]:
        """By what it is called first, then by what is said of it; metrics and tables before columns."""
        asked = word.strip().lower()
        written = "_".join(asked.split())
        named = [node for node in self.nodes.values() if written in node.id]
        told = [node for node in self.nodes.values() if asked in node.description.lower()]
        ordered = sorted(named, key=lambda node: (_rank(node), asked not in node.name, node.id))
        return list(dict.fromkeys([*ordered, *sorted(told, key=lambda n: (_rank(n), n.id))]))

    def near(self, word: str) -> list[str]:
        """What is called almost so."""
        names = {node.name for node in self.nodes.values()} | {
            node.table.rpartition(".")[2] for node in self.nodes.values()
        }
        return get_close_matches("_".join(word.lower().split()), sorted(names), _NEAR)


def _rank(node: Node) -> int:
    if node.kind is NodeKind.METRIC:
        return 0
    if node.name == ROWS:
        return 1
    return 2 if node.kind is NodeKind.SHOWN else 3


def assembled(
    nodes: Iterable[Node],
    edges: Iterable[Edge],
    tables: Iterable[Table],
) -> LineageGraph:
    """An edge that begins or ends at nothing described is a defect."""
    known = {node.id: node for node in nodes}
    kept = frozenset(edges)
    strange = sorted({each for edge in kept for each in (edge.above, edge.below)} - known.keys())
    if strange:
        raise LineageError(
            f"{', '.join(strange)} is read and is no column that a contract or a model has.",
            hint="Add the column to the model or to its source's description, or run "
            "`make contracts` where a raw table has it.",
        )
    return LineageGraph(known, kept, {table.name: table for table in tables})


def _above_of(edge: Edge) -> str:
    return edge.above


def _below_of(edge: Edge) -> str:
    return edge.below


def _reached(
    node_ids: Iterable[str],
    ways: frozenset[Way],
    nearest: Mapping[str, list[Edge]],
    other: Callable[[Edge], str],
) -> frozenset[str]:
    begun = set(node_ids)
    waiting, seen = list(begun), set(begun)
    while waiting:
        for edge in nearest.get(waiting.pop(), ()):
            reached = other(edge)
            if edge.way in ways and reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    return frozenset(seen - begun)


def _grouped(pairs: Iterator[tuple[str, Edge]]) -> Mapping[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for key, edge in pairs:
        found.setdefault(key, []).append(edge)
    return {key: sorted(edges) for key, edges in found.items()}
