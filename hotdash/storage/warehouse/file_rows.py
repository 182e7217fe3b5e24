"""Everything that a DuckDB file holds, one that no longer is a warehouse as well."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa


def rows_of_file(path: Path) -> Iterator[pa.RecordBatch]:
    with duckdb.connect(str(path), read_only=True) as reading:
        tables = reading.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        for schema, name in tables:
            yield from reading.execute(f'select * from "{schema}"."{name}"').to_arrow_reader()
