"""The fields of vendors and of our own raw tables, as contracts/ says them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from hotdash.governance.lineage.graph import ROWS, Edge, Node, NodeKind, Table
from hotdash.governance.lineage.models import OWN_SOURCE, Parts, one_line, rows_into_columns

Contract = dict[str, Any]


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
    kind = NodeKind.OWN_FIELD if vendor == OWN_SOURCE else NodeKind.VENDOR_FIELD
    source = "" if vendor == OWN_SOURCE else vendor
    rows = one_line(schema["description"])
    yield Node(f"{table}.{ROWS}", kind, table, ROWS, rows, "", owner, source=source)
    for told in schema["properties"]:
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
