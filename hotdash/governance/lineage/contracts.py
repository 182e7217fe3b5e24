"""The fields of vendors and of our own raw tables, as contracts/ says them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from hotdash.governance.lineage.graph import ENDS, ROWS, Edge, Node, NodeKind, Table
from hotdash.governance.lineage.models import OWN_SOURCE, Parts, one_line, rows_into_columns

Contract = dict[str, Any]
STAMPS = frozenset({"shop_id", "load_id", "fetched_at"})
"""What a load writes on each row is told by no vendor."""


def is_told(node: Node) -> bool:
    """Whether a lineage begins there for somebody, and not for what every load writes beside it."""
    return node.kind in ENDS and node.name not in (ROWS, *STAMPS)


def read_contracts(folder: Path) -> list[Contract]:
    files = sorted(folder.rglob("*.odcs.yaml"))
    return [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]


def contract_parts(contracts: Iterable[Contract]) -> Parts:
    nodes: list[Node] = []
    edges: list[Edge] = []
    tables: list[Table] = []
    for contract in contracts:
        [schema] = contract["schema"]
        table = str(schema["physicalName"])
        nodes += _nodes(contract, schema, table)
        edges += rows_into_columns(table, [str(each["name"]) for each in schema["properties"]])
        tables.append(_table(contract, schema, table))
    return nodes, edges, tables


def _nodes(contract: Contract, schema: Contract, table: str) -> Iterator[Node]:
    vendor, owner = str(contract["domain"]), str(contract["team"]["name"])
    rows = one_line(schema["description"])
    kind, source = _end(vendor, ROWS)
    yield Node(f"{table}.{ROWS}", kind, table, ROWS, rows, "", owner, source=source)
    for told in schema["properties"]:
        kind, source = _end(vendor, told["name"])
        yield Node(
            id=f"{table}.{told['name']}",
            kind=kind,
            table=table,
            name=str(told["name"]),
            description=one_line(told["description"]),
            data_type=str(told["physicalType"]),
            owner=owner,
            is_personal="pii" in told.get("tags", ()),
            source=source,
        )


def _end(vendor: str, column: str) -> tuple[NodeKind, str]:
    if vendor == OWN_SOURCE or column in STAMPS:
        return NodeKind.OWN_FIELD, ""
    return NodeKind.VENDOR_FIELD, vendor


def _table(contract: Contract, schema: Contract, table: str) -> Table:
    limits = {
        str(each["driver"]): int(each["value"])
        for each in contract.get("slaProperties", ())
        if each["property"] == "freshness"
    }
    return Table(
        table,
        one_line(schema["description"]),
        str(contract["team"]["name"]),
        limits.get("operational"),
        limits.get("regulatory"),
    )
