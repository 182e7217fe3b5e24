"""The project's tables, in memory: rows by key, written all or none."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotdash.simulators.supabase import errors
from hotdash.simulators.supabase.values import kind_of, taken_in

Row = dict[str, Any]
Key = tuple[Any, ...]


@dataclass
class Table:
    """`granted` false is a table nobody gave the Data API's roles rights on."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    granted: bool = True
    rows: dict[Key, Row] = field(default_factory=dict[Key, Row])

    def require(self, columns: Iterable[str]) -> None:
        for column in columns:
            if column not in self.columns:
                raise errors.no_column(self.name, column)

    def selected(self) -> list[Row]:
        """In the order of their keys, as far as keys can be ordered."""
        return [self.rows[key] for key in sorted(self.rows, key=lambda key: [str(v) for v in key])]

    def write(self, told: Sequence[Row], *, merge: bool, ignore: bool) -> tuple[list[Row], int]:
        """The rows as they stand after, and how many of them are new; an error changes nothing."""
        after = dict(self.rows)
        met: set[Key] = set()
        written: list[Row] = []
        inserted = 0
        for row in (self._taken(each) for each in told):
            key = self._key_of(row)
            if key in met and merge:
                raise errors.twice_in_one_upsert()
            met.add(key)
            if key not in after:
                inserted += 1
                after[key] = dict.fromkeys(self.columns) | row
            elif merge:
                after[key] = after[key] | row
            elif ignore:
                continue
            else:
                raise errors.taken(self.name, list(self.key), [str(part) for part in key])
            written.append(after[key])
        self.rows = after
        return written, inserted

    def _taken(self, told: Row) -> Row:
        for column in told:
            if column not in self.columns:
                raise errors.no_column_to_write(self.name, column)
        return {name: taken_in(self.columns[name], value) for name, value in told.items()}

    def _key_of(self, row: Row) -> Key:
        for column in self.key:
            if row.get(column) is None:
                raise errors.empty_key(self.name, column)
        return tuple(row[column] for column in self.key)


class Tables:
    def __init__(self) -> None:
        self._tables: dict[str, Table] = {}

    def declare(self, declared: Mapping[str, Any]) -> None:
        """Tables of other names stay as they are; one of the same name begins anew."""
        for name, told in declared.items():
            columns = {column: kind_of(kind) for column, kind in told["columns"].items()}
            key = (told["key"],) if isinstance(told["key"], str) else tuple(told["key"])
            self._tables[name] = Table(name, columns, key, told.get("granted", True))

    def clear(self) -> None:
        self._tables.clear()

    def find(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            near = difflib.get_close_matches(name, self._tables, n=1)
            raise errors.no_table(name, near[0] if near else None)
        return table

    def __iter__(self) -> Any:
        return iter(self._tables.values())
