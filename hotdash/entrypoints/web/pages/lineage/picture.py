"""The picture of a lineage: tables in columns from vendor to tile, joined by what flows between them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from hotdash.governance.lineage.graph import LineageGraph, NodeKind

PATH = "/lineage"
LAYERS = ("raw", "staging", "intermediate", "marts", "metric", "tile")
TITLES = ("Vendors and raw", "Staging", "Intermediate", "Marts", "Metrics", "Tiles")
MOST = 18
_WIDTH, _HEIGHT, _GAP, _BETWEEN, _TOP = 184, 24, 8, 44, 30
_LONGEST = 25
_OF_KIND = {NodeKind.METRIC: "metric", NodeKind.SHOWN: "tile"}


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    text: str
    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Heading:
    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    box_width: int
    box_height: int
    headings: tuple[Heading, ...]
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]
    left_out: int
    """Tables for which there was no room."""


def node_url(node_id: str) -> str:
    return f"{PATH}?{urlencode({'of': node_id})}"


def picture_of(graph: LineageGraph, chosen: frozenset[str], reached: Iterable[str]) -> Picture:
    shown = chosen | frozenset(reached)
    tables = _tables(graph, shown)
    homes = frozenset(_home(graph, each) for each in chosen)
    layers = {layer: _ordered(layer, tables, homes) for layer in LAYERS}
    places = {
        table: (place, row)
        for place, layer in enumerate(LAYERS)
        for row, table in enumerate(layers[layer][:MOST])
    }
    boxes = tuple(
        Box(*_corner(*places[table]), _short(table[1]), table[1], url, table in homes)
        for table, url in tables.items()
        if table in places
    )
    deepest = max((len(tables[:MOST]) for tables in layers.values()), default=0)
    return Picture(
        width=len(LAYERS) * (_WIDTH + _BETWEEN) - _BETWEEN,
        height=_TOP + deepest * (_HEIGHT + _GAP),
        box_width=_WIDTH,
        box_height=_HEIGHT,
        headings=tuple(Heading(_corner(n, 0)[0], title) for n, title in enumerate(TITLES)),
        boxes=boxes,
        curves=tuple(_curve(places[a], places[b]) for a, b in _flows(graph, shown, places)),
        left_out=len(tables) - len(places),
    )


Home = tuple[str, str]
"""The layer and the name of a table, a metric or a tile."""


def _home(graph: LineageGraph, node_id: str) -> Home:
    node = graph.nodes[node_id]
    layer, _, name = node.table.rpartition(".")
    return (_OF_KIND.get(node.kind) or (layer if layer in LAYERS else "raw"), name)


def _tables(graph: LineageGraph, shown: frozenset[str]) -> dict[Home, str]:
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


def _flows(
    graph: LineageGraph, shown: frozenset[str], places: Mapping[Home, tuple[int, int]]
) -> list[tuple[Home, Home]]:
    found = {
        (_home(graph, edge.above), _home(graph, edge.below))
        for each in shown
        for edge in graph.edges_above(each)
        if edge.above in shown
    }
    return sorted((a, b) for a, b in found if a != b and a in places and b in places)


def _corner(place: int, row: int) -> tuple[int, int]:
    return place * (_WIDTH + _BETWEEN), _TOP + row * (_HEIGHT + _GAP)


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """From the right side of one box to the left of the next; within a column around the outside."""
    (x1, y1), (x2, y2) = _corner(*start), _corner(*end)
    x1, y1, y2 = x1 + _WIDTH, y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
    if start[0] == end[0]:
        x2, bend = x1, x1 + _BETWEEN // 2
        return f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"
    middle = (x1 + x2) // 2
    return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
