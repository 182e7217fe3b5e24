"""The few doors to pyarrow whose types its stubs leave open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

compute = cast(Any, pyarrow.compute)
_arrow = cast(Any, pa)
_csv = cast(Any, pyarrow.csv)
_json = cast(Any, pyarrow.json)
_parquet = cast(Any, pyarrow.parquet)


def table(columns: Mapping[str, Any]) -> pa.Table:
    return _arrow.table(columns)


def array(values: Iterable[Any], kind: pa.DataType) -> Any:
    return _arrow.array(list(values), kind)


def columns_of(data: pa.Table, names: Sequence[str]) -> pa.Table:
    return cast(Any, data).select(list(names))


def repeated(value: Any, kind: pa.DataType, times: int) -> Any:
    return _arrow.repeat(pa.scalar(value, kind), times)


def per_distinct(column: Any, read: Callable[[str], Any], kind: pa.DataType) -> Any:
    """What `read` makes of every value, asked once for each that is different."""
    encoded = compute.dictionary_encode(whole(column))
    known = [None if value is None else read(value) for value in encoded.dictionary.to_pylist()]
    return compute.take(_arrow.array(known, kind), encoded.indices)


def read_csv(
    lines: bytes, names: Sequence[str], delimiter: str, kinds: Mapping[str, pa.DataType]
) -> pa.Table:
    """Strictly: a value of another kind or a row of another width is an error, never NULL."""
    return _csv.read_csv(
        _arrow.BufferReader(lines),
        read_options=_csv.ReadOptions(column_names=list(names), block_size=len(lines) + 1),
        parse_options=_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=_csv.ConvertOptions(
            column_types=dict(kinds), null_values=[""], strings_can_be_null=True
        ),
    )


def read_json(lines: Any, shape: pa.Schema) -> pa.Table:
    """JSON lines as a table of exactly this shape; a value of another type is an error, not NULL."""
    read = _json.read_json(
        _arrow.BufferReader(lines),
        read_options=_json.ReadOptions(block_size=len(lines) + 1),
        parse_options=_json.ParseOptions(explicit_schema=shape, unexpected_field_behavior="ignore"),
    )
    return read.select(shape.names)


def open_parquet(path: Path) -> Any:
    return _parquet.ParquetFile(path)


def only(data: pa.Table, wanted: Any) -> pa.Table:
    """The rows for which the mask holds."""
    return cast(Any, data).filter(wanted)


def together(tables: Sequence[pa.Table]) -> pa.Table:
    """One below the other; a column that some of them lack is empty there."""
    return _arrow.concat_tables(tables, promote_options="permissive")


def numbers(count: int) -> Any:
    return _arrow.array(range(count), pa.int64())


def looked_up(keys: Any, known: Any, values: Any) -> Any:
    """For each key the value that stands beside it; nothing for one that is not known."""
    found = compute.index_in(whole(keys), value_set=whole(known))
    return compute.take(whole(values), found)


def sums(keys: Any, values: Any, kind: pa.DataType) -> tuple[Any, Any]:
    """Each key once, and the sum of its values."""
    added = table({"key": keys, "value": values}).group_by("key").aggregate([("value", "sum")])
    return added.column("key"), added.column("value_sum").cast(kind)


def whole(column: Any) -> Any:
    is_chunked = isinstance(column, cast(Any, pa).ChunkedArray)
    return column.combine_chunks() if is_chunked else column
