"""One family as its loader left it: found, narrowed to what changed, typed; what does not fit is put aside."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from hotdash.connectors.arrow import (
    array,
    columns_of,
    compute,
    looked_up,
    numbers,
    only,
    repeated,
    table,
    together,
    whole,
)
from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.files.client import Tables
from hotdash.connectors.files.json_rows import JsonColumns, json_value
from hotdash.connectors.files.layouts import Layout, Source
from hotdash.connectors.files.parts import DELETED, ROOT, SYNCED, Family, Field, Kind, Part
from hotdash.connectors.files.values import KINDS, fit
from hotdash.connectors.records import FLAG, INSTANT, WHOLE

_HIDDEN = "***"


@dataclass(frozen=True)
class Place:
    """A loader's tables: how it lays them out, and what it puts before and after their names."""

    tables: Tables
    layout: Layout
    prefix: str = ""
    suffix: str = ""

    def name_of(self, source: Source) -> str | None:
        """As it is written there; whether in capitals does not matter."""
        wanted = f"{self.prefix}{source.table}{self.suffix}".lower()
        return next((name for name in self.tables.names() if name.lower() == wanted), None)

    def has(self, part: str) -> bool:
        source = self.layout.sources.get(part)
        return source is not None and self.name_of(source) is not None

    def absent(self) -> list[Source]:
        return [each for each in self.layout.sources.values() if self.name_of(each) is None]

    def missing(self) -> list[str]:
        """Those nothing goes without."""
        return [
            f"{self.prefix}{source.table}{self.suffix}" for source in self.absent() if source.needed
        ]


@dataclass(frozen=True)
class Refusal:
    """An entity that cannot be kept, and why; the value stands there unless it tells who a person is."""

    root: int | None
    reason: str
    payload: str


@dataclass(frozen=True)
class Loaded:
    """Typed rows of the entities asked for, each part with the id of its root; and those that are gone."""

    parts: Mapping[str, pa.Table]
    deleted: Sequence[int]
    refusals: Sequence[Refusal]


@dataclass
class FamilyReading:
    place: Place
    family: Family
    minor_digits: int
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    refused: set[int] = field(default_factory=set[int])
    unknown_columns: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def load(self, since: Mapping[str, datetime] | None, roots: Sequence[int] | None) -> Loaded:
        """Everything, what the loader wrote since then, or these entities only."""
        parts: dict[str, pa.Table] = {}
        for part in self.family.parts:
            if part is self.family.root or self.place.has(part.name):
                keyed = self._keyed(part, self._read(part))
                is_root = part is self.family.root
                parts[part.name] = _newest(keyed, ("id",) if is_root else part.unique)
        self._rooted(parts)
        wanted = self._wanted(parts, since, roots)
        parts = {name: _of_roots(data, wanted) for name, data in parts.items()}
        for name in list(parts):
            parts |= self._exploded(name, parts[name])
        return self._typed(parts)

    def _exploded(self, owner: str, data: pa.Table) -> dict[str, pa.Table]:
        nested = JsonColumns(self.place.layout, self.family, owner)
        if not nested.lists:
            return {}
        exploded = nested.explode(data)
        for root, reason in exploded.refused:
            self._refuse(root, f"{owner}: {reason}", {})
        return {
            part.name: self._keyed(part, exploded.parts[part.name])
            for part in self.family.children
            if part.name in exploded.parts
        }

    def _read(self, part: Part) -> pa.Table:
        """Under our names, the loader's own marks beside them; values as the loader typed them."""
        source = self.place.layout.sources[part.name]
        name = self.place.name_of(source)
        if name is None:
            raise VendorAnswerError(
                f"There is no table {self.place.prefix}{source.table}{self.place.suffix}.",
                hint="Let the loader sync it too; see docs/guides/connect-files.md for all.",
            )
        written = {each.lower(): each for each in self.place.tables.columns(name)}
        chosen = self._chosen(part, source, name, written)
        lists = [
            nested.column
            for nested in self.place.layout.nested.values()
            if nested.inside == part.name and nested.column in written
        ]
        synced = _first(self.place.layout.synced, written)
        deleted = _first(self.place.layout.deleted, written)
        if synced is None:
            raise VendorAnswerError(
                f"The table {name} has no column {' or '.join(self.place.layout.synced)}.",
                hint="It tells what is new; a copy of the table has to keep it.",
            )
        wanted = {written[path.split(".")[0]] for path in chosen.values()}
        wanted |= {mark for mark in (synced, deleted) if mark} | {written[each] for each in lists}
        data = self.place.tables.read(name, sorted(wanted))
        self._note_unknown(name, source, written, chosen, lists)
        columns = {
            each.name: _value(data, written, chosen[each.name], each)
            for each in part.fields
            if each.name in chosen
        }
        columns |= {each: data.column(written[each]) for each in lists}
        size = data.num_rows
        columns[SYNCED] = _instants(data.column(synced), name)
        columns[DELETED] = _gone(data.column(deleted) if deleted else None, size)
        return table(columns)

    def _chosen(
        self, part: Part, source: Source, name: str, written: Mapping[str, str]
    ) -> dict[str, str]:
        chosen: dict[str, str] = {}
        for wanted in part.fields:
            names = source.fields.get(wanted.name, ())
            path = next((each for each in names if each.split(".")[0] in written), None)
            if path is not None:
                chosen[wanted.name] = path
            elif not wanted.optional:
                raise VendorAnswerError(
                    f"The table {name} has no column {' or '.join(names)}.",
                    hint="Unblock the column in the loader and let it sync the table again.",
                )
        return chosen

    def _note_unknown(
        self,
        name: str,
        source: Source,
        written: Mapping[str, str],
        chosen: Mapping[str, str],
        lists: Sequence[str],
    ) -> None:
        marks = {*self.place.layout.synced, *self.place.layout.deleted, *lists}
        known = {each for names in source.fields.values() for each in names} | marks
        known |= {path.split(".")[0] for path in chosen.values()}
        unknown = [each for each in written if each not in known and not source.is_ignored(each)]
        if unknown:
            self.unknown_columns[name] = sorted(unknown)

    def _keyed(self, part: Part, data: pa.Table) -> pa.Table:
        """Ids and the parent's ids as whole numbers; a row without any cannot be placed."""
        keys = [name for name in ("id" if part.has_id else "", part.parent_key) if name]
        for name in keys:
            if name not in data.column_names:
                continue
            fitted = fit(Kind.ID, data.column(name), self.minor_digits)
            bad = compute.or_(fitted.bad, compute.is_null(fitted.values))
            for place in _places(bad):
                value = data.column(name)[place].as_py()
                reason = f"{part.name}.{name}: {value!r} is no id"
                self.refusals.append(Refusal(None, reason, json.dumps({name: str(value)})))
            index = data.column_names.index(name)
            data = only(data.set_column(index, name, fitted.values), compute.invert(bad))
        if part is self.family.root:
            data = data.append_column(ROOT, data.column("id"))
        return data

    def _rooted(self, parts: dict[str, pa.Table]) -> None:
        """Each row gets the id of the entity it belongs to; one whose parent never came waits for it."""
        for part in self.family.children:
            if part.name not in parts or part.parent is None:
                continue
            data, parent = parts.pop(part.name), parts.get(part.parent)
            if parent is not None:
                known = parent.column("id")
                root = looked_up(data.column(part.parent_key), known, parent.column(ROOT))
                data = data.append_column(ROOT, root)
                parts[part.name] = only(data, compute.is_valid(data.column(ROOT)))

    def _wanted(
        self,
        parts: Mapping[str, pa.Table],
        since: Mapping[str, datetime] | None,
        roots: Sequence[int] | None,
    ) -> Any:
        if roots is not None:
            return array(roots, WHOLE)
        if since is None:
            return None
        changed = [
            only(data, compute.greater(data.column(SYNCED), pa.scalar(since[name], INSTANT)))
            .column(ROOT)
            .combine_chunks()
            if name in since
            else whole(data.column(ROOT))
            for name, data in parts.items()
        ]
        return compute.unique(whole(together([table({"r": each}) for each in changed]).column("r")))

    def _typed(self, parts: Mapping[str, pa.Table]) -> Loaded:
        root = parts[self.family.name]
        gone: Any = only(root, root.column(DELETED)).column(ROOT)
        deleted: set[int] = set(gone.to_pylist())
        present = {
            part.name: only(parts[part.name], compute.invert(parts[part.name].column(DELETED)))
            for part in self.family.parts
            if part.name in parts
        }
        typed = {
            part.name: self._fitted(part, present[part.name])
            for part in self.family.parts
            if part.name in present
        }
        unfit = array(sorted(self.refused | deleted), WHOLE)
        kept = {
            name: only(data, compute.invert(compute.is_in(data.column(ROOT), value_set=unfit)))
            for name, data in typed.items()
        }
        return Loaded(kept, sorted(deleted), self.refusals)

    def _fitted(self, part: Part, data: pa.Table) -> pa.Table:
        columns: dict[str, Any] = {ROOT: data.column(ROOT)}
        for each in part.fields:
            if each.name not in data.column_names:
                columns[each.name] = repeated(None, KINDS[each.kind], data.num_rows)
                continue
            column = data.column(each.name)
            fitted = fit(each.kind, column, self.minor_digits)
            columns[each.name] = fitted.values
            for place in _places(fitted.bad):
                self._refuse_value(part, each, data, place, f"is not {_ARTICLES[each.kind]}")
            if each.required:
                empty = compute.and_(compute.is_null(whole(column)), True)
                for place in _places(empty):
                    self._refuse_value(part, each, data, place, "is empty")
        return table(columns)

    def _refuse_value(
        self, part: Part, each: Field, data: pa.Table, place: int, reason: str
    ) -> None:
        value = data.column(each.name)[place]
        shown = _HIDDEN if each.personal else _shown(value)
        told = shown if reason == "is empty" else f"{shown} {reason}"
        said = "is empty" if reason == "is empty" else told
        root = data.column(ROOT)[place].as_py()
        known = {"part": part.name, "column": each.name, "value": shown}
        self._refuse(root, f"{part.name}.{each.name} {said}", known)

    def _refuse(self, root: int, reason: str, payload: Mapping[str, Any]) -> None:
        """The whole entity, once: half of it would count wrongly."""
        if root not in self.refused:
            self.refused.add(root)
            told = json.dumps({"id": root, **payload}, ensure_ascii=False)
            self.refusals.append(Refusal(root, reason, told))


_ARTICLES: Mapping[Kind, str] = {
    Kind.ID: "an id",
    Kind.COUNT: "a whole number",
    Kind.UNITS: "a whole number",
    Kind.MONEY: "an amount of money",
    Kind.NUMBER: "a number",
    Kind.RATE: "a rate",
    Kind.FLAG: "true or false",
    Kind.INSTANT: "an instant",
    Kind.TEXT: "a text that can be kept",
    Kind.WORD: "a word that can be kept",
}


def _first(names: Sequence[str], written: Mapping[str, str]) -> str | None:
    return next((written[name] for name in names if name in written), None)


def _value(data: pa.Table, written: Mapping[str, str], path: str, each: Field) -> Any:
    outer, *inner = path.split(".")
    column = data.column(written[outer])
    return json_value(whole(column), inner, each.kind) if inner else column


def _instants(column: Any, name: str) -> Any:
    fitted = fit(Kind.INSTANT, column, 0)
    if compute.any(fitted.bad).as_py() or fitted.values.null_count:
        raise VendorAnswerError(
            f"The loader's own mark of when it wrote a row is not an instant everywhere in {name}.",
            hint="Copy the table as the loader wrote it.",
        )
    return fitted.values


def _gone(column: Any, size: int) -> Any:
    """True, or an instant: either way the vendor has it no longer."""
    if column is None:
        return repeated(False, FLAG, size)
    column = whole(column)
    if pa.types.is_boolean(column.type):
        return compute.fill_null(column, False)
    return compute.is_valid(column)


def _newest(data: pa.Table, unique: Sequence[str]) -> pa.Table:
    """One row per key: loaders that only append leave several, the one written last counts."""
    key = [name for name in unique if name in data.column_names]
    if not key or columns_of(data, key).group_by(key).aggregate([]).num_rows == data.num_rows:
        return data
    ordered: Any = columns_of(data, [*key, SYNCED]).append_column("place", numbers(data.num_rows))
    ordered = ordered.sort_by([(SYNCED, "ascending"), ("place", "ascending")])
    last = ordered.group_by(key, use_threads=False).aggregate([("place", "last")])
    found: Any = data
    return found.take(last.column("place_last").sort())


def _of_roots(data: pa.Table, wanted: Any) -> pa.Table:
    if wanted is None:
        return data
    return only(data, compute.is_in(data.column(ROOT), value_set=wanted))


def _places(marked: Any) -> Iterator[int]:
    if compute.any(marked).as_py():
        yield from compute.indices_nonzero(marked).to_pylist()


def _shown(value: Any) -> str:
    try:
        text = repr(value.as_py())
    except UnicodeDecodeError:
        text = "a text that is not UTF-8"
    return text if len(text) <= 80 else f"{text[:77]}..."
