"""The warehouse in one DuckDB file, with one configuration for us, dlt and dbt alike."""

import os
import shutil
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

from hotdash.base.errors import HotdashError
from hotdash.storage.home_walk import keep_name
from hotdash.storage.warehouse.contract import (
    SCHEMAS,
    Engine,
    Parameters,
    WarehouseBusyError,
    WarehouseUnavailableError,
    WarehouseVersionError,
)
from hotdash.storage.warehouse.schema import prepare

# Money is stored in 128 bits, and to unpack these takes thirty times as long as to read them plain.
_SLOW_TO_READ = "bitpacking"
ConnectConfig = dict[str, str | bool | int | float | list[str]]


class DuckDBWarehouse:
    """Opens at first use, so that a lease can be taken on its identity before the file is."""

    def __init__(self, path: Path, *, memory_mb: int, temp_folder: Path) -> None:
        if path.stem in SCHEMAS:
            raise WarehouseUnavailableError(
                f"A DuckDB file cannot be called {path.name}: one of its schemas has that name.",
                hint="Call it warehouse.duckdb.",
            )
        self._path = path.absolute()
        self._temp_folder = temp_folder.absolute()
        self._memory_mb = memory_mb
        self._opening = threading.RLock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._lent: list[duckdb.DuckDBPyConnection] = []
        self._in_transaction = set[duckdb.DuckDBPyConnection]()
        self._local = threading.local()

    @property
    def engine(self) -> Engine:
        return "duckdb"

    @property
    def identity(self) -> str:
        return f"duckdb:{self._path.resolve()}"

    @property
    def connect_config(self) -> ConnectConfig:
        """DuckDB refuses a second connection to a file whose options differ in any value."""
        return {
            "memory_limit": f"{self._memory_mb}MiB",
            "temp_directory": str(self._temp_folder),
            "autoinstall_known_extensions": False,
        }

    def dlt_destination(self) -> Any:
        from dlt.destinations import duckdb as destination

        lent = self._open().cursor()
        self._lent.append(lent)
        return destination(credentials=lent)

    def dbt_output(self) -> Mapping[str, Any]:
        self._open()
        return {
            "type": "duckdb",
            "path": str(self._path),
            "database": self._path.stem,
            "schema": "main",
            "threads": 2,
            "config_options": self.connect_config,
            "keep_open": False,
        }

    def dbt_environment(self) -> Mapping[str, str]:
        return {}

    def query(self, sql: str, parameters: Parameters = ()) -> pa.Table:
        with self._cursor() as cursor:
            return cursor.execute(sql, list(parameters)).to_arrow_table()

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        with self._cursor() as cursor:
            cursor.execute(sql, list(parameters))

    def send(self, statements: str) -> Sequence[Any] | None:
        with self._cursor() as cursor:
            return cursor.execute(statements).fetchone()

    @contextmanager
    def transaction(self) -> Generator[None]:
        with self._cursor() as cursor:
            cursor.execute("begin transaction")
            self._local.cursor = cursor
            self._in_transaction.add(cursor)
            try:
                yield
            except BaseException:
                cursor.execute("rollback")
                raise
            else:
                cursor.execute("commit")
            finally:
                self._in_transaction.discard(cursor)
                self._local.cursor = None

    def interrupt(self) -> None:
        for cursor in self._in_transaction.copy():
            # Its transaction may have ended since, and the cursor with it.
            with suppress(duckdb.ConnectionException):
                cursor.interrupt()

    @property
    def file(self) -> Path:
        return self._path

    @contextmanager
    def quiet_file(self) -> Generator[BinaryIO]:
        """All that was committed, in one file that nobody writes to until it was read."""
        self.execute("force checkpoint")
        with self._path.open("rb") as stream:
            yield stream
            # The kernel drops a process's lock when it closes the file by any of its names.
            self.close()

    def close(self) -> None:
        """A cursor that dlt still keeps would hold the file, and with it everybody else out."""
        with self._opening:
            for lent in self._lent:
                lent.close()
            self._lent.clear()
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def write_anew(self) -> None:
        """The same tables in another file: free blocks of the old one keep what was written over.

        Killed meanwhile, the old file still holds; what was left of the new one is made again.
        """
        self.close()
        fresh = self._path.with_name(f"{self._path.name}.fresh")
        for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
            left.unlink(missing_ok=True)
        mode = self._path.stat().st_mode & 0o777
        room = shutil.disk_usage(self._path.parent).free
        if room < self._path.stat().st_size:
            raise WarehouseUnavailableError(
                f"To write {self._path} anew takes as much room again, and {room:,} bytes are free.",
                hint="Make room on this disk and ask again.",
            )
        with duckdb.connect(config=self.connect_config) as copying:
            copying.execute("set global timezone = 'UTC'")
            copying.execute(f"set global disabled_compression_methods = '{_SLOW_TO_READ}'")
            copying.execute(f"attach {_quoted(self._path)} as hotdash_before (read_only)")
            # Views name the database they lie in.
            copying.execute(f'attach {_quoted(fresh)} as "{self._path.stem}"')
            fresh.chmod(mode)
            copying.execute(f'copy from database hotdash_before to "{self._path.stem}"')
        with fresh.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(fresh, self._path)
        keep_name(self._path)

    @contextmanager
    def _cursor(self) -> Generator[duckdb.DuckDBPyConnection]:
        current: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if current is not None:
            yield current
            return
        cursor = self._open().cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        with self._opening:
            if self._connection is None:
                self._connection = self._connect()
                try:
                    prepare(self)
                except BaseException:
                    self.close()
                    raise
            return self._connection

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            for folder in (self._path.parent, self._temp_folder):
                folder.mkdir(parents=True, exist_ok=True)
            connection = duckdb.connect(str(self._path), config=self.connect_config)
        except (duckdb.Error, OSError) as error:
            raise _explain(self._path, error) from error
        connection.execute("set global timezone = 'UTC'")
        connection.execute(f"set global disabled_compression_methods = '{_SLOW_TO_READ}'")
        return connection


def _explain(path: Path, error: Exception) -> HotdashError:
    text = str(error)
    if "lock" in text.lower():
        return WarehouseBusyError(
            f"Another process has the warehouse {path} open.",
            hint="Wait for its run to end, or stop it; one process owns the file at a time.",
        )
    if "not a valid DuckDB database" in text or "version number" in text:
        return WarehouseVersionError(
            f"The file {path} cannot be read by DuckDB {duckdb.__version__}: {_first(text)}",
            hint="Move the file away and load anew, or install the DuckDB version that wrote it.",
        )
    return WarehouseUnavailableError(
        f"The warehouse {path} cannot be opened: {_first(text)}",
        hint="Check that the folder exists, belongs to this user and has room.",
    )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _first(text: str) -> str:
    return text.splitlines()[0]
