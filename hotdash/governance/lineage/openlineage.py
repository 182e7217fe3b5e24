"""The lineage of one build as OpenLineage events: per model a start and an end, with what each column is made of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import hotdash
from hotdash.base.clock import iso_utc
from hotdash.governance.lineage.graph import ROWS, Edge, LineageGraph, NodeKind, Way

Document = dict[str, Any]
PRODUCER = f"urn:hotdash:{hotdash.__version__}"
"""A name and no address: it is nobody's page, and no fork has to change it."""
_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS = "https://openlineage.io/spec/facets"
_SCHEMA = f"{_FACETS}/1-1-1/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet"
_COLUMNS = f"{_FACETS}/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
_TOLD = f"{_FACETS}/1-0-1/DocumentationDatasetFacet.json#/$defs/DocumentationDatasetFacet"
_STATISTICS = (
    f"{_FACETS}/1-0-2/OutputStatisticsOutputDatasetFacet.json"
    "#/$defs/OutputStatisticsOutputDatasetFacet"
)
_TRANSFORMATIONS: Mapping[Way, tuple[str, str]] = {
    Way.VALUE: ("DIRECT", "TRANSFORMATION"),
    Way.FILTER: ("INDIRECT", "FILTER"),
    Way.JOIN: ("INDIRECT", "JOIN"),
}


@dataclass(frozen=True)
class Built:
    """The build whose models are told, in the names of this installation."""

    build_id: UUID
    started_at: datetime
    finished_at: datetime
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many each model computed, by its name, as far as its engine told."""
    namespace: str = "hotdash"


def events(graph: LineageGraph, built: Built) -> Iterator[Document]:
    """Two per model, in the order of their names."""
    for table, columns in sorted(_models(graph).items()):
        yield _event(table, built, "START", built.started_at, {})
        end = {
            "inputs": _inputs(graph, table, columns, built),
            "outputs": [_output(graph, table, columns, built)],
        }
        yield _event(table, built, "COMPLETE", built.finished_at, end)


def _models(graph: LineageGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        if node.kind is NodeKind.COLUMN and node.name != ROWS:
            found.setdefault(node.table, []).append(node.name)
    return found


def _event(table: str, built: Built, kind: str, at: datetime, more: Document) -> Document:
    return {
        "eventType": kind,
        "eventTime": iso_utc(at),
        "producer": PRODUCER,
        "schemaURL": _EVENT,
        "run": {"runId": str(uuid5(built.build_id, table))},
        "job": {"namespace": built.namespace, "name": table},
        "inputs": [],
        "outputs": [],
        **more,
    }


def _inputs(
    graph: LineageGraph, table: str, columns: Iterable[str], built: Built
) -> list[Document]:
    read = {
        graph.nodes[edge.above].table
        for column in (ROWS, *columns)
        for edge in graph.edges_above(f"{table}.{column}")
    } - {table}
    return [{"namespace": built.namespace, "name": each} for each in sorted(read)]


def _output(graph: LineageGraph, table: str, columns: list[str], built: Built) -> Document:
    facets: Document = {
        "schema": _facet(_SCHEMA, fields=[_field(graph, table, each) for each in columns]),
        "columnLineage": _facet(
            _COLUMNS,
            fields={
                each: {"inputFields": _fields_above(graph, f"{table}.{each}", built)}
                for each in columns
            },
            dataset=_fields_above(graph, f"{table}.{ROWS}", built),
        ),
    }
    described = graph.tables.get(table)
    if described is not None:
        facets["documentation"] = _facet(_TOLD, description=described.description)
    told = {"namespace": built.namespace, "name": table, "facets": facets}
    rows = built.rows.get(table.rpartition(".")[2])
    if rows is not None:
        told["outputFacets"] = {"outputStatistics": _facet(_STATISTICS, rowCount=rows)}
    return told


def _facet(schema: str, **told: Any) -> Document:
    return {"_producer": PRODUCER, "_schemaURL": schema, **told}


def _field(graph: LineageGraph, table: str, column: str) -> Document:
    node = graph.nodes[f"{table}.{column}"]
    told = {"name": column, "type": node.data_type, "description": node.description}
    return {name: value for name, value in told.items() if value}


def _fields_above(graph: LineageGraph, node_id: str, built: Built) -> list[Document]:
    return [
        _input_field(graph, edge, built)
        for edge in graph.edges_above(node_id)
        if graph.nodes[edge.above].name != ROWS
    ]


def _input_field(graph: LineageGraph, edge: Edge, built: Built) -> Document:
    node = graph.nodes[edge.above]
    kind, subtype = _TRANSFORMATIONS[edge.way]
    return {
        "namespace": built.namespace,
        "name": node.table,
        "field": node.name,
        "transformations": [{"type": kind, "subtype": subtype}],
    }
