"""The warehouse in and out of a backup: DuckDB's one file as it is; of another engine, how it is made again."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import duckdb

from hotdash.base.errors import ConflictError
from hotdash.base.progress import Progress
from hotdash.governance.backup.chunks import CHUNK_BYTES, Chunks, ChunkWriter
from hotdash.governance.backup.manifest import WarehouseFile, WarehouseRecipe
from hotdash.governance.backup.place import DamagedBackupError
from hotdash.storage.warehouse.contract import SCHEMA_VERSION, Warehouse
from hotdash.storage.warehouse.duckdb import DuckDBWarehouse
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.table_counts import row_counts

# Which every warehouse has from its first opening on.
_MARK = "raw.schema_version"


def back_up(
    warehouse: Warehouse,
    kept: list[tuple[str, str]],
    writer: ChunkWriter,
    progress: Progress,
) -> WarehouseFile | WarehouseRecipe:
    """The caller holds the lease: nobody writes meanwhile."""
    if not isinstance(warehouse, DuckDBWarehouse):
        return WarehouseRecipe(engine=warehouse.engine, sources=_by_shop(kept))
    counted = row_counts(warehouse)
    with warehouse.quiet_file() as stream, progress.task("the warehouse") as task:
        task.expect(warehouse.file.stat().st_size)
        content = writer.write(_read(stream, task.advance))
    return WarehouseFile(
        duckdb_version=duckdb.__version__,
        schema_version=SCHEMA_VERSION,
        rows=counted,
        content=content,
    )


def is_missing(warehouse: Warehouse) -> bool:
    """A file into which nothing was ever loaded: that of a new machine."""
    if not isinstance(warehouse, DuckDBWarehouse):
        return False
    counted = row_counts(warehouse)
    return not any(rows for name, rows in counted.items() if name != _MARK)


def stage(part: WarehouseFile, file: Path, chunks: Chunks, progress: Progress) -> None:
    """Opened and counted before it takes anybody's place."""
    if part.schema_version != SCHEMA_VERSION:
        raise ConflictError(
            f"The backup's warehouse has schema version {part.schema_version}; this Hotdash works "
            f"with version {SCHEMA_VERSION}.",
            hint="Restore with the version of Hotdash that made the backup; or with "
            "--without-warehouse, and `hotdash run --full --reread` loads what the vendors still "
            "have. `hotdash privacy replay` then erases whoever they bring back.",
        )
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream, progress.task("the warehouse") as task:
        task.expect(part.content.size)
        for piece in chunks.read(part.content):
            stream.write(piece)
            task.advance(len(piece))
    _prove(part, file)


def _prove(part: WarehouseFile, file: Path) -> None:
    warehouse = open_warehouse("duckdb", home=file.parent, memory_mb=512, url=None)
    try:
        counted = row_counts(warehouse)
    finally:
        warehouse.close()
    if counted != part.rows:
        odd = sorted(
            name for name in {*counted, *part.rows} if counted.get(name) != part.rows.get(name)
        )
        raise DamagedBackupError(
            f"The restored warehouse does not hold the rows that were counted in {odd[0]}.",
            hint="Use another backup: `hotdash backup list`.",
        )


def _read(stream: BinaryIO, tell: Callable[[int], None]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK_BYTES):
        tell(len(piece))
        yield piece


def _by_shop(kept: list[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for shop_id, vendor in kept:
        found[shop_id] = (*found.get(shop_id, ()), vendor)
    return found
