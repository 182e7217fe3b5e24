"""Write contracts/ from the code: one Open Data Contract per raw table, described as its staging model is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from hotdash.base.errors import HotdashError
from hotdash.base.paths import contracts_folder, dbt_project_folder
from hotdash.connectors.contract import RawKind, RawTable
from hotdash.connectors.registry import OURS
from hotdash.governance.lineage.dictionary import only_names
from hotdash.pipeline.ingest.landing import OWN_TABLES, QUARANTINE, SLICE_DAYS, landed_columns
from hotdash.pipeline.ingest.policies import (
    EXCHANGE_RATES,
    METRIC_POLICIES,
    OPERATING_SETTINGS,
    SOURCE,
)
from hotdash.pipeline.ingest.shape import type_name

NOTE = "# Written by `make contracts` from the code: change the code or the staging model's .yml.\n"
API_VERSION = "v3.1.0"
STAMPS = ("shop_id", "load_id", "fetched_at", "is_deleted")
OWN_WORDS = {
    "load_id": "The load that brought the row, which counts once that load is committed.",
    "_extra": "What the vendor sends beyond the known columns, as one JSON object.",
    "payload": "What the vendor sent, as far as it can be shown; persons in it are hidden.",
    "is_deleted": "True for a tombstone, whose other columns are empty.",
}
LOGICAL = {"text": "string", "bigint": "integer", "boolean": "boolean", "date": "date"}


@dataclass(frozen=True)
class Described:
    """What the .yml of its staging model and of its source say of a raw table."""

    table: str = ""
    owner: str = "data"
    columns: Mapping[str, str] = field(default_factory=dict)

    def of(self, table: str, column: str) -> str:
        # Before those of the staging model, which knows committed loads only.
        told = OWN_WORDS.get(column) or self.columns.get(column, "")
        return _telling(f"raw.{table}.{column}", column, told)


@dataclass(frozen=True)
class Subject:
    """One raw table and what is agreed about it."""

    vendor: str
    title: str
    table: RawTable
    columns: Mapping[str, str]
    required: frozenset[str]
    soft: timedelta | None = None
    hard: timedelta | None = None

    @property
    def file(self) -> Path:
        return contracts_folder() / self.vendor / f"{self.table.name}.odcs.yaml"


def subjects() -> Iterator[Subject]:
    """A table that two loaders fill belongs to the first of them."""
    seen: set[str] = set()
    for spec in OURS:
        for table in spec.tables:
            if table.name not in seen:
                seen.add(table.name)
                yield Subject(
                    spec.vendor,
                    spec.title,
                    table,
                    _types(landed_columns(table)),
                    _required(spec.vendor, table),
                    spec.fresh_soft,
                    spec.fresh_hard,
                )
    yield from _own_subjects()


def _own_subjects() -> Iterator[Subject]:
    for table in (METRIC_POLICIES, OPERATING_SETTINGS, EXCHANGE_RATES):
        # A rate that is empty takes back the one told before.
        told = frozenset(table.schema.names) - ({"rate"} if table is EXCHANGE_RATES else set())
        yield Subject(SOURCE, "Hotdash", table, _types(landed_columns(table)), told)
    own = {
        SLICE_DAYS: (("table_name", "day"), ()),
        QUARANTINE: (("table_name",), ("reason", "payload")),
    }
    for name, (key, more) in own.items():
        columns = OWN_TABLES[name]
        table = RawTable(name, RawKind.SLICE, key, pa.schema(list(columns.items())))
        yield Subject(SOURCE, "Hotdash", table, _types(columns), frozenset({*key, *more}))


def _types(kinds: Mapping[str, Any]) -> dict[str, str]:
    return {name: type_name(kind) for name, kind in kinds.items()}


def _required(vendor: str, table: RawTable) -> frozenset[str]:
    """What makes a record unreadable when it is missing; a tombstone has its key only."""
    required = {*table.key, *table.required}
    name = f"hotdash.connectors.{vendor}.tables"
    module = import_module(name) if find_spec(name) else None
    if hasattr(module, "required_columns"):
        required |= set(module.required_columns(table))
    return frozenset(required)


class UndescribedError(HotdashError):
    """A contract would say nothing of a table or a column, or only its name again."""

    code = "undescribed"


def _telling(place: str, name: str, told: str) -> str:
    if only_names(name, told):
        raise UndescribedError(
            f"{place} has the description {told!r}, which says no more than its name.",
            hint="Say in the .yml of its staging model what it means, in which unit and when it is "
            "empty; what no staging model selects is described in the sources.yml beside it.",
        )
    return told


def described() -> dict[str, Described]:
    """By raw table; a staging model is told by the raw table that it selects from."""
    named: dict[str, Described] = {}
    read: dict[str, Described] = {}
    unselected: dict[str, dict[str, str]] = {}
    for file in sorted((dbt_project_folder() / "models/staging").rglob("*.yml")):
        document = yaml.safe_load(file.read_text()) or {}
        for source in document.get("sources", []):
            unselected |= {table["name"]: _columns_of(table) for table in source["tables"]}
        for model in document.get("models", []):
            sql = file.with_name(f"{model['name']}.sql")
            if sql.is_file():
                raw, is_named = _raw_of(model["name"], sql.read_text())
                (named if is_named else read)[raw] = _said(model, sql.read_text())
    found = read | named
    return {raw: _with(found.get(raw, Described()), more) for raw, more in unselected.items()}


def _raw_of(model: str, sql: str) -> tuple[str, bool]:
    """Its own raw table: the one it is named after, else the only one it reads; none is empty."""
    read = re.findall(r"source\(\s*'\w+'\s*,\s*'(\w+)'\s*\)", sql)
    thing = model.partition("__")[2]
    named = [raw for raw in read if raw.endswith(thing)]
    return (named or (read if len(set(read)) == 1 else [""]))[0], bool(named)


def _said(model: Mapping[str, Any], sql: str) -> Described:
    """What a staging model only calls otherwise is described for both names."""
    columns = _columns_of(model)
    renamed = re.findall(r"^\s*(?:\w+\.)?(\w+) as (\w+),?$", sql, re.MULTILINE)
    columns |= {raw: columns[ours] for raw, ours in renamed if ours in columns}
    owner = model.get("config", {}).get("meta", {}).get("owner", Described.owner)
    return Described(_one_line(model["description"]), owner, columns)


def _columns_of(node: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: _one_line(each["description"]) for each in node.get("columns", [])}


def _with(said: Described, more: Mapping[str, str]) -> Described:
    return replace(said, columns={**said.columns, **more})


def contract(subject: Subject, said: Described, version: str) -> OpenDataContractStandard:
    table = subject.table
    purpose = _telling(f"raw.{table.name}", table.name, said.table)
    document: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"hotdash.raw.{table.name}",
        "name": table.name,
        "version": version,
        "status": "active",
        "domain": subject.vendor,
        "dataProduct": "hotdash raw",
        "description": {
            "purpose": purpose,
            "usage": "Read it through its staging model, which knows the committed loads.",
            "limitations": _limitations(table),
        },
        "team": {"name": said.owner},
        "schema": [_schema(subject, said)],
        "customProperties": [{"property": "rawKind", "value": table.kind.value}],
    }
    if subject.soft and subject.hard:
        document["slaDefaultElement"] = f"{table.name}.fetched_at"
        document["slaProperties"] = [
            _freshness("operational", subject.soft, "Older than this it counts as stale."),
            _freshness("regulatory", subject.hard, "Older than this its marts are not published."),
        ]
    return OpenDataContractStandard(**document)


def _limitations(table: RawTable) -> str:
    if table.name == QUARANTINE:
        return "Append-only: a record that could be read later still stands here."
    if table.kind is RawKind.ENTITY:
        return "Append-only versions: the newest of a key holds, and a tombstone ends it."
    return "Append-only slices: the newest complete reading of a day holds."


def _freshness(driver: str, limit: timedelta, says: str) -> dict[str, Any]:
    minutes = int(limit.total_seconds() // 60)
    return {
        "property": "freshness",
        "value": minutes,
        "unit": "m",
        "driver": driver,
        "description": f"Of the source's complete-through mark. {says}",
    }


def _schema(subject: Subject, said: Described) -> dict[str, Any]:
    table = subject.table
    return {
        "name": table.name,
        "physicalName": f"raw.{table.name}",
        "physicalType": "table",
        "logicalType": "object",
        "description": said.table,
        "dataGranularityDescription": said.table.partition(".")[0] + ".",
        **({"tags": ["pii"]} if table.personal else {}),
        "properties": [
            _property(subject, said, name, kind) for name, kind in subject.columns.items()
        ],
        "quality": [_committed_only(), *(_never_null(name) for name in table.key)],
    }


def _property(subject: Subject, said: Described, name: str, kind: str) -> dict[str, Any]:
    key = ("shop_id", *subject.table.key)
    told: dict[str, Any] = {
        "name": name,
        "physicalName": name,
        "logicalType": LOGICAL.get(kind, "number" if kind.startswith("numeric") else "timestamp"),
        "physicalType": kind,
        "description": said.of(subject.table.name, name),
        "required": name in subject.required or name in STAMPS,
    }
    if name in key:
        told |= {"primaryKey": True, "primaryKeyPosition": key.index(name) + 1}
    if name in subject.table.personal:
        told |= {"classification": "personal", "tags": ["pii"]}
    return told


def _committed_only() -> dict[str, Any]:
    return {
        "name": "only_committed_loads_count",
        "type": "text",
        "description": "A row counts once its load stands as committed in raw.load_events.",
    }


def _never_null(column: str) -> dict[str, Any]:
    return {
        "name": f"{column}_is_there",
        "type": "library",
        "metric": "nullValues",
        "arguments": {"properties": [column]},
        "mustBe": 0,
        "dimension": "completeness",
        "severity": "blocking",
        "description": f"No row without {column}.",
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def next_version(before: OpenDataContractStandard | None, after: OpenDataContractStandard) -> str:
    """What breaks a reader raises the first number, what only adds the second."""
    if before is None or before.version is None:
        return "1.0.0"
    major, minor, patch = (int(part) for part in before.version.split("."))
    old, new = _columns(before), _columns(after)
    if any(new.get(name) != kind for name, kind in old.items()):
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if new.keys() != old.keys() else f"{major}.{minor}.{patch}"


def _columns(known: OpenDataContractStandard) -> dict[str, str]:
    [schema] = known.schema_ or []
    return {str(each.name): str(each.physicalType) for each in schema.properties or []}


def written() -> dict[Path, str]:
    """Every contract as it should stand, with the version that follows from what stands there."""
    said = described()
    pages: dict[Path, str] = {}
    for subject in subjects():
        words = said.get(subject.table.name, Described())
        known = _known(subject.file)
        version = next_version(known, contract(subject, words, "0.0.0"))
        pages[subject.file] = NOTE + contract(subject, words, version).to_yaml()
    return pages


def _known(file: Path) -> OpenDataContractStandard | None:
    return OpenDataContractStandard.from_string(file.read_text()) if file.is_file() else None


def strays(pages: Sequence[Path]) -> list[Path]:
    return sorted(set(contracts_folder().rglob("*.yaml")) - set(pages))


def main() -> None:
    pages = written()
    for file in strays(list(pages)):
        file.unlink()
    for file, text in pages.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


if __name__ == "__main__":
    main()
