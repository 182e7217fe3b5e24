"""Old rows of the audit log rest in files of the home, each a whole stretch of one chain with its links."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import orjson
from sqlalchemy.orm import Session

from hotdash.base.audit_lines import (
    Event,
    Link,
    Misfit,
    line_of,
    part_of_lines,
    read_line,
)
from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError
from hotdash.storage.appdb.repositories import audit_chain
from hotdash.storage.appdb.repositories.audit_chain import Archivable, ArchiveRecord
from hotdash.storage.appdb.session import Database

FOLDER = Path("audit/archive")
# The database holds to the same number by itself.
HOT_FOR = timedelta(days=180)
_ROWS_OF_A_FILE = 20_000
_OF_INSTALLATION = "_installation"


def archive_old(database: Database, home: Path, now: datetime, hot_for: timedelta = HOT_FOR) -> int:
    """How many rows went into files; those that are kept for good stay here too."""
    with database.jobs() as session:
        audit_chain.seal(session)
    with database.snapshot() as session:
        chains = list(audit_chain.heads(session))
    return sum(_archive_chain(database, home, chain, now - hot_for) for chain in chains)


def count_old(session: Session, until: datetime) -> int:
    """How many rows would go into files now, of what has its place in a chain."""
    return sum(
        audit_chain.count_to_archive(session, chain, until) for chain in audit_chain.heads(session)
    )


def _archive_chain(database: Database, home: Path, chain: str, until: datetime) -> int:
    archived = 0
    while True:
        with database.snapshot() as session:
            rows = audit_chain.next_to_archive(session, chain, until, _ROWS_OF_A_FILE)
        if not rows:
            return archived
        record = _write(home, chain, rows)
        with database.jobs() as session:
            audit_chain.forget_archived(session, record)
        archived += len(rows)


def file_of(home: Path, archive: ArchiveRecord) -> Path:
    named = quote(archive.chain, safe="") or _OF_INSTALLATION
    return home / FOLDER / named / f"{archive.first:012}-{archive.last:012}.ndjson.gz"


def misfit_of_archives(home: Path, archives: Iterable[ArchiveRecord]) -> Misfit | None:
    """The first whose file is not what was archived."""
    for archive in archives:
        file = file_of(home, archive)
        why = None
        if not file.is_file():
            why = f"its archive {file.relative_to(home)} is gone"
        elif _hash_of(file) != archive.sha256:
            why = f"its archive {file.relative_to(home)} was changed"
        if why is not None:
            return Misfit(archive.chain, archive.first, None, None, why)
    return None


def with_archived(
    linked: Iterable[tuple[Event | None, Link]],
    home: Path,
    archives: Iterable[ArchiveRecord],
    rests: Callable[[Event, Link], None] = lambda event, link: None,
) -> Iterator[tuple[Event | None, Link]]:
    """Rows that are not here any more out of their files, each told; both go by chain and position."""
    resting = archived_rows(home, archives)
    event, link = next(resting, (None, None))
    for here, place in linked:
        if here is not None:
            yield here, place
            continue
        while link is not None and (link.chain, link.position) < (place.chain, place.position):
            event, link = next(resting, (None, None))
        is_same = link is not None and (link.chain, link.position) == (place.chain, place.position)
        if is_same and event is not None:
            rests(event, place)
        yield (event if is_same else None), place


def archived_rows(
    home: Path, archives: Iterable[ArchiveRecord]
) -> Generator[tuple[Event, Link], None, None]:
    for archive in archives:
        file = file_of(home, archive)
        if not file.is_file():
            continue
        try:
            with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
                read = [read_line(line.rstrip("\n")) for line in lines]
        except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
            raise ConflictError(
                f"The archive {file.relative_to(home)} cannot be read: {error}.",
                hint="Bring it back from the home's backup; `hotdash audit verify` proves it.",
            ) from None
        yield from (each for each in read if each is not None)


def _write(home: Path, chain: str, rows: list[Archivable]) -> ArchiveRecord:
    """Read again before a row goes: what cannot be proven is not archived."""
    lines = [line_of(event, link) for event, link in rows]
    first, last = rows[0][1].position, rows[-1][1].position
    part = part_of_lines(lines)
    if part.misfit is not None or last - first + 1 != len(rows):
        where = chain or "the installation"
        raise ConflictError(
            f"Positions {first} to {last} of {where} do not fit and were not archived.",
            hint="Run `hotdash audit verify`, which names the first row that was changed.",
        )
    content = gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
    record = ArchiveRecord(chain, first, last, hashlib.sha256(content).digest())
    file = file_of(home, record)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put(file, content)
    _put(file.with_suffix("").with_suffix(".json"), _manifest(record, rows, file.name))
    return record


def _manifest(record: ArchiveRecord, rows: list[Archivable], name: str) -> bytes:
    told = {
        "file": name,
        "sha256": record.sha256.hex(),
        "shop": record.chain or None,
        "rows": len(rows),
        "first": {"position": record.first, "at": iso_utc(rows[0][0].at)},
        "last": {
            "position": record.last,
            "at": iso_utc(rows[-1][0].at),
            "hash": rows[-1][1].hash.hex(),
        },
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _put(file: Path, content: bytes) -> None:
    """On the disk before the rows go from the database."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    with unfinished.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _hash_of(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()
