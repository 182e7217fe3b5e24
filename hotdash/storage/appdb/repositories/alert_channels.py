"""Where messages go, with the keys to it sealed before they come here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb.models.alerts import AlertChannel
from hotdash.storage.appdb.repositories.credentials import hold_keys
from hotdash.storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """Settings may be shown, fields never; None where no key opens them."""

    name: str
    kind: str
    settings: Mapping[str, str]
    updated_at: datetime
    fields: Mapping[str, str] | None = field(repr=False)


def save_channel(
    session: Session,
    vault: Vault,
    name: str,
    kind: str,
    settings: Mapping[str, str],
    fields: Mapping[str, str],
    at: datetime,
) -> None:
    """In place of an older one of this name."""
    hold_keys(session)
    values = {
        "kind": kind,
        "ciphertext": vault.seal(fields, _purpose(name)),
        "settings": dict(settings),
        "updated_at": at,
    }
    session.execute(
        insert(AlertChannel)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=[AlertChannel.name], set_=values)
    )


def list_channels(session: Session, vault: Vault) -> list[ChannelRecord]:
    hold_keys(session)
    rows = session.scalars(select(AlertChannel).order_by(AlertChannel.name))
    return [
        ChannelRecord(row.name, row.kind, row.settings, row.updated_at, _opened(vault, row))
        for row in rows
    ]


def delete_channel(session: Session, name: str) -> bool:
    """Whether there was one."""
    gone = session.execute(
        delete(AlertChannel).where(AlertChannel.name == name).returning(AlertChannel.name)
    )
    return gone.first() is not None


def _opened(vault: Vault, row: AlertChannel) -> Mapping[str, str] | None:
    try:
        return vault.open(row.ciphertext, _purpose(row.name))
    except UnavailableError:
        return None


def _purpose(name: str) -> str:
    return f"alert channel {name}"
