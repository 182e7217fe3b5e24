"""Everything that lies sealed in this database, whatever it opens: for whoever changes the key."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import inspect, select, tuple_
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Credential, Mirror
from hotdash.storage.appdb.models.alerts import AlertChannel
from hotdash.storage.appdb.repositories.credentials import hold_keys
from hotdash.storage.secrets import Vault

SealedRow = Credential | AlertChannel | Mirror
SEALED: tuple[type[SealedRow], ...] = (Credential, AlertChannel, Mirror)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many of its rows an older key had sealed; the last row, or None behind the end."""

    sealed_anew: int
    last: Sequence[Any] | None


def rows_by_key(session: Session, vault: Vault) -> Counter[str | None]:
    """How many rows each key of the file opens; None stands for those that no key opens."""
    return Counter(
        vault.key_of(ciphertext)
        for model in SEALED
        for ciphertext in session.scalars(select(model.ciphertext))
    )


def ciphertexts(connection: psycopg.Connection) -> Iterator[bytes]:
    """Also of a database that lacks a table, because it is older than this version."""
    for model in SEALED:
        name = model.__tablename__
        if connection.execute("select to_regclass(%s)", [f"app.{name}"]).fetchone() != (None,):
            query = sql.SQL("select ciphertext from {}").format(sql.Identifier("app", name))
            yield from (bytes(row[0]) for row in connection.execute(query))


def seal_batch_anew(
    session: Session,
    vault: Vault,
    model: type[SealedRow],
    after: Sequence[Any] | None,
    size: int,
) -> Batch:
    """What the newest key sealed already is left alone, so that whoever comes again goes on."""
    hold_keys(session)
    key = inspect(model).primary_key
    wanted = select(model).order_by(*key).limit(size).with_for_update()
    if after is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(*after))
    rows = session.scalars(wanted).all()
    newest = vault.key_names()[0]
    old = [row for row in rows if vault.key_of(row.ciphertext) != newest]
    for row in old:
        row.ciphertext = vault.seal_anew(row.ciphertext)
    session.flush()
    last = inspect(rows[-1]).identity if len(rows) == size else None
    return Batch(len(old), last)
