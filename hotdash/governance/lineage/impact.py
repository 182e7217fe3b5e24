"""What breaks if a column changes: the metrics, the numbers shown and the published columns that rest on it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hotdash.governance.lineage.graph import (
    MOVING,
    STRONGEST_FIRST,
    LineageGraph,
    NodeKind,
    Way,
)

CERTAIN = frozenset({Way.VALUE, Way.FILTER})
"""Whatever the column says, the number says or counts by."""
# Of a tile the headline comes first, then what stands beside it.
_PLACES = {"context": 1, "lists": 2}
WORDS: Mapping[Way, str] = {
    Way.VALUE: "computed from it",
    Way.FILTER: "counts rows chosen by it",
    Way.JOIN: "finds rows by it",
    Way.SPLIT: "read where it is split",
}


@dataclass(frozen=True)
class Impact:
    """Each by its name, with the strongest way in which it rests on what changes."""

    of: tuple[str, ...]
    metrics: Mapping[str, Way]
    shown: Mapping[str, Way]
    marts: Mapping[str, Way]
    """Columns of published marts, by id."""

    @property
    def moved_metrics(self) -> tuple[str, ...]:
        """Those whose number says something else when the column does."""
        return tuple(name for name, way in self.metrics.items() if way in CERTAIN)

    @property
    def moved_tiles(self) -> tuple[str, ...]:
        tiles = {name.partition(".")[0] for name, way in self.shown.items() if way in CERTAIN}
        return tuple(sorted(tiles))

    @property
    def columns_of_marts(self) -> Mapping[str, int]:
        """How many columns of each published mart, the most certain first."""
        return Counter(each.rpartition(".")[0] for each in self.marts)

    def as_document(self) -> dict[str, Any]:
        return {
            "of": list(self.of),
            "metrics": {name: way.value for name, way in self.metrics.items()},
            "shown": {name: way.value for name, way in self.shown.items()},
            "marts": {name: way.value for name, way in self.marts.items()},
        }


def impact_of(graph: LineageGraph, node_ids: Iterable[str]) -> Impact:
    begun = tuple(sorted(node_ids))
    ways = _ways(graph, begun)
    return Impact(
        begun,
        {graph.nodes[each].name: way for each, way in _of(graph, ways, NodeKind.METRIC)},
        {
            f"{graph.nodes[each].table}.{graph.nodes[each].name}": way
            for each, way in _of(graph, ways, NodeKind.SHOWN)
        },
        {
            each: way
            for each, way in _of(graph, ways, NodeKind.COLUMN)
            if _is_published(graph, each)
        },
    )


def cells_of(shown: Iterable[str]) -> Mapping[str, list[str]]:
    """Numbers by where they stand: the cells of a list together, every other one by itself."""
    homes: dict[str, list[str]] = {}
    for each in shown:
        homes.setdefault(each.rpartition(".")[0] if ".lists." in each else each, []).append(each)
    return homes


def _ways(graph: LineageGraph, begun: tuple[str, ...]) -> Mapping[str, Way]:
    """A chain is as strong as its weakest link; what only divides a number ends there."""
    found: dict[str, Way] = {}
    for place, way in enumerate(STRONGEST_FIRST[:-1], start=1):
        for each in graph.down(begun, frozenset(STRONGEST_FIRST[:place])):
            found.setdefault(each, way)
    for each in {*begun, *graph.down(begun, MOVING)}:
        for edge in graph.edges_below(each):
            if edge.way is Way.SPLIT:
                found.setdefault(edge.below, Way.SPLIT)
    return found


def _of(graph: LineageGraph, ways: Mapping[str, Way], kind: NodeKind) -> list[tuple[str, Way]]:
    named = [(each, way) for each, way in ways.items() if graph.nodes[each].kind is kind]
    return sorted(
        named,
        key=lambda pair: (
            STRONGEST_FIRST.index(pair[1]),
            _PLACES.get(graph.nodes[pair[0]].name.partition(".")[0], 0),
            pair[0],
        ),
    )


def _is_published(graph: LineageGraph, node_id: str) -> bool:
    return graph.nodes[node_id].is_published
