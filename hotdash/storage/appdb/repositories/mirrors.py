"""The Supabase project that is written to: its address, its sealed key, and how it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb.models import Mirror
from hotdash.storage.appdb.repositories.credentials import hold_keys
from hotdash.storage.secrets import Vault

NAME = "supabase"
KEY = "key"


@dataclass(frozen=True, slots=True)
class MirrorRecord:
    """Fields are the key, None where the vault does not open them."""

    url: str
    fields: Mapping[str, str] | None = field(repr=False)
    connected_at: datetime
    state: str
    since: datetime
    code: str | None = None
    reason: str | None = None
    mend: str | None = None
    failures: int = 0
    resumes_at: datetime | None = None
    tables_checked_at: datetime | None = None
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StateRecord:
    state: str
    code: str | None = None
    reason: str | None = None
    mend: str | None = None
    failures: int = 0
    resumes_at: datetime | None = None


def save_mirror(
    session: Session, vault: Vault, url: str, key: str, state: str, at: datetime
) -> None:
    """The key is sealed for this address: a row with another one opens nothing."""
    hold_keys(session)
    values = {
        "url": url,
        "ciphertext": vault.seal({KEY: key}, _purpose(url)),
        "connected_at": at,
        "state": state,
        "since": at,
        **dict.fromkeys(("code", "reason", "mend", "resumes_at", "tables_checked_at")),
        "failures": 0,
    }
    session.execute(
        insert(Mirror)
        .values(name=NAME, **values)
        .on_conflict_do_update(index_elements=[Mirror.name], set_=values)
    )


def find_mirror(session: Session, vault: Vault) -> MirrorRecord | None:
    hold_keys(session)
    row = session.get(Mirror, NAME, populate_existing=True)
    return None if row is None else _record(row, _opened(vault, row))


def read_mirror(session: Session) -> MirrorRecord | None:
    """For whoever only looks: the key stays sealed."""
    row = session.get(Mirror, NAME)
    return None if row is None else _record(row, None)


def save_state(session: Session, told: StateRecord, at: datetime) -> None:
    """`since` moves only with the state."""
    mirror = session.get(Mirror, NAME, populate_existing=True)
    if mirror is None:
        return
    if mirror.state != told.state:
        mirror.since = at
    for name in StateRecord.__dataclass_fields__:
        setattr(mirror, name, getattr(told, name))


def note_tables(session: Session, at: datetime | None) -> None:
    """When they were found right; None where that has to be asked before the next write."""
    session.execute(update(Mirror).where(Mirror.name == NAME).values(tables_checked_at=at))


def note_written(session: Session, at: datetime) -> None:
    session.execute(update(Mirror).where(Mirror.name == NAME).values(written_at=at))


def delete_mirror(session: Session) -> None:
    session.execute(delete(Mirror).where(Mirror.name == NAME))


def _record(row: Mirror, fields: Mapping[str, str] | None) -> MirrorRecord:
    return MirrorRecord(
        row.url,
        fields,
        row.connected_at,
        row.state,
        row.since,
        row.code,
        row.reason,
        row.mend,
        row.failures,
        row.resumes_at,
        row.tables_checked_at,
        row.written_at,
    )


def _opened(vault: Vault, row: Mirror) -> Mapping[str, str] | None:
    try:
        return vault.open(row.ciphertext, _purpose(row.url))
    except UnavailableError:
        return None


def _purpose(url: str) -> str:
    return f"mirror {url}"
