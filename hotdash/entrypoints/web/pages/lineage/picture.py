"""The picture of a lineage: tables in columns from vendor to tile, joined by what flows between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hotdash.entrypoints.web.pages.lineage.layout import HEIGHT, drawn
from hotdash.governance.lineage.graph import LineageGraph, NodeKind

PATH = "/lineage"
LAYERS = ("raw", "staging", "intermediate", "marts", "metric", "tile")
TITLES = ("Vendors and raw", "Staging", "Intermediate", "Marts", "Metrics", "Tiles")
MOST = 18
_OF_KIND = {NodeKind.METRIC: "metric", NodeKind.SHOWN: "tile"}


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    text: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Column:
    x: int
    title: str
    boxes: tuple[Box, ...]
    left_out: int
    """Tables for which there was no room."""


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    box_height: int
    columns: tuple[Column, ...]
    """Those in which something stands."""
    curves: tuple[str, ...]

    @property
    def left_out(self) -> int:
        return sum(column.left_out for column in self.columns)


def node_url(node_id: str) -> str:
    return f"{PATH}?{urlencode({'of': node_id})}"


def picture_of(graph: LineageGraph, chosen: frozenset[str], reached: Iterable[str]) -> Picture:
    shown = chosen | frozenset(reached)
    tables = _tables(graph, shown)
    homes = frozenset(_home(graph, each) for each in chosen)
    layers = [
        (_ordered(layer, tables, homes), title) for layer, title in zip(LAYERS, TITLES, strict=True)
    ]
    layers = [(column, title) for column, title in layers if column]
    placed = [column[:MOST] for column, _ in layers]
    keys = {home: "/".join(home) for column in placed for home in column}
    laid = drawn(
        [[keys[home] for home in column] for column in placed],
        {key: name for (_, name), key in keys.items()},
        [(keys[a], keys[b]) for a, b in _flows(graph, shown) if a in keys and b in keys],
    )

    def box(home: Home) -> Box:
        spot = laid.spots[keys[home]]
        return Box(spot.x, spot.y, spot.width, home[1], tables[home], home in homes)

    columns = (
        Column(left, title, tuple(map(box, column[:MOST])), len(column[MOST:]))
        for left, (column, title) in zip(laid.lefts, layers, strict=True)
    )
    return Picture(laid.width, laid.height, HEIGHT, tuple(columns), laid.curves)


Home = tuple[str, str]
"""The layer and the name of a table, a metric or a tile."""


def _home(graph: LineageGraph, node_id: str) -> Home:
    node = graph.nodes[node_id]
    layer, _, name = node.table.rpartition(".")
    return (_OF_KIND.get(node.kind) or (layer if layer in LAYERS else "raw"), name)


def _tables(graph: LineageGraph, shown: frozenset[str]) -> Mapping[Home, str]:
    """Each with where a click leads: to its only node that is shown, else to the whole table."""
    nodes: dict[Home, list[str]] = {}
    for each in sorted(shown):
        nodes.setdefault(_home(graph, each), []).append(each)
    return {
        home: node_url(found[0] if len(found) == 1 else graph.nodes[found[0]].table)
        for home, found in nodes.items()
    }


def _ordered(layer: str, tables: Iterable[Home], homes: frozenset[Home]) -> list[Home]:
    """What was asked for is never left out."""
    return sorted((each for each in tables if each[0] == layer), key=lambda t: (t not in homes, t))


def _flows(graph: LineageGraph, shown: frozenset[str]) -> set[tuple[Home, Home]]:
    return {
        (_home(graph, edge.above), _home(graph, edge.below))
        for each in shown
        for edge in graph.edges_above(each)
        if edge.above in shown
    }
