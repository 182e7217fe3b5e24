"""Rows of statements over one publication: by what was asked, so that another question finds nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, cast

import orjson
from sqlalchemy import TextClause
from sqlalchemy.orm import Session

Rows = Sequence[Mapping[str, Any]]

_READ: Mapping[str, Callable[[Any], object]] = {
    "decimal": Decimal,
    "decimals": lambda values: [Decimal(each) for each in values],
    "day": date.fromisoformat,
    "instant": datetime.fromisoformat,
}
_KINDS: Mapping[object, str] = {
    "decimals": "decimals",
    "integers": "plain",
    **dict.fromkeys((int, str, bool), "plain"),
    Decimal: "decimal",
    date: "day",
    datetime: "instant",
}
_LISTS: Mapping[object, str] = {Decimal: "decimals", int: "integers"}


class KnownRows:
    """Used are those that somebody needed; what is not known is asked of the database and then known."""

    def __init__(self, found: Mapping[str, Rows] | None = None) -> None:
        self._found = dict(found or {})
        self.used: dict[str, Rows] = {}

    def of(self, session: Session, statement: TextClause, asked: Mapping[str, Any]) -> Rows:
        name = _name(statement, asked)
        if name not in self._found:
            self._found[name] = rows_now(session, statement, asked)
        self.used[name] = self._found[name]
        return self.used[name]

    def took(self) -> Mapping[str, Rows]:
        """Those used since the last time."""
        used, self.used = self.used, {}
        return used


def rows_now(session: Session, statement: TextClause, asked: Mapping[str, Any]) -> Rows:
    return [dict(row) for row in session.execute(statement, asked).mappings()]


def written(found: Mapping[str, Rows]) -> str:
    """Without those whose values would not come back as they are: they are asked for again."""
    tables = {name: _table(rows) for name, rows in found.items()}
    return orjson.dumps({name: table for name, table in tables.items() if table}).decode()


def read_back(document: str) -> dict[str, Rows]:
    return {name: _rows(table) for name, table in orjson.loads(document).items()}


def _name(statement: TextClause, asked: Mapping[str, Any]) -> str:
    told = f"{statement.text}|{sorted(asked.items())!r}"
    return sha256(told.encode()).hexdigest()


def _table(rows: Rows) -> dict[str, Any] | None:
    columns = list(rows[0]) if rows else []
    kinds = [_kind_of([row[column] for row in rows]) for column in columns]
    if None in kinds:
        return None
    values = [[_plain(row[column]) for row in rows] for column in columns]
    return {"columns": columns, "kinds": kinds, "values": values}


def _kind_of(values: Sequence[object]) -> str | None:
    """None of values that are not all of one type, or of one that has no way back."""
    types = {_type(value) for value in values if value is not None}
    if len(types) > 1:
        return None
    return _KINDS.get(types.pop()) if types else "plain"


def _type(value: object) -> object:
    """Of the two in the middle, what they are."""
    if isinstance(value, list):
        kinds = {type(each) for each in cast(list[object], value)}
        return _LISTS.get(kinds.pop()) if len(kinds) == 1 else None
    return type(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in cast(list[object], value)]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def _rows(table: Mapping[str, Any]) -> Rows:
    columns = table["columns"]
    values = [
        [None if value is None else _READ[kind](value) for value in each] if kind in _READ else each
        for kind, each in zip(table["kinds"], table["values"], strict=True)
    ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]
