"""Excel: the rows on one sheet with the formats of their money, what they are of on a second."""

import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, cast

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from hotdash.reports.answer_table import AnswerTable, Column, Kind, Value

DATA, ABOUT = "Data", "About"
_MOST_DIGITS = 15
_PIECE = 64 * 1024
_WIDTH, _NARROW, _WIDE = 14, 8, 40
# A cell of text that looks like a formula or an address stays text.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def excel_file(table: AnswerTable) -> Iterator[bytes]:
    """A workbook is a zip, whose parts are known when all rows are: written to disk, then sent."""
    with tempfile.TemporaryFile() as file:
        book = cast(Any, xlsxwriter).Workbook(file, _OPTIONS)
        _write_data(book, table)
        _write_about(book, table)
        book.close()
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _write_data(book: Any, table: AnswerTable) -> None:
    sheet = book.add_worksheet(DATA)
    heading = book.add_format({"bold": True, "bottom": 1})
    formats = [book.add_format({"num_format": number_format(each)}) for each in table.columns]
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _WIDE if column.name == "reason" else _WIDTH)
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, column.name, heading)
    for number, row in enumerate(table.rows, start=1):
        for at, cell in enumerate(row):
            _write(sheet, number, at, cell, formats[at])


def _write(sheet: Any, row: int, column: int, cell: Value, format: Any) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, cell)
        case date():
            sheet.write_datetime(row, column, cell, format)
        case Decimal() | int():
            if fits(cell):
                sheet.write_number(row, column, cell, format)
            else:
                sheet.write_string(row, column, f"{cell:f}")
        case _:
            sheet.write_string(row, column, cell)


def fits(number: Decimal | int) -> bool:
    """Excel keeps 15 digits; a longer number is written as text rather than rounded."""
    _, digits, _ = Decimal(number).normalize().as_tuple()
    return len(digits) <= _MOST_DIGITS


def number_format(column: Column) -> str:
    places = f".{'0' * column.decimals}" if column.decimals else ""
    match column.kind:
        case Kind.MONEY:
            sign = _SIGNS.get(column.currency or "", f"{column.currency} ")
            return f'"{sign}"#,##0{places}' if column.currency else f"#,##0{places}"
        case Kind.SHARE:
            percent = column.decimals - 2
            return f"0.{'0' * percent}%" if percent > 0 else "0%"
        case Kind.NUMBER:
            return f"#,##0{places}"
        case Kind.DAY:
            return "yyyy-mm-dd"
        case _:
            return "General"


def _write_about(book: Any, table: AnswerTable) -> None:
    sheet = book.add_worksheet(ABOUT)
    sheet.set_column(0, 0, _WIDTH + _NARROW)
    sheet.set_column(1, 3, _WIDE)
    for number, fact in enumerate(table.facts):
        for at, told in enumerate(fact):
            sheet.write_string(number, at, told)
