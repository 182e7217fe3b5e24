"""Signing in and out: all the web role can do with people, through functions that do just that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from hotdash.base.roles import Role


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in with a password, and the hash it has to match."""

    user_id: UUID
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    user_id: UUID
    name: str
    email: str
    last_seen_at: datetime
    expires_at: datetime
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True)
class FailedAttempts:
    """Of the account since its last success, and of the address."""

    of_account: int
    of_address: int


def find_account(session: Session, email: str) -> Account | None:
    row = session.execute(
        text("select user_id, password_hash from app.sign_in_account(:email)"), {"email": email}
    ).one_or_none()
    return None if row is None else Account(row.user_id, row.password_hash)


def open_session(
    session: Session, token_hash: bytes, user_id: UUID, *, at: datetime, expires_at: datetime
) -> bool:
    """False when the user does not exist or is disabled."""
    opened = func.app.open_session(token_hash, user_id, at, expires_at)
    return bool(session.scalar(select(opened)))


def open_session_by_password(
    session: Session, token_hash: bytes, account: Account, *, at: datetime, expires_at: datetime
) -> bool:
    """False when the user is disabled or has another password by now."""
    proven = (account.user_id, account.password_hash)
    opened = func.app.open_session_by_password(token_hash, *proven, at, expires_at)
    return bool(session.scalar(select(opened)))


def signed_in(session: Session, token_hash: bytes, at: datetime) -> SignedIn | None:
    row = session.execute(
        text(
            "select user_id, name, email, last_seen_at, expires_at, roles"
            " from app.signed_in(:token_hash, :at)"
        ),
        {"token_hash": token_hash, "at": at},
    ).one_or_none()
    if row is None:
        return None
    roles = {shop_id: Role(role) for shop_id, role in row.roles.items()}
    return SignedIn(row.user_id, row.name, row.email, row.last_seen_at, row.expires_at, roles)


def touch_session(session: Session, token_hash: bytes, at: datetime) -> None:
    session.execute(select(func.app.touch_session(token_hash, at)))


def close_session(session: Session, token_hash: bytes) -> None:
    session.execute(select(func.app.close_session(token_hash)))


def redeem_link(session: Session, token_hash: bytes, at: datetime) -> UUID | None:
    """The user of a link that is known, fresh and unused; it is used from now on."""
    return session.scalar(select(func.app.redeem_link(token_hash, at)))


def record_attempt(
    session: Session, *, email_hash: bytes, address: str, at: datetime, succeeded: bool
) -> None:
    session.execute(select(func.app.record_attempt(email_hash, address, at, succeeded)))


def failed_attempts(
    session: Session, *, email_hash: bytes, address: str, since: datetime
) -> FailedAttempts:
    row = session.execute(
        text(
            "select of_account, of_address from app.failed_attempts(:email_hash, :address, :since)"
        ),
        {"email_hash": email_hash, "address": address, "since": since},
    ).one()
    return FailedAttempts(row.of_account, row.of_address)


def may_have_password(session: Session) -> bool:
    """Whether this person may: not whoever came in by another service, unless an owner allowed it."""
    return bool(session.scalar(text("select may_have_password from app.my_account()")))


def set_my_password(session: Session, before: str | None, new: str, *, kept: bytes) -> bool:
    """False when this person may have none, has another than before by now, or left that session."""
    return bool(session.scalar(select(func.app.set_my_password(before, new, kept))))


def rehash_my_password(session: Session, before: str, dearer: str) -> None:
    session.execute(select(func.app.rehash_my_password(before, dearer)))


def end_my_other_ways_in(session: Session, kept: bytes) -> None:
    session.execute(select(func.app.end_my_other_ways_in(kept)))
