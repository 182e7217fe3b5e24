"""Parquet: decimals as decimals, days as days; what the rows are of stands in the metadata under `hotdash`."""

from collections.abc import Iterator
from typing import Any, cast

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from hotdash.reports.answer_table import AnswerTable, Column, Kind

METADATA = b"hotdash"
_ROWS_AT_ONCE = 10_000
_PRECISION = 38
_PLAIN = {Kind.TEXT: pa.string(), Kind.DAY: pa.date32(), Kind.FLAG: pa.bool_()}


def parquet_file(table: AnswerTable) -> Iterator[bytes]:
    buffer = _Drained()
    schema = _schema(table)
    with pq.ParquetWriter(cast(Any, pa).PythonFile(buffer, mode="w"), schema) as writer:
        for start in range(0, len(table.rows), _ROWS_AT_ONCE):
            rows = table.rows[start : start + _ROWS_AT_ONCE]
            names = [column.name for column in table.columns]
            written = [dict(zip(names, row, strict=True)) for row in rows]
            writer.write_table(cast(Any, pa).Table.from_pylist(written, schema=schema))
            yield buffer.drain()
    yield buffer.drain()


def _schema(table: AnswerTable) -> pa.Schema:
    about = orjson.dumps([list(fact) for fact in table.facts])
    fields = [pa.field(column.name, _type(column)) for column in table.columns]
    return pa.schema(fields, metadata={METADATA: about})


def _type(column: Column) -> pa.DataType:
    return _PLAIN.get(column.kind) or pa.decimal128(_PRECISION, column.decimals)


class _Drained:
    """A file that is sent while it is written: it knows its length and keeps nothing."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._length += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._length

    def flush(self) -> None: ...

    def close(self) -> None:
        self.closed = True

    def drain(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
