"""What metrics and tiles read, as nodes and edges of the lineage."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hotdash.governance.lineage.graph import ROWS, Edge, Node, NodeKind, Table, Way
from hotdash.governance.lineage.models import Parts, rows_into_columns
from hotdash.governance.lineage.statements import Reads, trace
from hotdash.insights import metrics, operations
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.registry import Registry
from hotdash.insights.tiles.definition import TileDefinition
from hotdash.storage.appdb.dictionary import table_words

MARTS, SERVED = "marts", "serving.current_"
METRIC, TILE = "metric:", "tile:"
OPERATIONS = "operations"
_STATEMENTS = Path(inspect.getfile(metrics)).parent / "statements"
_COUNTED_BESIDE = "total"
# Lists that a tile makes of a statement which lies elsewhere.
_ELSEWHERE: Mapping[str, Mapping[str, Path]] = {
    "growth": {"way": Path(inspect.getfile(operations)).with_name("growth.sql")}
}

Uses = tuple[list[Node], list[Edge]]


def app_parts() -> Parts:
    """What people do in Hotdash itself is told by nobody else, and ends here."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    tables: list[Table] = []
    for table in table_words():
        told = (table.name, table.description)
        tables.append(Table(*told, OPERATIONS))
        nodes.append(_own(table.name, ROWS, table.description))
        nodes += [
            _own(table.name, each.name, each.description, each.data_type, each.is_personal)
            for each in table.columns
        ]
        edges += rows_into_columns(table.name, [each.name for each in table.columns])
    return nodes, edges, tables


def _own(table: str, name: str, told: str, data_type: str = "", is_personal: bool = False) -> Node:
    kind = NodeKind.OWN_FIELD
    return Node(f"{table}.{name}", kind, table, name, told, data_type, OPERATIONS, is_personal)


def metric_uses(registry: Registry, marts: Mapping[str, Iterable[str]]) -> Uses:
    """Of every metric the newest approved version; marts with their columns."""
    newest = [registry.get(name) for name in sorted({metric.name for metric in registry})]
    names = frozenset(metric.name for metric in newest)
    nodes = [_metric_node(metric) for metric in newest]
    return nodes, [edge for metric in newest for edge in _metric_edges(metric, names, marts)]


def tile_uses(tiles: Iterable[TileDefinition]) -> Uses:
    """Every number of a tile's answer: the headline, those beside it, and the cells of its lists."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for tile in tiles:
        for node, made_of in _shown(tile):
            nodes.append(node)
            edges += [Edge(above, node.id, way) for above, way in made_of]
    return nodes, edges


def _metric_node(metric: Metric) -> Node:
    return Node(
        f"{METRIC}{metric.name}",
        NodeKind.METRIC,
        metric.name,
        metric.name,
        " ".join(metric.definition.split()),
        metric.unit.value,
        metric.owner,
    )


def _metric_edges(
    metric: Metric, names: frozenset[str], marts: Mapping[str, Iterable[str]]
) -> Iterator[Edge]:
    below = f"{METRIC}{metric.name}"
    if metric.statement is not None:
        # As the query reads it: a component that is called like another metric is that metric.
        others = (names - {metric.name}) & metric.components.keys()
        read = _read_file(_STATEMENTS / f"{metric.statement}.sql")
        yield from _edges(below, read, metric.components.keys() - others)
        yield from (Edge(f"{METRIC}{other}", below, Way.VALUE) for other in others)
        return
    for mart in metric.marts:
        columns = frozenset(marts[mart])
        way = Way.VALUE if mart == metric.mart else Way.SPLIT
        for component in metric.components:
            column = metric.column(mart, component)
            if column in columns:
                yield Edge(f"{MARTS}.{mart}.{column}", below, way)
            elif component in names and mart == metric.mart:
                yield Edge(f"{METRIC}{component}", below, Way.VALUE)
        yield from _chosen(metric, mart, below)
    yield from _split(metric, marts, below)


def _chosen(metric: Metric, mart: str, below: str) -> Iterator[Edge]:
    """Flags that must be true where the number is read; elsewhere they only serve a split."""
    way = Way.FILTER if mart == metric.mart else Way.SPLIT
    reading = metric.reads.get(mart)
    for flag in reading.only if reading else ():
        yield Edge(f"{MARTS}.{mart}.{flag}", below, way)
    if metric.models is not None:
        for column in metric.models.columns.values():
            yield Edge(f"{MARTS}.{mart}.{column}", below, Way.SPLIT)


def _split(metric: Metric, marts: Mapping[str, Iterable[str]], below: str) -> Iterator[Edge]:
    for dimension in metric.dimensions:
        mart = metric.splits.get(dimension, metric.mart or "")
        column = metric.column(mart, dimension)
        if column in frozenset(marts[mart]):
            yield Edge(f"{MARTS}.{mart}.{column}", below, Way.SPLIT)


def _shown(tile: TileDefinition) -> Iterator[tuple[Node, list[tuple[str, Way]]]]:
    door = f"GET /api/v1/tiles/{tile.name}"
    headline = f"The headline of {tile.title}; field value of {door}."
    yield _field(tile, "value", headline), [(f"{METRIC}{tile.metric}", Way.VALUE)]
    for beside in tile.context:
        told = f"{beside.metric} beside the headline of {tile.title}; field context of {door}."
        yield (
            _field(tile, f"context.{beside.metric}", told),
            [(f"{METRIC}{beside.metric}", Way.VALUE)],
        )
    for name, file in _lists(tile).items():
        traced = _read_file(file)
        for column, reads in traced.items():
            if column not in (_COUNTED_BESIDE, ROWS):
                told = f"{column} in the list {name} of {tile.title}; field lists of {door}."
                made_of = [*_served(reads | traced[ROWS])]
                yield _field(tile, f"lists.{name}.{column}", told), made_of


def _field(tile: TileDefinition, name: str, told: str) -> Node:
    return Node(f"{TILE}{tile.name}.{name}", NodeKind.SHOWN, tile.name, name, told)


def _lists(tile: TileDefinition) -> dict[str, Path]:
    folder = Path(inspect.getfile(tile.load)).parent
    beside = {file.stem: file for file in sorted(folder.glob("*.sql"))}
    return {**beside, **_ELSEWHERE.get(tile.name, {})}


def _read_file(file: Path) -> dict[str, Reads]:
    """Its columns, and under * what says which rows it finds."""
    traced = trace(file.read_text(encoding="utf-8"), "postgres", {}, file.name)
    return {**traced.columns, ROWS: traced.rows}


def _edges(below: str, read: Mapping[str, Reads], columns: Iterable[str]) -> Iterator[Edge]:
    for name in (*columns, ROWS):
        for above, way in _served(read.get(name, frozenset())):
            yield Edge(above, below, way)


def _served(reads: Reads) -> Iterator[tuple[str, Way]]:
    """What is served of a mart is the mart's."""
    for read in reads:
        table = read.table
        if table.startswith(SERVED):
            table = f"{MARTS}.{table.removeprefix(SERVED)}"
        yield f"{table}.{read.column}", read.way
