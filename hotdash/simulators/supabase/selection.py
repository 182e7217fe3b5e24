"""What of a table a request asks for: filters, columns, order, and the page of it."""

import csv
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any

from starlette.requests import Request

from hotdash.simulators.supabase import errors
from hotdash.simulators.supabase.tables import Row, Table
from hotdash.simulators.supabase.values import taken_in

MOST_ROWS = 1000
_WORDS = {"select", "order", "limit", "offset", "on_conflict", "columns", "apikey"}
_RANGE = re.compile(r"(?P<first>\d+)-(?P<last>\d*)")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}

Test = Callable[[Row], bool]


@dataclass(frozen=True)
class Selected:
    """`total` counts what the filters let through, before the page was cut."""

    rows: Sequence[Row]
    first: int
    total: int

    def content_range(self, *, counted: bool) -> str:
        span = f"{self.first}-{self.first + len(self.rows) - 1}" if self.rows else "*"
        return f"{span}/{self.total if counted else '*'}"


def select(table: Table, http: Request) -> Selected:
    tests = [
        _test(table, column, text)
        for column, text in http.query_params.multi_items()
        if column not in _WORDS
    ]
    found = [row for row in table.selected() if all(test(row) for test in tests)]
    for column, is_descending, nulls_first in reversed(_order(table, http)):
        found.sort(key=_sorting(column, is_descending, nulls_first))
    offset, limit = _page(http)
    if offset and offset > len(found):
        raise errors.bad_range(offset, len(found))
    columns = _columns(table, http)
    chosen = found[offset : offset + limit]
    return Selected([{c: row[c] for c in columns} for row in chosen], offset, len(found))


def shown(table: Table, rows: Sequence[Row], http: Request) -> list[Row]:
    columns = _columns(table, http)
    return [{column: row[column] for column in columns} for row in rows]


def _columns(table: Table, http: Request) -> list[str]:
    asked = http.query_params.get("select", "*")
    if asked == "*":
        return list(table.columns)
    columns = [column.strip() for column in asked.split(",")]
    table.require(columns)
    return columns


def _test(table: Table, column: str, text: str) -> Test:
    table.require([column])
    is_not = text.startswith("not.")
    name, dot, rest = text.removeprefix("not.").partition(".")
    if not dot:
        raise errors.bad_query(text)
    test = _positive(column, table.columns[column], name, rest, text)
    return (lambda row: row[column] is not None and not test(row)) if is_not else test


def _positive(column: str, kind: str, name: str, rest: str, text: str) -> Test:
    if name == "is" and rest == "null":
        return lambda row: row[column] is None
    if name == "in" and rest.startswith("(") and rest.endswith(")"):
        [parts] = (
            csv.reader([rest[1:-1]], doublequote=False, escapechar="\\", skipinitialspace=True)
            if rest != "()"
            else [[]]
        )
        wanted = [taken_in(kind, part) for part in parts]
        return lambda row: row[column] in wanted
    if name not in _COMPARE:
        raise errors.bad_query(text)
    compare, value = _COMPARE[name], taken_in(kind, rest)
    return lambda row: row[column] is not None and compare(row[column], value)


def _order(table: Table, http: Request) -> list[tuple[str, bool, bool]]:
    told: list[tuple[str, bool, bool]] = []
    for part in filter(None, http.query_params.get("order", "").split(",")):
        column, *words = part.split(".")
        table.require([column])
        if not set(words) <= {"asc", "desc", "nullsfirst", "nullslast"}:
            raise errors.bad_query(part)
        is_descending = "desc" in words
        nulls_first = "nullsfirst" in words or (is_descending and "nullslast" not in words)
        told.append((column, is_descending, nulls_first))
    return told


def _sorting(column: str, is_descending: bool, nulls_first: bool) -> Any:
    def compare(one: Row, other: Row) -> int:
        a, b = one[column], other[column]
        if a is None or b is None:
            side = -1 if nulls_first else 1
            return (a is None) * side - (b is None) * side
        way = (a > b) - (a < b)
        return -way if is_descending else way

    return cmp_to_key(compare)


def _page(http: Request) -> tuple[int, int]:
    """By the address or by the Range header; never more than the project allows, and nobody says so."""
    offset = _number(http, "offset", 0)
    limit = _number(http, "limit", MOST_ROWS)
    asked = _RANGE.fullmatch(http.headers.get("range", "").removeprefix("items="))
    if asked is not None and "limit" not in http.query_params:
        offset = int(asked["first"])
        if asked["last"]:
            limit = int(asked["last"]) - offset + 1
    return offset, min(limit, MOST_ROWS)


def _number(http: Request, name: str, otherwise: int) -> int:
    text = http.query_params.get(name)
    if text is None:
        return otherwise
    if not text.isdecimal():
        raise errors.bad_query(f"{name}={text}")
    return int(text)
