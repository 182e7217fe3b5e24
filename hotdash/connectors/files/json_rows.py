"""Lists inside JSON columns as rows of their own, whole columns at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from hotdash.connectors.arrow import array, compute, read_json, table, together, whole
from hotdash.connectors.files.layouts import Layout
from hotdash.connectors.files.parts import DELETED, ROOT, SYNCED, Family, Kind, Part
from hotdash.connectors.records import FLAG, TEXT

# Numbers and the texts of numbers alike, exactly as written.
_NUMBER = pa.decimal128(38, 18)
_TYPES = {
    Kind.ID: _NUMBER,
    Kind.COUNT: _NUMBER,
    Kind.UNITS: _NUMBER,
    Kind.MONEY: _NUMBER,
    Kind.NUMBER: _NUMBER,
    Kind.RATE: _NUMBER,
    Kind.FLAG: FLAG,
    Kind.INSTANT: TEXT,
    Kind.TEXT: TEXT,
    Kind.WORD: TEXT,
}
_ROWS_AT_ONCE = 5_000
_PARENT, _ELEMENT = "^", "."


class UnfitJsonError(ValueError):
    """A JSON column that is not what it should be."""


@dataclass(frozen=True)
class Exploded:
    """The rows of each nested part, and the roots whose JSON nobody can read, with the reason."""

    parts: dict[str, pa.Table]
    refused: list[tuple[Any, str]]


@dataclass(frozen=True)
class JsonColumns:
    """The columns of one table of a family that hold what belongs to its rows."""

    layout: Layout
    family: Family
    owner: str

    @property
    def lists(self) -> dict[str, Part]:
        """By column of the table, the part that lies in it."""
        return {
            nested.column: part
            for part in self.family.children
            if (nested := self.layout.nested.get(part.name)) and nested.inside == self.owner
        }

    def explode(self, owners: pa.Table) -> Exploded:
        """A chunk that cannot be read is halved until the rows to blame stand alone."""
        pieces: dict[str, list[pa.Table]] = {
            part.name: [] for part in self.family.children if part.name in self.layout.nested
        }
        refused: list[tuple[Any, str]] = []
        for start in range(0, max(owners.num_rows, 1), _ROWS_AT_ONCE):
            self._chunk(owners.slice(start, _ROWS_AT_ONCE), pieces, refused)
        return Exploded({name: together(found) for name, found in pieces.items() if found}, refused)

    def _chunk(
        self,
        owners: pa.Table,
        pieces: dict[str, list[pa.Table]],
        refused: list[tuple[Any, str]],
    ) -> None:
        try:
            found = self._exploded(owners)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnfitJsonError) as error:
            if owners.num_rows == 1:
                told = str(error).splitlines()[0]
                refused.append((owners.column(ROOT)[0].as_py(), told))
                return
            middle = owners.num_rows // 2
            self._chunk(owners.slice(0, middle), pieces, refused)
            self._chunk(owners.slice(middle), pieces, refused)
        else:
            for name, data in found.items():
                pieces[name].append(data)

    def _exploded(self, owners: pa.Table) -> dict[str, pa.Table]:
        found: dict[str, pa.Table] = {}
        for column, part in self.lists.items():
            if column in owners.column_names:
                lists = self._lists(whole(owners.column(column)), part)
                self._unfold(owners, lists, part, found)
        return found

    def _lists(self, column: Any, part: Part) -> Any:
        """JSON text is read; a column that is a list already is taken as it is."""
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return column
        shape = pa.schema([("v", pa.list_(self._shape(part)))])
        return whole(read_json_column(column.cast(TEXT), shape))

    def _shape(self, part: Part) -> pa.DataType:
        nested = self.layout.nested[part.name]
        kinds = {field.name: field.kind for field in part.fields}
        told: dict[str, pa.DataType] = {}
        for field, names in nested.fields.items():
            if names[0] == _ELEMENT:
                return _TYPES[kinds[field]]
            if not names[0].startswith(_PARENT):
                outer, kind = _wrapped(names[0], _TYPES[kinds[field]])
                told[outer] = _both(told[outer], kind) if outer in told else kind
        for child in self._inside(part):
            told[self.layout.nested[child.name].column] = pa.list_(self._shape(child))
        return pa.struct(list(told.items()))

    def _inside(self, part: Part) -> list[Part]:
        return [
            child
            for child in self.family.children
            if (nested := self.layout.nested.get(child.name)) and nested.inside == part.name
        ]

    def _unfold(
        self, parents: pa.Table, lists: Any, part: Part, found: dict[str, pa.Table]
    ) -> None:
        """The elements become rows under the root and the marks of the row they lie in."""
        nested = self.layout.nested[part.name]
        elements = compute.list_flatten(lists)
        owners = compute.list_parent_indices(lists)
        carried = {
            name: compute.take(whole(parents.column(name)), owners)
            for name in (ROOT, SYNCED, DELETED)
        }
        columns: dict[str, Any] = {}
        for field, names in nested.fields.items():
            if names[0].startswith(_PARENT):
                if (known := names[0][1:]) in parents.column_names:
                    columns[field] = compute.take(whole(parents.column(known)), owners)
            elif (value := _picked(elements, names[0])) is not None:
                columns[field] = value
        data = table({**columns, **carried})
        found[part.name] = data
        for child in self._inside(part):
            inner = _picked(elements, self.layout.nested[child.name].column)
            if inner is not None:
                self._unfold(data, inner, child, found)


def read_json_column(column: Any, shape: pa.Schema) -> Any:
    """One JSON text per row, read under the key `v`; as many rows come out as went in."""
    if not len(column):
        return shape.empty_table().column("v")
    # Line ends are only between values in JSON; here they are between rows.
    text = compute.replace_substring_regex(compute.fill_null(column, "null"), r"[\r\n]", " ")
    lines = compute.binary_join_element_wise('{"v":', text, "}\n", "")
    content = compute.binary_join(array_of_one(lines), "")[0].as_buffer()
    read = read_json(content, shape)
    if read.num_rows != len(column):
        raise UnfitJsonError("not one JSON value")
    return read.column("v")


def array_of_one(values: Any) -> Any:
    """All values as one list, for what joins the elements of a list."""
    list_array: Any = pa.ListArray
    return list_array.from_arrays(array([0, len(values)], pa.int32()), values)


def _wrapped(path: str, kind: pa.DataType) -> tuple[str, pa.DataType]:
    outer, *inner = path.split(".")
    for name in reversed(inner):
        kind = pa.struct([(name, kind)])
    return outer, kind


def _both(first: pa.DataType, second: pa.DataType) -> pa.DataType:
    """Two fields of one object: it has both."""
    fields: Any = (*cast(Any, first), *cast(Any, second))
    return pa.struct({each.name: each for each in fields}.values())


def _picked(elements: Any, path: str) -> Any:
    """The values at a dotted path of struct elements; nothing where the shape lacks it."""
    for name in [] if path == _ELEMENT else path.split("."):
        kind: Any = elements.type
        if not pa.types.is_struct(kind) or kind.get_field_index(name) < 0:
            return None
        elements = compute.struct_field(elements, [name])
    return elements


def json_value(column: Any, path: Sequence[str], kind: Kind) -> Any:
    """One value inside each JSON object of a column."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        _, shape = _wrapped(".".join(("v", *path)), _TYPES[kind])
        column = whole(read_json_column(column.cast(TEXT), pa.schema([("v", shape)])))
    return _picked(column, ".".join(path))
