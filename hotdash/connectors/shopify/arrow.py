"""The few doors to pyarrow whose types its stubs leave open."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import pyarrow as pa
import pyarrow.compute
import pyarrow.json

Column: TypeAlias = "pa.ChunkedArray[Any]"

compute = cast(Any, pyarrow.compute)
_arrow = cast(Any, pa)
_json = cast(Any, pyarrow.json)


def table(columns: Mapping[str, Any]) -> pa.Table:
    return _arrow.table(columns)


def rows_of(schema: pa.Schema, columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    return _arrow.table(columns, schema=schema)


def only(data: pa.Table, wanted: Any) -> pa.Table:
    """The rows for which the mask holds."""
    return cast(Any, data).filter(wanted)


def schema_of(schema: pa.Schema, names: Sequence[str]) -> pa.Schema:
    return _arrow.schema([cast(Any, schema).field(name) for name in names])


def array_of(values: Iterable[Any], kind: pa.DataType) -> Any:
    return _arrow.array(list(values), kind)


def row_numbers(count: int, kind: pa.DataType) -> Any:
    return _arrow.array(range(count), kind)


def constant(value: Any, kind: pa.DataType, count: int) -> Any:
    return _arrow.repeat(_arrow.scalar(value, kind), count)


def joined_tables(tables: Sequence[pa.Table]) -> pa.Table:
    return _arrow.concat_tables(tables)


def joined_columns(columns: Sequence[Column]) -> Column:
    chunks = [chunk for column in columns for chunk in column.chunks]
    return _arrow.chunked_array(chunks, columns[0].type)


def numbers(values: Iterable[int]) -> Any:
    return _arrow.array(values, _arrow.int64())


def texts(values: Iterable[str | None]) -> Any:
    return _arrow.array(values, _arrow.string())


def lists_of(offsets: Any, values: Any) -> Any:
    return _arrow.ListArray.from_arrays(offsets, values)


def chunked(values: Any) -> Column:
    return _arrow.chunked_array([values])


def read_json(lines: bytes, shape: pa.Schema, block_size: int) -> pa.Table:
    """JSON lines as a table of exactly this shape."""
    batch = _json.read_json(
        _arrow.BufferReader(lines),
        read_options=_json.ReadOptions(block_size=block_size),
        parse_options=_json.ParseOptions(explicit_schema=shape, unexpected_field_behavior="ignore"),
    )
    return batch.select(shape.names)


def has_nul(batch: pa.Table) -> bool:
    """Whether a text, also one within an object, holds the character that ends texts in C."""
    flat = cast(Any, batch)
    while any(pa.types.is_struct(kind) for kind in flat.schema.types):
        flat = flat.flatten()
    return any(
        compute.any(compute.match_substring(column, "\x00")).as_py()
        for column in flat.columns
        if pa.types.is_string(column.type)
    )
