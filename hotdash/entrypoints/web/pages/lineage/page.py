"""GET /lineage: what a column, a metric or a number is made of, and what breaks if it changes."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.lineage.found import found_groups
from hotdash.entrypoints.web.pages.lineage.links import (
    Group,
    Link,
    called,
    group_of,
    link_to,
    short_name,
)
from hotdash.entrypoints.web.pages.lineage.picture import PATH, node_url, picture_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.governance.lineage.contracts import is_told
from hotdash.governance.lineage.dictionary import Term, TermKind, terms_of
from hotdash.governance.lineage.graph import ROWS, LineageGraph, Node, NodeKind, Way
from hotdash.governance.lineage.impact import WORDS, Impact, cells_of, impact_of
from hotdash.jobs.trace_lineage import FILE, kept_lineage

router = APIRouter(include_in_schema=False)
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
        if q.strip():
            values["found"] = found_groups(graph, q)
            values["near"] = [
                Link(name, f"{PATH}?{urlencode({'q': name})}") for name in graph.near(q)
            ]
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
    above, below = graph.up(begun), graph.down(begun) & graph.serving
    [first, *more] = sorted(begun)
    node = graph.nodes[first]
    return {
        "name": node.table if more else short_name(node),
        "kind": "table" if more else node.source or _KINDS.get(node.kind, "column"),
        "term": (term := _term(graph, node, is_whole=bool(more))),
        "freshness": _freshness(term),
        "columns": [
            link_to(graph.nodes[each], graph.nodes[each].name)
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


def _freshness(term: Term) -> str:
    if term.fresh_minutes is None or term.stale_minutes is None:
        return ""
    stale, kept_back = (
        formatting.lasting(term.fresh_minutes),
        formatting.lasting(term.stale_minutes),
    )
    return f"stale after {stale}, not published after {kept_back}"


def _made_of(graph: LineageGraph, node_id: str) -> list[Group]:
    """What it is computed from first; what can only divide it last."""
    nearest = [
        (edge.way, graph.nodes[edge.above])
        for edge in graph.edges_above(node_id)
        if graph.nodes[edge.above].name != ROWS
    ]
    return [
        group_of(title, [link_to(node) for each, node in nearest if each is way])
        for way, title in _WAYS.items()
        if any(each is way for each, _ in nearest)
    ]


def _ends(graph: LineageGraph, above: frozenset[str]) -> list[Group]:
    """By table; what Hotdash writes itself comes last, without what it stamps on every row."""
    found: dict[tuple[str, str], list[Link]] = {}
    for each in sorted(above):
        node = graph.nodes[each]
        if is_told(node):
            table = node.table.rpartition(".")[2]
            home = (node.source, table) if node.source else ("~", "Written by Hotdash itself")
            found.setdefault(home, []).append(link_to(node, node.name if node.source else ""))
    return [group_of(table, links) for (_, table), links in sorted(found.items())]


def _impact_groups(graph: LineageGraph, impact: Impact) -> list[Group]:
    groups: list[Group] = []
    for way in Way:
        links = [
            link_to(graph.nodes[f"metric:{name}"])
            for name, rests in impact.metrics.items()
            if rests is way
        ]
        groups.append(group_of(f"Metrics, {WORDS[way]}", links))
    for way in Way:
        shown = [f"tile:{name}" for name, rests in impact.shown.items() if rests is way]
        groups.append(group_of(f"Numbers of tiles, {WORDS[way]}", _numbers(graph, shown)))
    marts = [
        Link(f"{mart.rpartition('.')[2]} ({columns})", node_url(mart), f"{columns} of its columns")
        for mart, columns in impact.columns_of_marts.items()
    ]
    groups.append(group_of("Published marts, with how many columns", marts))
    return [group for group in groups if group.links]


def _numbers(graph: LineageGraph, shown: list[str]) -> list[Link]:
    """Of a list one link to its first cell, with how many cells it is about."""
    return [
        link_to(
            graph.nodes[found[0]], f"{called(home)} ({len(found)})" if home not in found else ""
        )
        for home, found in cells_of(shown).items()
    ]
