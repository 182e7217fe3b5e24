"""A Postgres answer as an Arrow table with the types DuckDB would give."""

from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa

_TYPES: dict[int, pa.DataType] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    25: pa.string(),
    700: pa.float32(),
    701: pa.float64(),
    1042: pa.string(),
    1043: pa.string(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
}
_arrow: Any = pa  # its stubs leave arrays of mixed types unknown
_NUMERIC = 1700
_WIDEST = 38


def to_arrow(cursor: psycopg.RawCursor[Any]) -> pa.Table:
    description = cursor.description
    if description is None:
        return _arrow.table({})
    records = cursor.fetchall()
    columns = list(zip(*records, strict=True)) if records else [()] * len(description)
    arrays = [_array(column, values) for column, values in zip(description, columns, strict=True)]
    return _arrow.Table.from_arrays(arrays, names=[column.name for column in description])


def _array(column: psycopg.Column, values: tuple[Any, ...]) -> Any:
    if column.type_code == _NUMERIC:
        return _arrow.array(values, type=_decimal_type(column, values))
    known = _TYPES.get(column.type_code)
    if known is None:
        return _arrow.array(
            [None if value is None else str(value) for value in values], pa.string()
        )
    return _arrow.array(values, type=known)


def _decimal_type(column: psycopg.Column, values: tuple[Decimal | None, ...]) -> pa.DataType:
    if column.precision is not None and column.scale is not None:
        return pa.decimal128(column.precision, column.scale)
    scales = [_scale(value) for value in values if value is not None]
    return pa.decimal128(_WIDEST, max(scales, default=0))


def _scale(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
