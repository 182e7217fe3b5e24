"""One table in four formats: the same cells, exact, and nothing that a spreadsheet would run."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hotdash.reports.answer_table import AnswerTable, Column, Kind
from hotdash.reports.files.excel_file import fits, number_format
from hotdash.reports.files.formats import FORMATS, Format
from tests.fixtures.files import excel_formulas, excel_rows, ndjson_rows

EPOCH = date(1899, 12, 30)
EVIL = ("=1+1", "+1", "-1", "@a", "\tb")
TABLE = AnswerTable(
    "revenue-hot-rod-an-2026-11-01-2026-11-02",
    (
        Column("day", "Day", Kind.DAY),
        Column("country", "Country", Kind.TEXT),
        Column("revenue", "Revenue", Kind.MONEY, 2, "USD"),
        Column("change_share_revenue", "Change, %", Kind.SHARE, 3, is_change=True),
        Column("provisional", "Provisional", Kind.FLAG),
    ),
    [
        (date(2026, 11, 1), EVIL[0], Decimal("1234567890123.45"), Decimal("-0.125"), False),
        (date(2026, 11, 2), None, Decimal("0.10"), None, True),
    ],
    [
        ("Shop", "Hot Rod An", "hot-rod-an"),
        ("Filter", "country", "=DE"),
        ("Build", "fct_revenue", "b1"),
    ],
)


def written(format: Format, table: AnswerTable = TABLE) -> bytes:
    return b"".join(FORMATS[format].write(table))


def test_csv() -> None:
    lines = list(csv.reader(io.StringIO(written(Format.CSV).decode())))
    assert lines[:3] == [
        ["# Shop", "Hot Rod An", "hot-rod-an"],
        ["# Filter", "country", "'=DE"],
        ["# Build", "fct_revenue", "b1"],
    ]
    assert lines[3] == [column.name for column in TABLE.columns]
    assert lines[4] == ["2026-11-01", "'=1+1", "1234567890123.45", "-0.125", "false"]
    assert lines[5] == ["2026-11-02", "", "0.10", "", "true"]


@pytest.mark.parametrize("text", EVIL)
def test_csv_neutralises_every_beginning(text: str) -> None:
    table = AnswerTable("t", (Column("a", "A", Kind.TEXT),), [(text,)], [])
    (cell,) = list(csv.reader(io.StringIO(written(Format.CSV, table).decode())))[1]
    assert cell == f"'{text}"


def test_ndjson() -> None:
    about, rows = ndjson_rows(written(Format.NDJSON))
    assert about == [list(fact) for fact in TABLE.facts]
    assert rows[0] == {
        "day": "2026-11-01",
        "country": "=1+1",
        "revenue": "1234567890123.45",
        "change_share_revenue": "-0.125",
        "provisional": False,
    }
    assert rows[1]["country"] is None


def test_parquet() -> None:
    table = pq.read_table(io.BytesIO(written(Format.PARQUET)))
    assert table.schema.field("revenue").type == pa.decimal128(38, 2)
    assert table.schema.field("day").type == pa.date32()
    assert [tuple(row.values()) for row in table.to_pylist()] == list(TABLE.rows)
    assert orjson.loads(table.schema.metadata[b"hotdash"]) == [list(fact) for fact in TABLE.facts]


def test_excel() -> None:
    content = written(Format.EXCEL)
    names, first, second = excel_rows(content)
    assert names == [column.name for column in TABLE.columns]
    assert EPOCH + timedelta(days=int(first[0])) == date(2026, 11, 1)
    assert first[1:] == ["=1+1", "1234567890123.45", "-0.125", "0"]
    # Its format shows the second digit; the number is the number.
    assert [second[1], Decimal(second[2]), second[3:]] == ["", Decimal("0.1"), ["", "1"]]
    assert excel_rows(content, 2) == [list(fact) for fact in TABLE.facts]
    assert excel_formulas(content) == 0


@pytest.mark.parametrize(
    ("number", "kept"),
    [("123456789012345", True), ("1234567890123456", False), ("1.10", True), ("0", True)],
)
def test_excel_keeps_fifteen_digits(number: str, kept: bool) -> None:
    assert fits(Decimal(number)) is kept


def test_what_excel_would_round_is_text() -> None:
    column = Column("revenue", "Revenue", Kind.MONEY, 4, "USD")
    table = AnswerTable("t", (column,), [(Decimal("1234567890123.4567"),)], [])
    assert excel_rows(written(Format.EXCEL, table))[1] == ["1234567890123.4567"]


@pytest.mark.parametrize(
    ("column", "format"),
    [
        (Column("a", "A", Kind.MONEY, 2, "USD"), '"$"#,##0.00'),
        (Column("a", "A", Kind.MONEY, 0, "JPY"), '"¥"#,##0'),
        (Column("a", "A", Kind.MONEY, 3, "KWD"), '"KWD "#,##0.000'),
        (Column("a", "A", Kind.MONEY, 2, None), "#,##0.00"),
        (Column("a", "A", Kind.SHARE, 4), "0.00%"),
        (Column("a", "A", Kind.NUMBER, 0), "#,##0"),
    ],
)
def test_money_has_the_format_of_its_currency(column: Column, format: str) -> None:
    assert number_format(column) == format


def test_long_files_leave_in_pieces() -> None:
    rows = [(f"row {number}" * 20,) for number in range(2_000)]
    table = AnswerTable("t", (Column("a", "A", Kind.TEXT),), rows, [])
    for format in (Format.CSV, Format.NDJSON):
        assert len(list(FORMATS[format].write(table))) > 5


def test_without_a_row_a_file_still_says_what_it_is_of() -> None:
    empty = AnswerTable(TABLE.name, TABLE.columns, [], TABLE.facts)
    assert pq.read_table(io.BytesIO(written(Format.PARQUET, empty))).num_rows == 0
    assert len(excel_rows(written(Format.EXCEL, empty))) == 1
    assert len(ndjson_rows(written(Format.NDJSON, empty))[1]) == 0
