"""What the house asks of the parsed project without dbt: a twentieth of it, read in a hundredth of the time."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class OutlinedNode:
    unique_id: str
    name: str
    kind: str
    """A model, a seed or a test."""
    schema: str
    relation: str | None
    """As dbt quoted it."""
    meta: Mapping[str, Any]
    reads: tuple[str, ...]
    """dbt's own ids of what it names itself."""
    test: str | None
    """Which kind of test it is, of those that are written for many models."""


@dataclass(frozen=True)
class OutlinedSource:
    unique_id: str
    name: str
    source_name: str
    meta: Mapping[str, Any]


@dataclass(frozen=True)
class Outline:
    """By dbt's own ids."""

    nodes: Mapping[str, OutlinedNode]
    sources: Mapping[str, OutlinedSource]
    children: Mapping[str, tuple[str, ...]]

    def of_kind(self, kind: str) -> list[OutlinedNode]:
        return [node for node in self.nodes.values() if node.kind == kind]

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for parent, children in self.children.items():
            for child in children:
                found.setdefault(child, []).append(parent)
        return {child: tuple(parents) for child, parents in found.items()}


def outline_of(manifest: Any) -> Outline:
    return Outline(
        nodes={
            unique_id: OutlinedNode(
                *(unique_id, str(node.name), str(node.resource_type), str(node.schema)),
                node.relation_name,
                meta=dict(node.config.meta),
                reads=tuple(node.depends_on_nodes),
                test=_kind_of_test(node),
            )
            for unique_id, node in manifest.nodes.items()
        },
        sources={
            unique_id: OutlinedSource(
                unique_id, str(table.name), str(table.source_name), dict(table.config.meta)
            )
            for unique_id, table in manifest.sources.items()
        },
        children={parent: tuple(children) for parent, children in manifest.child_map.items()},
    )


def outline_as_bytes(outline: Outline) -> bytes:
    told = {
        "nodes": [asdict(node) for node in outline.nodes.values()],
        "sources": [asdict(source) for source in outline.sources.values()],
        "children": outline.children,
    }
    return json.dumps(told).encode()


def outline_from_bytes(content: bytes) -> Outline:
    told = json.loads(content)
    nodes = [OutlinedNode(**node | {"reads": tuple(node["reads"])}) for node in told["nodes"]]
    sources = [OutlinedSource(**source) for source in told["sources"]]
    return Outline(
        {node.unique_id: node for node in nodes},
        {source.unique_id: source for source in sources},
        {parent: tuple(children) for parent, children in told["children"].items()},
    )


def _kind_of_test(node: Any) -> str | None:
    told = getattr(node, "test_metadata", None)
    return str(told.name) if told else None
