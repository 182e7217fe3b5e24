"""What a search finds, in groups: what is called so first, and of that what a reader knows best."""

from hotdash.entrypoints.web.pages.lineage.links import Group, Link, group_of, link_to
from hotdash.entrypoints.web.pages.lineage.picture import node_url
from hotdash.governance.lineage.graph import ROWS, LineageGraph, Node, NodeKind

_MOST = 20
_METRICS, _VENDORS, _MARTS, _TILES, _OWN, _BETWEEN = _TITLES = (
    "Metrics",
    "Vendors' fields",
    "Published marts",
    "Numbers of tiles",
    "Hotdash's own",
    "On the way from vendor to mart",
)
_OF_KIND = {
    NodeKind.METRIC: _METRICS,
    NodeKind.VENDOR_FIELD: _VENDORS,
    NodeKind.SHOWN: _TILES,
    NodeKind.OWN_FIELD: _OWN,
}


def found_groups(graph: LineageGraph, word: str) -> list[Group]:
    published = {node.table for node in graph.nodes.values() if node.is_published}
    named: dict[str, list[Link]] = {title: [] for title in _TITLES}
    described: dict[str, list[Link]] = {title: [] for title in _TITLES}
    written = "_".join(word.lower().split())
    for node in graph.search(word):
        title = _OF_KIND.get(node.kind) or (_MARTS if node.table in published else _BETWEEN)
        (named if written in node.id else described)[title].append(_found(node))
    told = [group_of(title, links, _MOST) for title, links in named.items()]
    told += [group_of(f"{title}, described so", links, _MOST) for title, links in described.items()]
    return [group for group in told if group.links]


def _found(node: Node) -> Link:
    """A table is found by its rows, and shown as a whole."""
    if node.name == ROWS:
        return Link(node.table, node_url(node.table), node.description)
    return link_to(node)
