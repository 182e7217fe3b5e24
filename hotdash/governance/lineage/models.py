"""Tables and columns of the warehouse and what each is made of, from dbt's manifest and its compiled statements."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from hotdash.governance.lineage.graph import ROWS, Edge, Node, NodeKind, Table, Way
from hotdash.governance.lineage.statements import Reads, StatementError, Traced, trace

OWN_SOURCE = "hotdash"
Parts = tuple[list[Node], list[Edge], list[Table]]


def model_parts(
    manifest: Any, compiled: Mapping[str, str], known: Mapping[str, list[str]], only_says_when: str
) -> Parts:
    """compiled by dbt's own ids; known are the columns of raw tables; models of the prefix make no figure."""
    seeds = [node for node in manifest.nodes.values() if node.resource_type == "seed"]
    ours = [*seeds, *_own_tables(manifest, known)]
    columns = {**known, **{table_name(each): [*each.columns] for each in ours}}
    nodes = [node for each in ours for node in _nodes(each, NodeKind.OWN_FIELD, each.columns)]
    edges = [edge for each in ours for edge in rows_into_columns(table_name(each), each.columns)]
    tables = [_table(each) for each in ours]
    for unique_id in _in_order(manifest):
        model = manifest.nodes[unique_id]
        name = table_name(model)
        traced = _traced(name, compiled[unique_id], columns)
        columns[name] = [*traced.columns]
        if model.name.startswith(only_says_when):
            continue
        nodes += _nodes(model, NodeKind.COLUMN, traced.columns)
        edges += _model_edges(name, traced, only_says_when)
        tables.append(_table(model))
    return nodes, edges, tables


def _own_tables(manifest: Any, known: Mapping[str, list[str]]) -> Iterator[Any]:
    """Raw tables of our own that no contract is about."""
    for source in manifest.sources.values():
        if source.source_name == OWN_SOURCE and table_name(source) not in known:
            yield source


def table_name(node: Any) -> str:
    """A source has an identifier where everything that dbt makes has an alias."""
    short = node.identifier if node.resource_type == "source" else node.alias
    return f"{node.schema}.{short}".lower()


def one_line(text: object) -> str:
    return " ".join(str(text or "").split())


def rows_into_columns(table: str, columns: Iterable[str]) -> Iterator[Edge]:
    """Every column of a table is there as often as its rows are."""
    for column in columns:
        yield Edge(f"{table}.{ROWS}", f"{table}.{column}", Way.FILTER)


def _in_order(manifest: Any) -> Iterator[str]:
    models = {
        unique_id: {each for each in node.depends_on.nodes if each.startswith("model.")}
        for unique_id, node in manifest.nodes.items()
        if node.resource_type == "model"
    }
    yield from TopologicalSorter(models).static_order()


def _traced(name: str, sql: str, columns: Mapping[str, list[str]]) -> Traced:
    traced = trace(sql, "duckdb", columns, name)
    if traced.unresolved:
        raise StatementError(
            f"The statement of {name} names {', '.join(sorted(traced.unresolved))}, which is of no "
            "table it reads.",
            hint="Write the table before the column.",
        )
    return traced


def _table(node: Any) -> Table:
    return Table(table_name(node), one_line(node.description), _owner(node))


def _owner(node: Any) -> str:
    return str(node.meta.get("owner", ""))


def _nodes(node: Any, kind: NodeKind, columns: Iterable[str]) -> Iterator[Node]:
    table = table_name(node)
    rows = one_line(node.description)
    yield Node(f"{table}.{ROWS}", kind, table, ROWS, rows, "", _owner(node))
    for column in columns:
        told = node.columns.get(column)
        yield Node(
            id=f"{table}.{column}",
            kind=kind,
            table=table,
            name=column,
            description=one_line(told.description if told else ""),
            data_type=str((told.data_type if told else "") or ""),
            owner=_owner(node),
            is_personal=bool(told and told.meta.get("pii")),
            is_published="published_as" in node.meta,
        )


def _model_edges(table: str, traced: Traced, only_says_when: str) -> Iterator[Edge]:
    yield from rows_into_columns(table, traced.columns)
    for column, reads in (*traced.columns.items(), (ROWS, traced.rows)):
        yield from edges_of(f"{table}.{column}", reads, only_says_when)


def edges_of(below: str, reads: Reads, only_says_when: str) -> Iterator[Edge]:
    for read in reads:
        if not read.table.rpartition(".")[2].startswith(only_says_when):
            yield Edge(f"{read.table}.{read.column}", below, read.way)
