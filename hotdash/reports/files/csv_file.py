"""CSV: what it is above the rows, and nothing in it that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from hotdash.reports.answer_table import AnswerTable, Value
from hotdash.reports.files.pieces import in_pieces

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_file(table: AnswerTable) -> Iterator[bytes]:
    return in_pieces(_lines(table))


def _lines(table: AnswerTable) -> Iterator[bytes]:
    for name, *told in table.facts:
        yield csv_line([f"# {name}", *told]).encode()
    yield csv_line([column.name for column in table.columns]).encode()
    for row in table.rows:
        yield csv_line(row).encode()


def csv_line(cells: Sequence[Value]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_written(cell) for cell in cells])
    return text.getvalue()


def _written(cell: Value) -> str:
    """Text that a spreadsheet would run as a formula is made plain text; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_DANGEROUS) else cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
