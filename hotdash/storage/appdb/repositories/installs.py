"""Passes to connect a shop: a link from the operator, and the state that goes to the vendor and back."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import InstallPass

LINK = "link"


@dataclass(frozen=True, slots=True)
class UsedPass:
    """The shop as it is called here, if it is known already."""

    shop_id: str | None


@dataclass(frozen=True, slots=True)
class InstalledShop:
    shop_id: str
    name: str
    timezone: str
    currency: str
    ciphertext: bytes = field(repr=False)


def add_link(
    session: Session,
    link_hash: bytes,
    *,
    vendor: str,
    account: str,
    user_id: UUID | None,
    at: datetime,
    expires_at: datetime,
) -> None:
    """user_id is who will own the shop where it is new."""
    session.add(
        InstallPass(
            pass_hash=link_hash,
            kind=LINK,
            vendor=vendor,
            account=account,
            user_id=user_id,
            created_at=at,
            expires_at=expires_at,
        )
    )
    session.flush()


def open_install(
    session: Session,
    state_hash: bytes,
    *,
    vendor: str,
    account: str,
    link_hash: bytes | None,
    at: datetime,
    expires_at: datetime,
) -> bool:
    """False when neither this user nor this link may connect the shop."""
    opened = func.app.open_install(state_hash, vendor, account, link_hash, at, expires_at)
    return bool(session.scalar(select(opened)))


def use_install(
    session: Session, state_hash: bytes, *, vendor: str, account: str, at: datetime
) -> UsedPass | None:
    """Once, for a state that is known and fresh."""
    row = session.execute(
        text("select shop_id from app.use_install(:state_hash, :vendor, :account, :at)"),
        {"state_hash": state_hash, "vendor": vendor, "account": account, "at": at},
    ).one_or_none()
    return None if row is None else UsedPass(row.shop_id)


def finish_install(session: Session, state_hash: bytes, at: datetime, shop: InstalledShop) -> bool:
    finished = func.app.finish_install(
        state_hash, at, shop.shop_id, shop.name, shop.timezone, shop.currency, shop.ciphertext
    )
    return bool(session.scalar(select(finished)))


def forget_passes(session: Session, expired_before: datetime) -> int:
    forgotten = session.execute(
        delete(InstallPass)
        .where(InstallPass.expires_at < expired_before)
        .returning(InstallPass.pass_hash)
    )
    return len(forgotten.all())
