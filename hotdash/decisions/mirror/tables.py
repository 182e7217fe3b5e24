"""The project's tables held against ours, before a row is written to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED, MirroredTable, tables_sql

_KEY_MARK = "<pk/>"
# What holds every value of ours as well.
_WIDER = {
    "text": {"character varying"},
    "integer": {"bigint"},
    "jsonb": {"json"},
}


@dataclass(frozen=True, slots=True)
class TableDifference:
    """`foreign` are columns we do not know; they matter where a row needs a value in them."""

    table: str
    is_missing: bool = False
    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    key: tuple[str, ...] | None = None

    @property
    def sentence(self) -> str:
        if self.is_missing:
            return f"The table {self.table} is missing."
        told = [f"lacks {', '.join(self.missing)}"] if self.missing else []
        if self.foreign:
            told.append(f"has {', '.join(self.foreign)}, which we do not know")
        told += [f"has {each}" for each in self.kinds]
        if self.key is not None:
            told.append(f"has the key ({', '.join(self.key)})")
        return f"The table {self.table} {'; '.join(told)}."


def differences(document: object) -> list[TableDifference]:
    """What keeps our rows out, of the OpenAPI document that the project gives."""
    definitions = _part(document, "definitions")
    found = (_difference(table, definitions.get(table.name)) for table in MIRRORED.values())
    return [each for each in found if each is not None]


def mending_sql(found: Sequence[TableDifference]) -> str:
    """What stands in the way is kept under another name."""
    return tables_sql(moved=[each.table for each in found if not each.is_missing])


def _difference(table: MirroredTable, told: object) -> TableDifference | None:
    if told is None:
        return TableDifference(table.name, is_missing=True)
    known = {name: _part(each) for name, each in _part(told, "properties").items()}
    required = {
        name
        for name in cast("Sequence[str]", _part(told).get("required", ()))
        if "default" not in known.get(name, {})
    }
    foreign = tuple(name for name in known if name not in table.columns)
    missing = tuple(name for name in table.columns if name not in known)
    kinds = tuple(
        f"{name} as {known[name].get('format')} instead of {kind}"
        for name, kind in table.columns.items()
        if name in known and not _holds(kind, str(known[name].get("format", "")))
    )
    key = tuple(name for name, each in known.items() if _KEY_MARK in each.get("description", ""))
    other_key = key if set(key) != set(table.key) else None
    if not (missing or kinds or other_key is not None or set(foreign) & required):
        return None
    return TableDifference(table.name, missing=missing, foreign=foreign, kinds=kinds, key=other_key)


def _holds(kind: str, told: str) -> bool:
    return told == kind or told in _WIDER.get(kind, ())


def _part(document: object, name: str | None = None) -> Mapping[str, Any]:
    """Whatever is there instead counts as empty: then everything is missing."""
    if not isinstance(document, Mapping):
        return {}
    told = cast("Mapping[str, Any]", document)
    return told if name is None else _part(told.get(name))
