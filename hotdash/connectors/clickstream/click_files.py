"""Files of clicks: each is read once, and again when it changed; what is unreadable is kept in sight."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.arrow import array, columns_of, compute, open_parquet, read_csv, table
from hotdash.connectors.calling import VendorAccessError
from hotdash.connectors.clickstream.csv_records import Block, Broken, blocks_of, records_in
from hotdash.connectors.clickstream.file_columns import (
    FileColumns,
    Told,
    told_of,
    told_table,
    touches,
)
from hotdash.connectors.clickstream.tables import EVENT_TYPES, TOUCHES
from hotdash.connectors.contract import Drift, DriftKind, Event, Rows, Unreadable
from hotdash.connectors.records import EXTRA, INSTANT, TEXT, UnfitValueError

_CSV, _PARQUET = frozenset({".csv", ".tsv", ".txt"}), frozenset({".parquet"})
_HASHED_AT_ONCE = 1 << 20
_ROWS_AT_ONCE = 50_000
_LONGEST_HEADER = 1 << 16
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Seen:
    """A file as it was when it was read; `changed` spares reading it only to find it unchanged."""

    size: int
    sha256: str
    changed: int


@dataclass(frozen=True)
class Settings:
    where: str
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    timezone: str | None = None

    @property
    def files(self) -> list[Path]:
        """A folder means everything below it that can be read; else it is a pattern."""
        path = Path(self.where).expanduser()
        if path.is_dir():
            found = path.rglob("*")
        elif path.is_file():
            found = iter([path])
        else:
            root = Path(path.anchor or ".")
            found = root.glob(str(path.relative_to(root) if path.anchor else path))
        known = _CSV | _PARQUET
        return sorted(e for e in found if e.suffix.lower() in known and not e.is_dir())

    def require_place(self) -> None:
        path = Path(self.where).expanduser()
        is_folder = path.is_dir() or not (
            "*" in path.name or "?" in path.name or path.suffix.lower() in _CSV | _PARQUET
        )
        folder = path if is_folder else path.parent
        while "*" in folder.name or "?" in folder.name:
            folder = folder.parent
        if not folder.is_dir():
            raise VendorAccessError(
                f"There is no folder {folder} to read click files from.",
                hint="Make it, mount it, or name another one.",
                field="files",
            )


def seen_files(text: str | None) -> dict[str, Seen]:
    told: Mapping[str, list[Any]] = json.loads(text or "{}")
    return {name: Seen(*facts) for name, facts in told.items()}


def as_cursor(seen: Mapping[str, Seen]) -> str:
    facts = {name: [each.size, each.sha256, each.changed] for name, each in seen.items()}
    return json.dumps(facts, sort_keys=True)


@dataclass
class ClickFiles:
    """`seen` grows with what was read whole; a file that changed under our hands is read again."""

    settings: Settings
    clock: Clock
    progress: Progress
    seen: dict[str, Seen]
    _told: set[tuple[DriftKind, str]] = field(default_factory=set[tuple[DriftKind, str]])

    def events(self) -> Iterator[Event]:
        for path in self.settings.files:
            try:
                yield from self._news(path)
            except OSError as error:
                yield self._unreadable(path, f"{path.name}: {error.strerror or 'unreadable'}")

    def _news(self, path: Path) -> Iterator[Event]:
        before = _look(path)
        known = self.seen.get(str(path))
        if known is not None and (known.size, known.changed) == before:
            return
        sha256 = _sha256(path)
        if known is None or known.sha256 != sha256:
            yield from self._read(path)
        if _look(path) == before:
            self.seen[str(path)] = Seen(before[0], sha256, before[1])

    def _read(self, path: Path) -> Iterator[Event]:
        with self.progress.task(path.name) as task:
            read = self._parquet if path.suffix.lower() in _PARQUET else self._csv
            for event in read(path):
                if isinstance(event, Rows):
                    task.advance(event.data.num_rows)
                yield event

    def _csv(self, path: Path) -> Iterator[Event]:
        with path.open("rb") as file:
            try:
                header, delimiter = _header(file)
                columns = FileColumns.of(header, self.settings.renamed)
            except UnfitValueError as error:
                yield self._unreadable(path, str(error))
                return
            yield from self._additions(path, columns)
            for piece in blocks_of(file, 2):
                if isinstance(piece, Broken):
                    told = f"{path.name} line {piece.line}: {piece.reason}"
                    yield self._unreadable(path, told, f"{piece.size} bytes")
                else:
                    yield from self._block(path, columns, header, delimiter, piece)

    def _block(
        self, path: Path, columns: FileColumns, header: list[str], delimiter: str, block: Block
    ) -> Iterator[Event]:
        """Typed at once; where that fails it is read again as text, row by row."""
        theirs = columns.known["occurred_at"]
        kinds = {name: INSTANT if name == theirs else TEXT for name in header}
        try:
            if b"\0" in block.records:
                raise UnfitValueError("NUL")
            found = read_csv(block.records, header, delimiter, kinds)
            yield from self._fitted(path, columns, found)
        except (pa.ArrowInvalid, UnfitValueError):
            yield from self._judged(path, columns, header, delimiter, block)

    def _judged(
        self, path: Path, columns: FileColumns, header: list[str], delimiter: str, block: Block
    ) -> Iterator[Event]:
        told: list[Told] = []
        for line, record in records_in(block):
            whole = _row(record, header, delimiter)
            lines = [(line, record)]
            if isinstance(whole, str) and b"\n" in record.rstrip(b"\r\n"):
                # A stray quote made one record of many lines: each gets its own hearing.
                lines = [(line + n, each) for n, each in enumerate(record.splitlines(True))]
            for number, one in lines:
                row = whole if one is record else _row(one, header, delimiter)
                if row is None:
                    continue
                try:
                    if isinstance(row, str):
                        raise UnfitValueError(row)
                    told.append(told_of(row, columns, self.settings.timezone))
                except UnfitValueError as error:
                    reason = f"{path.name} line {number}: {error}"
                    yield self._unreadable(path, reason, _shown(one))
        yield from self._rows(path, columns, told)

    def _parquet(self, path: Path) -> Iterator[Event]:
        try:
            file = open_parquet(path)
            columns = FileColumns.of(file.schema_arrow.names, self.settings.renamed)
        except (pa.ArrowException, OSError, UnfitValueError) as error:
            yield self._unreadable(path, f"{path.name}: {error}")
            return
        yield from self._additions(path, columns)
        row = 0
        try:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                yield from self._batch(path, columns, pa.Table.from_batches([batch]), row)
                row += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            yield self._unreadable(path, f"{path.name} after row {row}: {error}")

    def _batch(
        self, path: Path, columns: FileColumns, batch: pa.Table, first: int
    ) -> Iterator[Event]:
        try:
            batch.validate(full=True)
            yield from self._fitted(path, columns, _as_text(batch, columns))
        except (pa.ArrowException, UnfitValueError):
            told: list[Told] = []
            for number, record in enumerate(_records(batch), first + 1):
                try:
                    told.append(told_of(_decoded(record), columns, self.settings.timezone))
                except UnfitValueError as error:
                    yield self._unreadable(path, f"{path.name} row {number}: {error}")
            yield from self._rows(path, columns, told)

    def _fitted(self, path: Path, columns: FileColumns, found: pa.Table) -> Iterator[Event]:
        """A batch without a fault; the least fault, and it is judged row by row."""
        occurred = found.column(columns.known["occurred_at"])
        texts = [found.column(n) for n in columns.known.values() if found.column(n).type == TEXT]
        has_nul = any(compute.any(compute.match_substring(each, "\0")).as_py() for each in texts)
        if occurred.null_count or has_nul:
            raise UnfitValueError("a value is missing or cannot be kept")
        told = {ours: found.column(theirs) for ours, theirs in columns.known.items()}
        if columns.extra:
            told[EXTRA] = _extras(found, columns.extra)
        yield from self._touches(path, table(told))

    def _rows(self, path: Path, columns: FileColumns, told: list[Told]) -> Iterator[Event]:
        if told:
            yield from self._touches(path, told_table(told, columns))

    def _touches(self, path: Path, told: pa.Table) -> Iterator[Event]:
        rows = touches(told, path.name)
        yield Rows(TOUCHES.raw, rows, self.clock.now())
        for word in sorted(set(compute.unique(rows.column("event_type")).to_pylist())):
            if word not in EVENT_TYPES:
                detail = f"event_type has the new value {word!r}"
                yield from self._drift(DriftKind.NEW_VALUE, "event_type", detail, word)

    def _additions(self, path: Path, columns: FileColumns) -> Iterator[Drift]:
        for name in columns.extra:
            detail = f"{path.name} has the column {name}, which is kept in {EXTRA}"
            yield from self._drift(DriftKind.ADDED, name, detail, name)

    def _drift(self, kind: DriftKind, name: str, detail: str, once: str) -> Iterator[Drift]:
        if (kind, once) not in self._told:
            self._told.add((kind, once))
            yield Drift(TOUCHES.raw, kind, name, detail, self.clock.now())

    def _unreadable(self, path: Path, reason: str, payload: str = "") -> Unreadable:
        kept = json.dumps({"file": path.name, "content": payload})
        return Unreadable(TOUCHES.raw, reason, kept, self.clock.now())


def _look(path: Path) -> tuple[int, int]:
    """ctime, because nobody can set it back."""
    status = path.stat()
    return status.st_size, status.st_ctime_ns


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_HASHED_AT_ONCE):
            digest.update(chunk)
    return digest.hexdigest()


def _header(file: BinaryIO) -> tuple[list[str], str]:
    line = file.readline(_LONGEST_HEADER)
    if line.startswith(_UTF16):
        raise UnfitValueError("the file is UTF-16; save it as UTF-8")
    if len(line) >= _LONGEST_HEADER:
        raise UnfitValueError(f"the first line is longer than {_LONGEST_HEADER} bytes")
    try:
        text = line.removeprefix(_UTF8_MARK).decode().strip("\r\n")
    except UnicodeDecodeError as error:
        raise UnfitValueError("the first line is not UTF-8") from error
    delimiter = max(",;\t|", key=text.count)
    named = next(csv.reader([text], delimiter=delimiter), list[str]())
    names = [name.strip() for name in named]
    if not text or "\0" in text or len(set(names)) < len(names):
        raise UnfitValueError("the first line does not name each column once")
    return names, delimiter


def _row(record: bytes, header: list[str], delimiter: str) -> Mapping[str, str] | str | None:
    """The row, the reason why there is none, or nothing for an empty line."""
    if not record.strip(b"\r\n"):
        return None
    try:
        text = record.decode()
        rows = list(csv.reader(text.splitlines(True), delimiter=delimiter, strict=True))
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start}"
    except csv.Error as error:
        return str(error)
    if len(rows) != 1 or len(rows[0]) != len(header):
        return f"{len(rows[0]) if rows else 0} values where there are {len(header)} columns"
    return dict(zip(header, rows[0], strict=True))


def _shown(record: bytes) -> str:
    """Never the row itself, which may tell who a person is; the file still has it."""
    return f"{len(record)} bytes, sha256 {hashlib.sha256(record).hexdigest()}"


def _as_text(batch: pa.Table, columns: FileColumns) -> pa.Table:
    theirs = columns.known["occurred_at"]
    kinds = [INSTANT if name == theirs else TEXT for name in batch.column_names]
    arrays: dict[str, Any] = {}
    for name, kind in zip(batch.column_names, kinds, strict=True):
        column: Any = batch.column(name)
        if kind == INSTANT and not (
            pa.types.is_timestamp(column.type) and column.type.tz is not None
        ):
            raise UnfitValueError("instants that are not told as such")
        if kind == TEXT and not (
            pa.types.is_string(column.type)
            or pa.types.is_large_string(column.type)
            or pa.types.is_integer(column.type)
        ):
            raise UnfitValueError("texts that are not told as such")
        fitted = column.cast(kind, safe=kind != INSTANT)
        # As in a CSV file, nothing written is nothing said.
        arrays[name] = (
            fitted
            if kind == INSTANT
            else compute.replace_with_mask(
                fitted, compute.fill_null(compute.equal(fitted, ""), False), pa.scalar(None, TEXT)
            )
        )
    return table(arrays)


def _records(batch: pa.Table) -> Iterator[dict[str, Any]]:
    """Texts as bytes, so that one that is not UTF-8 costs its row and no other."""
    columns: dict[str, Any] = {}
    for name in batch.column_names:
        column: Any = batch.column(name)
        is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        columns[name] = column.cast(pa.binary(), safe=False) if is_text else column
    yield from table(columns).to_pylist()


def _decoded(record: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in record.items()
        }
    except UnicodeDecodeError as error:
        raise UnfitValueError(f"not UTF-8 at byte {error.start}") from error


def _extras(found: pa.Table, names: tuple[str, ...]) -> Any:
    told = [
        {name: value for name, value in row.items() if value is not None}
        for row in columns_of(found, names).to_pylist()
    ]
    return array(
        [json.dumps(row, default=str, sort_keys=True) if row else None for row in told], TEXT
    )
