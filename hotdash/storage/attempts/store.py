"""Where attempts are staged: on disk under a memory limit, so that ten gigabytes need no more than one."""

import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.storage.attempts.overlong import without_overlong

MEMORY_MB = 384
_FETCHED_AT_ONCE = 10_000
_CALLS = pa.schema(
    [
        ("shop_id", pa.string()),
        ("call_id", pa.int64()),
        ("told_at", pa.timestamp("us", tz="UTC")),
        ("run_id", pa.string()),
        ("vendor", pa.string()),
        ("operation", pa.string()),
        ("status", pa.string()),
        ("seconds", pa.float64()),
        ("retries", pa.int64()),
    ]
)
_SPANS = pa.schema(
    [
        ("number", pa.int64()),
        ("scope", pa.string()),
        ("key", pa.string()),
        ("first_at", pa.timestamp("us", tz="UTC")),
        ("last_at", pa.timestamp("us", tz="UTC")),
        ("density", pa.float64()),
        ("calls", pa.int64()),
    ]
)

Row = Mapping[str, Any]


class LogError(HotdashError):
    code = "unreadable_log"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of a log is looked at; the lines that cannot be read are counted whatever is chosen."""

    shop_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    lines: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Span:
    """A window as it was found; its scope is the column its key stands in."""

    number: int
    scope: str
    key: str
    first_at: datetime
    last_at: datetime
    density: float
    calls: int


class AttemptStore:
    """Nothing in it outlives the analysis."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder
        self._left_out = 0

    def read_log(self, files: Sequence[Path], chosen: Chosen = Chosen()) -> Reading:
        for file in files:
            if not file.is_file():
                raise NotFoundError(
                    f"There is no log {file}.",
                    hint="Name the file that the mirror writes; `hotdash mirror status` says where.",
                    field="log",
                )
        try:
            self._stage(files)
        except duckdb.InvalidInputException:
            sieved = [without_overlong(file, self._folder) for file in files]
            self._left_out = sum(left_out for _, left_out in sieved)
            self._stage([copy for copy, _ in sieved])
        except duckdb.IOException as error:
            raise LogError(
                f"The log cannot be read: {str(error).splitlines()[0]}",
                hint="Compressed files must end in .gz; others are plain NDJSON.",
                field="log",
            ) from error
        return self._prepare(chosen)

    def read_calls(self, batches: Iterable[Sequence[Row]], chosen: Chosen = Chosen()) -> Reading:
        self._create_calls()
        for batch in batches:
            calls = pa.Table.from_pylist([dict(row) for row in batch], schema=_CALLS)
            self._connection.register("batch", calls)
            self._connection.execute(_statement("add_calls"))
            self._connection.unregister("batch")
        self._connection.execute(_statement("read_calls"))
        return self._prepare(chosen)

    def rows(self, question: str, key: str = "shop_id") -> Iterator[Row]:
        """Of one of the questions that stand beside this file, as they come."""
        cursor = self._connection.cursor()
        cursor.execute(_statement(question).replace("$KEY", key))
        names = [column[0] for column in cursor.description or ()]
        while rows := cursor.fetchmany(_FETCHED_AT_ONCE):
            for row in rows:
                yield dict(zip(names, map(_aware, row), strict=True))
        cursor.close()

    def row(self, question: str) -> Row:
        return next(self.rows(question))

    def note_windows(self, spans: Sequence[Span]) -> None:
        """From now on the moments leave out what windows of the other scope explain."""
        told = pa.Table.from_pylist([asdict(span) for span in spans], schema=_SPANS)
        self._connection.register("told_windows", told)
        self._connection.execute(_statement("windows"))
        self._connection.unregister("told_windows")

    def _stage(self, files: Sequence[Path]) -> None:
        listed = ", ".join(_quoted(str(file)) for file in files)
        self._connection.execute(_statement("read_log").replace("$FILES", f"[{listed}]"))

    def _create_calls(self) -> None:
        self._connection.register("no_calls", _CALLS.empty_table())
        self._connection.execute(_statement("begin_calls"))
        self._connection.unregister("no_calls")

    def _prepare(self, chosen: Chosen) -> Reading:
        conditions = ["not is_unreadable"]
        if chosen.shop_id is not None:
            conditions.append(f"shop_id = {_quoted(chosen.shop_id)}")
        if chosen.since is not None:
            conditions.append(f"told_at >= {_quoted(chosen.since.isoformat())}::timestamptz")
        if chosen.until is not None:
            conditions.append(f"told_at < {_quoted(chosen.until.isoformat())}::timestamptz")
        where = " and ".join(conditions)
        self._connection.execute(_statement("choose").replace("$WHERE", where))
        self._connection.execute(_statement("follow"))
        self._connection.execute(_statement("pace"))
        self.note_windows([])
        self._connection.execute(_statement("unexplained"))
        told = self.row("reading")
        return Reading(told["lines"] + self._left_out, told["unreadable"] + self._left_out)


@contextmanager
def open_attempts(folder: Path, memory_mb: int = MEMORY_MB) -> Generator[AttemptStore]:
    """Beside the home's other files: the system's own temporary folder may be small, or memory."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="analysis-", dir=folder) as own:
        connection = duckdb.connect(
            str(Path(own) / "attempts.duckdb"),
            config={
                "memory_limit": f"{memory_mb}MiB",
                "temp_directory": str(Path(own) / "spilled"),
                "threads": 2,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            },
        )
        try:
            connection.execute("set timezone = 'UTC'")
            yield AttemptStore(connection, Path(own))
        finally:
            connection.close()


@cache
def _statement(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _aware(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
