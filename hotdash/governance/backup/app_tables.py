"""The app database in and out of a backup: every table of one snapshot, as text in the order of its key."""

import hashlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import psycopg
from sqlalchemy import Connection

from hotdash.base.errors import ConflictError
from hotdash.base.progress import Progress
from hotdash.governance.backup.chunks import Chunks, ChunkWriter
from hotdash.governance.backup.manifest import AppPart, TablePart
from hotdash.governance.backup.place import DamagedBackupError
from hotdash.storage.appdb.repositories import table_copies
from hotdash.storage.appdb.repositories.table_copies import Table
from hotdash.storage.appdb.session import Database


@contextmanager
def one_snapshot(database: Database) -> Generator[psycopg.Connection]:
    with database.direct() as connection, connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        table_copies.read_in_one_form(connection)
        yield connection


def back_up(connection: psycopg.Connection, writer: ChunkWriter, progress: Progress) -> AppPart:
    revision = table_copies.revision(connection)
    if revision is None:
        raise ConflictError(
            "Nothing is set up in this app database yet.", hint="Run `hotdash init` first."
        )
    found = table_copies.tables(connection)
    with progress.task("tables of the app database", len(found)) as task:
        parts = list[TablePart]()
        for table in found:
            parts.append(_back_up_table(connection, table, writer))
            task.advance()
    return AppPart(
        revision=revision,
        server_version=connection.info.server_version,
        is_open=table_copies.is_shown_to_supabase(connection),
        tables=tuple(parts),
        sequences=table_copies.sequences(connection),
    )


def hashes(database: Database, names: Iterable[str]) -> Mapping[str, str]:
    """Of the tables as they are now, by the same text as in a backup."""
    wanted, told = set(names), dict[str, str]()
    with one_snapshot(database) as connection:
        for table in table_copies.tables(connection):
            if table.name in wanted:
                told[table.name] = _hash(connection, table)
    return told


def load(connection: Connection, part: AppPart, chunks: Chunks, progress: Progress) -> None:
    """Into the empty tables of its revision; each is read back before anybody sees it."""
    direct = cast(psycopg.Connection, connection.connection.driver_connection)
    table_copies.read_in_one_form(direct)
    present = {table.name: table for table in table_copies.tables(direct)}
    held = {table.name: table for table in part.tables}
    _refuse_strangers(present, held)
    with (
        table_copies.triggers_at_rest(direct),
        progress.task("tables of the app database", len(held)) as task,
    ):
        for name, table in present.items():
            if name in held and held[name].rows:
                _load_table(direct, table, held[name], chunks)
                task.advance()
    table_copies.set_sequences(direct, part.sequences)


def _back_up_table(connection: psycopg.Connection, table: Table, writer: ChunkWriter) -> TablePart:
    rows = 0

    def counted(pieces: Iterator[bytes]) -> Generator[bytes]:
        nonlocal rows
        for piece in pieces:
            # Within a value a line's end is written as a backslash and an n.
            rows += piece.count(b"\n")
            yield piece

    content = writer.write(counted(table_copies.read_table(connection, table)))
    return TablePart(name=table.name, columns=table.columns, rows=rows, content=content)


def _load_table(
    connection: psycopg.Connection, table: Table, part: TablePart, chunks: Chunks
) -> None:
    as_it_was = replace(table, columns=part.columns)
    table_copies.write_table(connection, as_it_was, chunks.read(part.content))
    if _hash(connection, as_it_was) != part.content.sha256:
        raise DamagedBackupError(
            f"{table.name} does not read like the backup after it was loaded; nothing was kept.",
            hint="Report this with both versions of Postgres: `hotdash doctor` tells this one's.",
        )


def _hash(connection: psycopg.Connection, table: Table) -> str:
    digest = hashlib.sha256()
    for piece in table_copies.read_table(connection, table):
        digest.update(piece)
    return digest.hexdigest()


def _refuse_strangers(present: Mapping[str, Table], held: Mapping[str, TablePart]) -> None:
    """Rows that no table here could take would be lost without a word."""
    for name, part in held.items():
        missing = (
            [name] if name not in present else sorted(set(part.columns) - {*present[name].columns})
        )
        if missing and part.rows:
            raise ConflictError(
                f"The backup holds {', '.join(missing)} of {name}, for which this version has no "
                "place.",
                hint="Restore it with the version of Hotdash that made it.",
            )
