"""The formats a table leaves the house in: each by the word that asks for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from hotdash.reports.answer_table import AnswerTable
from hotdash.reports.files.csv_file import csv_file
from hotdash.reports.files.excel_file import excel_file
from hotdash.reports.files.ndjson_file import ndjson_file
from hotdash.reports.files.parquet_file import parquet_file


class Format(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    EXCEL = "xlsx"


@dataclass(frozen=True, slots=True)
class FileFormat:
    title: str
    media_type: str
    write: Callable[[AnswerTable], Iterator[bytes]]


FORMATS = {
    Format.CSV: FileFormat("CSV", "text/csv; charset=utf-8", csv_file),
    Format.NDJSON: FileFormat("NDJSON", "application/x-ndjson", ndjson_file),
    Format.PARQUET: FileFormat("Parquet", "application/vnd.apache.parquet", parquet_file),
    Format.EXCEL: FileFormat(
        "Excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        excel_file,
    ),
}
