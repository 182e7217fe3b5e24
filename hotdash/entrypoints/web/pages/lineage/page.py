"""GET /lineage: what a column, a metric or a number is made of, and what breaks if it changes."""

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
from hotdash.governance.lineage.contracts import STAMPS
from hotdash.governance.lineage.dictionary import Term, TermKind, terms_of
from hotdash.governance.lineage.graph import ENDS, ROWS, LineageGraph, Node, NodeKind, Way
from hotdash.governance.lineage.impact import WORDS, Impact, impact_of
from hotdash.jobs.trace_lineage import FILE, kept_lineage

router = APIRouter(include_in_schema=False)
_MOST = 60
_KINDS = {
    NodeKind.METRIC: "metric",
    NodeKind.SHOWN: "number of a tile",
    NodeKind.OWN_FIELD: "column of our own",
}
_WAYS = {
    Way.VALUE: "Computed from",
    Way.FILTER: "Counts rows chosen by",
    Way.JOIN: "Finds rows by",
    Way.SPLIT: "Read where it is split",
}
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
        found = graph.search(q) if q.strip() else []
        values["found"] = _group("Found", [_found(node) for node in found])
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
        "name": node.table if more else _short(node),
        "kind": "table" if more else node.source or _KINDS.get(node.kind, "column"),
        "term": _term(graph, node, is_whole=bool(more)),
        "columns": [
            _link(graph.nodes[each], graph.nodes[each].name)
            for each in sorted(begun)
            if more and each[-1] != ROWS
        ],
        "picture": picture_of(graph, begun, above | below),
        "ends": _ends(graph, above),
        "made_of": [] if more else _made_of(graph, first),
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


def _made_of(graph: LineageGraph, node_id: str) -> list[Group]:
    """What it is computed from first; what can only divide it last."""
    nearest = [
        (edge.way, graph.nodes[edge.above])
        for edge in graph.edges_above(node_id)
        if graph.nodes[edge.above].name != ROWS
    ]
    return [
        _group(title, [_link(node) for each, node in nearest if each is way])
        for way, title in _WAYS.items()
        if any(each is way for each, _ in nearest)
    ]


def _ends(graph: LineageGraph, above: frozenset[str]) -> list[Group]:
    """By table; what Hotdash writes itself comes last, without what it stamps on every row."""
    found: dict[tuple[str, str], list[Link]] = {}
    for each in sorted(above):
        node = graph.nodes[each]
        if node.kind in ENDS and node.name not in (ROWS, *STAMPS):
            table = node.table.rpartition(".")[2]
            home = (node.source, table) if node.source else ("~", "Written by Hotdash itself")
            found.setdefault(home, []).append(_link(node, node.name if node.source else ""))
    return [_group(table, links) for (_, table), links in sorted(found.items())]


def _impact_groups(graph: LineageGraph, impact: Impact) -> list[Group]:
    groups: list[Group] = []
    for way in Way:
        links = [
            _link(graph.nodes[f"metric:{name}"])
            for name, rests in impact.metrics.items()
            if rests is way
        ]
        groups.append(_group(f"Metrics, {WORDS[way]}", links))
    for way in Way:
        shown = [f"tile:{name}" for name, rests in impact.shown.items() if rests is way]
        groups.append(_group(f"Numbers of tiles, {WORDS[way]}", _numbers(graph, shown)))
    marts = [
        Link(f"{mart.rpartition('.')[2]} ({columns})", node_url(mart), f"{columns} of its columns")
        for mart, columns in impact.columns_of_marts.items()
    ]
    groups.append(_group("Published marts, with how many columns", marts))
    return [group for group in groups if group.links]


def _numbers(graph: LineageGraph, shown: list[str]) -> list[Link]:
    """Of a list one link to its first cell, with how many cells it is about."""
    cells: dict[str, list[str]] = {}
    for each in shown:
        home = each.rpartition(".")[0] if ".lists." in each else each
        cells.setdefault(home, []).append(each)
    return [
        _link(graph.nodes[found[0]], f"{_called(home)} ({len(found)})" if home not in found else "")
        for home, found in cells.items()
    ]


def _group(title: str, links: list[Link]) -> Group:
    return Group(title, tuple(links[:_MOST]), max(len(links) - _MOST, 0))


def _short(node: Node) -> str:
    """Without what its group or its kind says already."""
    return _called(node.id)


def _called(node_id: str) -> str:
    return node_id.partition(":")[2] or node_id


def _found(node: Node) -> Link:
    """A table is found by its rows, and shown as a whole."""
    if node.name == ROWS:
        return Link(node.table, node_url(node.table), node.description)
    return _link(node)


def _link(node: Node, text: str = "") -> Link:
    return Link(text or _short(node), node_url(node.id), node.description)
