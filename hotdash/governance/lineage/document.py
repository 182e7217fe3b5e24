"""The graph as JSON, and back."""

from dataclasses import asdict, fields
from typing import Any

from hotdash.governance.lineage.graph import Edge, LineageGraph, Node, NodeKind, Table, Way

_DEFAULTS = {field.name: field.default for field in fields(Node)}


def to_document(graph: LineageGraph) -> dict[str, Any]:
    return {
        "nodes": [node_document(node) for _, node in sorted(graph.nodes.items())],
        "edges": [[edge.above, edge.below, edge.way.value] for edge in sorted(graph.edges)],
        "tables": [asdict(table) for _, table in sorted(graph.tables.items())],
    }


def from_document(told: dict[str, Any]) -> LineageGraph:
    nodes = [_node(each) for each in told["nodes"]]
    edges = [Edge(above, below, Way(way)) for above, below, way in told["edges"]]
    tables = [Table(**each) for each in told["tables"]]
    return LineageGraph(
        {node.id: node for node in nodes},
        frozenset(edges),
        {table.name: table for table in tables},
    )


def _node(told: dict[str, Any]) -> Node:
    kept: dict[str, Any] = {**told, "kind": NodeKind(told["kind"])}
    return Node(**kept)


def node_document(node: Node) -> dict[str, Any]:
    """Without what is as it is of most."""
    return {name: value for name, value in asdict(node).items() if value != _DEFAULTS[name]}
