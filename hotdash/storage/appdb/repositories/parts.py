"""Parts: the rows of one partition as one build made them, loaded once and never changed."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, LiteralString, Self
from uuid import UUID

import psycopg
import pyarrow as pa
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, UnavailableError
from hotdash.storage.appdb.models.serving import ManifestEntry, Part
from hotdash.storage.marts import ColumnType, PublishedMart

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

LOCK_WAIT = timedelta(seconds=15)
_LOCK: LiteralString = "select pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended(%s, 0))"
_UNLOCK: LiteralString = "select pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended(%s, 0))"

# The text forms that warehouse/macros/engine/row_hash.sql gives the same values on every engine.
_CANONICAL = {
    ColumnType.TEXT: "{column}",
    ColumnType.INTEGER: "{column}::text",
    ColumnType.MONEY: "{column}::numeric(20,4)::text",
    ColumnType.DAY: "({column} - date '1970-01-01')::text",
    ColumnType.INSTANT: "(extract(epoch from {column}) * 1000000)::bigint::text",
    ColumnType.FLAG: "{column}::text",
    ColumnType.RATE: "{column}::numeric(18,10)::text",
}


class RowsRefusedError(HotdashError):
    """The rows themselves are the trouble, so that trying again is no use."""

    code = "rows_refused"


@dataclass(frozen=True, slots=True)
class Fingerprint:
    row_count: int
    rows_hash: str


@dataclass(frozen=True, slots=True)
class UnusedPart:
    mart: str
    part: int


@contextmanager
def publishing_alone(connection: psycopg.Connection, shop_id: str) -> Generator[None]:
    """One publication per shop at a time; the lock dies with the process that held it."""
    name = f"hotdash.publish.{shop_id}"
    wait = f"{LOCK_WAIT // timedelta(milliseconds=1)}ms"
    connection.execute("select set_config('lock_timeout', %s, false)", [wait])
    try:
        connection.execute(_LOCK, [name])
    except psycopg.errors.LockNotAvailable:
        raise ConflictError(
            f"The shop {shop_id} is being published by another process.",
            hint="Wait for that publication to end, then run again.",
        ) from None
    try:
        yield
    finally:
        connection.execute(_UNLOCK, [name])


def register_parts(
    session: Session,
    shop_id: str,
    build_id: UUID,
    mart: str,
    partition_keys: Sequence[str],
    at: datetime,
) -> dict[str, int]:
    """The part numbers under which these partitions will be loaded."""
    common = {"shop_id": shop_id, "build_id": build_id, "mart": mart, "created_at": at}
    made = session.execute(
        insert(Part).returning(Part.partition_key, Part.part),
        [{**common, "partition_key": key} for key in partition_keys],
    )
    return {row.partition_key: row.part for row in made}


class LoadConnection:
    """Kept for all the marts of a publication: every new one first reads all the types there are."""

    def __init__(self, direct_uri: str) -> None:
        self._direct_uri = direct_uri
        self._open: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def opened(self) -> "Connection":
        if self._open is None:
            # Here and not above: it brings pyarrow's data sets and with them pandas, which no web
            # process needs to start.
            from adbc_driver_postgresql import dbapi

            connect: Callable[..., Connection] = getattr(dbapi, "connect")  # noqa: B009
            self._open = connect(self._direct_uri, autocommit=True)
        return self._open

    def close(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            from adbc_driver_postgresql import dbapi

            with suppress(dbapi.Error):
                connection.close()


def load_rows(into: LoadConnection, mart: PublishedMart, rows: pa.Table) -> None:
    """Outside any transaction: nothing shows these rows before a manifest names their parts."""
    from adbc_driver_postgresql import dbapi

    try:
        with into.opened().cursor() as cursor:
            cursor.adbc_ingest(mart.name, rows, mode="append", db_schema_name="serving")
    except (dbapi.IntegrityError, dbapi.DataError) as error:
        into.close()
        raise RowsRefusedError(
            f"{mart.name} was refused: {_said(error)}.",
            hint="Find these rows in the warehouse; a check should have stopped them.",
        ) from error
    except dbapi.Error as error:
        into.close()
        raise UnavailableError(
            f"The rows of {mart.name} could not be loaded: {_said(error)}.",
            hint="Check that the app database is up and has room, then run again.",
        ) from error


def _said(error: Exception) -> str:
    """The server's own sentence, without the values of the row it stumbled over."""
    _, _, after = str(error).partition("ERROR:")
    return (after or str(error)).strip().splitlines()[0].rstrip(".")


def fingerprints(
    session: Session, mart: PublishedMart, shop_id: str, parts: Sequence[int]
) -> dict[int, Fingerprint]:
    """Count and hash of what really stands in these parts; a part without rows has none."""
    found = session.execute(
        text(
            f"""
            select part, count(*), sum({_hash_number(mart.columns)})::text
            from serving.{mart.name} where shop_id = :shop_id and part = any(:parts)
            group by part
            """
        ),
        {"shop_id": shop_id, "parts": list(parts)},
    )
    return {part: Fingerprint(count, rows_hash) for part, count, rows_hash in found}


def holds_rows(session: Session, mart: PublishedMart, shop_id: str) -> bool:
    query = text(f"select exists (select from serving.{mart.name} where shop_id = :shop_id)")
    return session.scalars(query, {"shop_id": shop_id}).one()


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the rows of one part on one day, or in one bucket."""

    part: int
    place: date | int
    rows: int
    hash: int
    sums: Mapping[str, Decimal]


def tallies(
    session: Session, mart: PublishedMart, shop_id: str, parts: Sequence[int]
) -> list[Tally]:
    place = mart.partition_column
    money = [name for name, kind in mart.columns.items() if kind is ColumnType.MONEY]
    sums = "".join(f", coalesce(sum({name}), 0)" for name in money)
    found = session.execute(
        text(
            f"""
            select part, {place}, count(*), sum({_hash_number(mart.columns)}){sums}
            from serving.{mart.name} where shop_id = :shop_id and part = any(:parts)
            group by part, {place}
            """
        ),
        {"shop_id": shop_id, "parts": list(parts)},
    )
    return [
        Tally(part, where, rows, int(hashed), dict(zip(money, summed, strict=True)))
        for part, where, rows, hashed, *summed in found
    ]


def served_rows(
    session: Session, mart: PublishedMart, shop_id: str, part: int
) -> Iterator[dict[str, Any]]:
    found = session.execute(
        text(
            f"select {', '.join(mart.columns)} from serving.{mart.name}"
            " where shop_id = :shop_id and part = :part"
        ),
        {"shop_id": shop_id, "part": part},
    )
    for row in found.mappings():
        yield dict(row)


def _hash_number(columns: Mapping[str, ColumnType]) -> str:
    return f"('x' || left(md5({_row_text(columns)}), 15))::bit(60)::bigint"


def _row_text(columns: Mapping[str, ColumnType]) -> str:
    texts = (_CANONICAL[kind].format(column=name) for name, kind in columns.items())
    return f"concat_ws(chr(31), {', '.join(f'coalesce({form}, chr(30))' for form in texts)})"


def unused_parts(session: Session, shop_id: str) -> list[UnusedPart]:
    """Parts that no manifest names: of a publication that died, or of manifests now gone."""
    is_named = (
        select(ManifestEntry.part)
        .where(ManifestEntry.shop_id == Part.shop_id, ManifestEntry.part == Part.part)
        .exists()
    )
    found = session.execute(
        select(Part.mart, Part.part).where(Part.shop_id == shop_id, ~is_named).order_by(Part.part)
    )
    return [UnusedPart(mart, part) for mart, part in found]


def drop_part(session: Session, mart: str, shop_id: str, part: int) -> None:
    for table in (mart, "parts"):
        session.execute(
            text(f"delete from serving.{table} where shop_id = :shop_id and part = :part"),
            {"shop_id": shop_id, "part": part},
        )
