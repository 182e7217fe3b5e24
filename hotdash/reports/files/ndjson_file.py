"""NDJSON: one object per row, decimals as text; the first object says what the rows are of."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from hotdash.reports.answer_table import AnswerTable, Value
from hotdash.reports.files.pieces import in_pieces

ABOUT = "about"


def ndjson_file(table: AnswerTable) -> Iterator[bytes]:
    return in_pieces(_lines(table))


def _lines(table: AnswerTable) -> Iterator[bytes]:
    yield _line({ABOUT: [list(fact) for fact in table.facts]})
    names = [column.name for column in table.columns]
    for row in table.rows:
        yield _line(dict(zip(names, map(_plain, row), strict=True)))


def _line(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _plain(cell: Value) -> str | int | bool | None:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else cell
