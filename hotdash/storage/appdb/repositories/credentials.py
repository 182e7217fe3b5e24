"""What a vendor gave us to read a shop with: encrypted before it comes here, in no log and no page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb.models import Credential, SourceState
from hotdash.storage.secrets import Vault

EXPIRES_AT = "expires_at"


@dataclass(frozen=True, slots=True)
class CredentialRecord:
    shop_id: str
    vendor: str
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CredentialOverview:
    """The fields are named, not shown; None where no key opens them."""

    shop_id: str
    vendor: str
    since: datetime
    fields: tuple[str, ...] | None
    expires_at: str | None


def save_credential(
    session: Session, vault: Vault, shop_id: str, vendor: str, fields: Mapping[str, str]
) -> None:
    hold_keys(session)
    ciphertext = seal(vault, shop_id, vendor, fields)
    session.execute(
        insert(Credential)
        .values(shop_id=shop_id, vendor=vendor, ciphertext=ciphertext)
        .on_conflict_do_update(
            index_elements=[Credential.shop_id, Credential.vendor],
            set_={"ciphertext": ciphertext, "updated_at": func.now()},
        )
    )


def change_credential(
    session: Session, vault: Vault, shop_id: str, vendor: str, fields: Mapping[str, str]
) -> None:
    """What is known of a key, and not the key: since when it is kept stays as it was."""
    hold_keys(session)
    session.execute(
        update(Credential)
        .where(Credential.shop_id == shop_id, Credential.vendor == vendor)
        .values(ciphertext=seal(vault, shop_id, vendor, fields))
    )


def seal(vault: Vault, shop_id: str, vendor: str, fields: Mapping[str, str]) -> bytes:
    return vault.seal(fields, _purpose(shop_id, vendor))


def unseal(vault: Vault, shop_id: str, vendor: str, ciphertext: bytes) -> Mapping[str, str]:
    return vault.open(ciphertext, _purpose(shop_id, vendor))


def lock_credential(
    session: Session, vault: Vault, shop_id: str, vendor: str
) -> Mapping[str, str] | None:
    """As it is now; nobody else changes it before this transaction ends."""
    hold_keys(session)
    statement = (
        select(Credential)
        .where(Credential.shop_id == shop_id, Credential.vendor == vendor)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    credential = session.scalars(statement).one_or_none()
    if credential is None:
        return None
    return unseal(vault, shop_id, vendor, credential.ciphertext)


def enter_credential(
    session: Session, vault: Vault, shop_id: str, vendor: str, fields: Mapping[str, str]
) -> None:
    """By a person: whether the old ones were refused says nothing about these."""
    save_credential(session, vault, shop_id, vendor, fields)
    _forget_state(session, shop_id, vendor)


def find_credential(
    session: Session, vault: Vault, shop_id: str, vendor: str
) -> Mapping[str, str] | None:
    hold_keys(session)
    credential = session.get(Credential, (shop_id, vendor), populate_existing=True)
    if credential is None:
        return None
    return vault.open(credential.ciphertext, _purpose(shop_id, vendor))


def all_credentials(session: Session, vault: Vault) -> list[CredentialRecord]:
    """Every shop's, for the run that reads all of them."""
    hold_keys(session)
    rows = session.scalars(select(Credential).order_by(Credential.shop_id, Credential.vendor))
    return [
        CredentialRecord(
            row.shop_id,
            row.vendor,
            vault.open(row.ciphertext, _purpose(row.shop_id, row.vendor)),
        )
        for row in rows
    ]


def overview(
    session: Session, vault: Vault, shops: Collection[str] | None = None
) -> list[CredentialOverview]:
    """By what they open; of their values only what says until when they hold."""
    wanted = select(Credential).order_by(Credential.shop_id, Credential.vendor)
    if shops is not None:
        wanted = wanted.where(Credential.shop_id.in_(shops))
    rows = session.scalars(wanted)
    return [
        CredentialOverview(row.shop_id, row.vendor, row.updated_at, *_known(vault, row))
        for row in rows
    ]


def _known(vault: Vault, row: Credential) -> tuple[tuple[str, ...] | None, str | None]:
    try:
        fields = vault.open(row.ciphertext, _purpose(row.shop_id, row.vendor))
    except UnavailableError:
        return None, None
    return tuple(sorted(fields)), fields.get(EXPIRES_AT)


_ROTATION = func.hashtext("hotdash.rotate_key")


def try_hold_rotation(session: Session) -> bool:
    """Until the transaction ends nobody else changes keys, and nobody seals or opens with one that may go.

    Asked for without waiting: behind one who waits, everybody who wants a credential would wait too.
    """
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_ROTATION))))


def hold_keys(session: Session) -> None:
    """Before any row is locked: what is sealed with a key is stored before that key can be retired."""
    session.execute(select(func.pg_advisory_xact_lock_shared(_ROTATION)))


def list_credentials(session: Session, shop_id: str) -> Mapping[str, datetime]:
    """Which vendors have one, and since when; never what it is."""
    rows = session.execute(
        select(Credential.vendor, Credential.updated_at).where(Credential.shop_id == shop_id)
    )
    return {row.vendor: row.updated_at for row in rows}


def delete_credential(session: Session, shop_id: str, vendor: str) -> bool:
    """Whether there was one."""
    gone = session.execute(
        delete(Credential)
        .where(Credential.shop_id == shop_id, Credential.vendor == vendor)
        .returning(Credential.vendor)
    )
    _forget_state(session, shop_id, vendor)
    return gone.first() is not None


def _forget_state(session: Session, shop_id: str, vendor: str) -> None:
    session.execute(
        delete(SourceState).where(SourceState.shop_id == shop_id, SourceState.source == vendor)
    )


def _purpose(shop_id: str, vendor: str) -> str:
    return f"credential {shop_id} {vendor}"
