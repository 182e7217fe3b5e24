"""GET /lineage: what a column, a metric or a number is made of, and what breaks if it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.pages.lineage.picture import PATH, node_url, picture_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.governance.lineage.dictionary import Term, TermKind, terms_of
from hotdash.governance.lineage.graph import ENDS, ROWS, LineageGraph, Node, NodeKind, Way
from hotdash.governance.lineage.impact import WORDS, Impact, impact_of
from hotdash.jobs.trace_lineage import FILE, kept_lineage

router = APIRouter(include_in_schema=False)
_MOST = 40
_FIRST_SHOWN = "metric:revenue"


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    links: tuple[Link, ...]
    left_out: int = 0


@router.get(PATH)
def lineage_page(request: Request, parts: PartsOf, q: str = "", of: str = "") -> Response:
    visit = parts.gate.visit(request)
    graph = graph_at(parts.context.home)
    values: dict[str, Any] = {
        **top_bar(visit, "data-health"),
        "q": q,
        "name": "",
        "is_traced": graph is not None,
    }
    if graph is not None:
        values["found"] = [_link(node) for node in graph.search(q)] if q.strip() else []
        if of or not q.strip():
            values |= _chosen(graph, of or _FIRST_SHOWN)
    return parts.pages.render(request, "lineage.html", values)


def graph_at(home: Path) -> LineageGraph | None:
    try:
        return _read(home, (home / FILE).stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=2)
def _read(home: Path, written_at: int) -> LineageGraph | None:
    del written_at
    return kept_lineage(home)


def _chosen(graph: LineageGraph, asked: str) -> dict[str, Any]:
    begun = frozenset(graph.find(asked))
    above, below = graph.up(begun), graph.down(begun)
    [first, *more] = sorted(begun)
    node = graph.nodes[first]
    return {
        "name": node.table if more else node.id,
        "term": _term(graph, node, is_whole=bool(more)),
        "columns": [
            _link(graph.nodes[each]) for each in sorted(begun) if more and each[-1] != ROWS
        ],
        "picture": picture_of(graph, begun, above | below),
        "ends": _ends(graph, above),
        "made_of": [_near(graph, each, edge.way) for each, edge in _nearest_above(graph, begun)],
        "impact": _impact_groups(graph, impact_of(graph, begun)),
    }


def _term(graph: LineageGraph, node: Node, *, is_whole: bool) -> Term:
    """What the dictionary says of it; a number of a tile stands in no dictionary and tells of itself."""
    wanted = {
        NodeKind.METRIC: (TermKind.METRIC, node.name),
        NodeKind.SHOWN: None,
    }.get(node.kind, (TermKind.COLUMN, node.id))
    if (is_whole or node.name == ROWS) and node.kind not in (NodeKind.METRIC, NodeKind.SHOWN):
        wanted = (TermKind.TABLE, node.table)
    found = (term for term in terms_of(graph) if (term.kind, term.name) == wanted)
    return next(found, Term(TermKind.COLUMN, node.id, node.description, node.owner))


def _nearest_above(graph: LineageGraph, begun: Iterable[str]) -> list[tuple[str, Any]]:
    edges = sorted({edge for each in begun for edge in graph.edges_above(each)})
    return [(edge.above, edge) for edge in edges if graph.nodes[edge.above].name != ROWS]


def _near(graph: LineageGraph, node_id: str, way: Way) -> Link:
    return Link(node_id, node_url(node_id), f"{way.value}: {graph.nodes[node_id].description}")


def _ends(graph: LineageGraph, above: frozenset[str]) -> list[Group]:
    """By vendor; fields of our own come last."""
    found: dict[str, list[Link]] = {}
    for each in sorted(above):
        node = graph.nodes[each]
        if node.kind in ENDS and node.name != ROWS:
            found.setdefault(node.source or "~", []).append(_link(node))
    return [
        _group("Hotdash itself" if vendor == "~" else vendor, links)
        for vendor, links in sorted(found.items())
    ]


def _impact_groups(graph: LineageGraph, impact: Impact) -> list[Group]:
    groups: list[Group] = []
    for what, named, prefix in (
        ("Metrics", impact.metrics, "metric:"),
        ("Numbers of tiles", impact.shown, "tile:"),
        ("Published columns", impact.marts, ""),
    ):
        for way in Way:
            ids = [f"{prefix}{name}" for name, rests in named.items() if rests is way]
            if ids:
                links = [_link(graph.nodes[each]) for each in ids]
                groups.append(_group(f"{what}, {WORDS[way]}", links))
    return groups


def _group(title: str, links: list[Link]) -> Group:
    return Group(title, tuple(links[:_MOST]), max(len(links) - _MOST, 0))


def _link(node: Node) -> Link:
    return Link(node.id, node_url(node.id), node.description)
