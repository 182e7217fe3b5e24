"""Signing in with e-mail and password: five failures per account and per address in a quarter of an hour."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.errors import ForbiddenError, HotdashError
from hotdash.governance.access.api_tokens import record_revoked
from hotdash.governance.access.passwords import (
    check_policy,
    hash_password,
    is_outdated,
    verify_password,
)
from hotdash.governance.access.sessions import OpenedSession, open_session_by_password
from hotdash.governance.access.tokens import hash_email, hash_token, normal_email
from hotdash.storage.appdb.repositories import api_tokens
from hotdash.storage.appdb.repositories import sign_in as repository
from hotdash.storage.appdb.session import Database

ALLOWED_FAILURES = 5
WINDOW = timedelta(minutes=15)


class WrongPasswordError(HotdashError):
    code = "wrong_password"
    http_status = 401


class TooManyFailuresError(HotdashError):
    code = "too_many_failures"
    http_status = 429

    def __init__(self) -> None:
        minutes = ceil(WINDOW.total_seconds() / 60)
        super().__init__(
            "Too many sign-ins have failed.",
            hint=f"Wait {minutes} minutes and try again, or use a one-time link.",
        )
        self.headers = {"retry-after": str(int(WINDOW.total_seconds()))}


class NoPasswordError(ForbiddenError):
    code = "no_password_here"

    def __init__(self) -> None:
        super().__init__(
            "You come in by another service, and a password of your own would outlast it.",
            hint="Sign in there; an owner can allow you a password under Admin, People.",
            field="new",
        )


@dataclass(frozen=True, slots=True)
class NewPassword:
    """current is None for somebody who came by link and has no password yet."""

    user_id: UUID
    email: str
    current: str | None
    new: str
    session_token: str
    ends_tokens: bool = False
    request_id: str | None = None


class PasswordSignIn:
    def __init__(self, database: Database, session_lasts: timedelta) -> None:
        self._database = database
        self._session_lasts = session_lasts
        # One at a time: argon2 takes 64 MB each, and a burst cannot run ahead of its own count.
        self._one_at_a_time = threading.Lock()

    def sign_in(self, email: str, password: str, address: str, now: datetime) -> OpenedSession:
        email = normal_email(email)
        with self._one_at_a_time:
            account = self._account(email, address, now)
            password_hash = account.password_hash if account else None
            verified = verify_password(password_hash, password)
            if account is None or password_hash is None or not verified:
                self._record(email, address, now, succeeded=False)
                raise WrongPasswordError(
                    "E-mail and password do not fit together.",
                    hint="Check both; without a password yet, use a one-time link.",
                    field="password",
                )
            opened = self._open(account, email, address, now)
        if is_outdated(password_hash):
            self._rehash(account.user_id, password_hash, password)
        return opened

    def change(self, wanted: NewPassword, address: str, now: datetime) -> None:
        """Every other session of this person ends and every link; tokens end when that is wanted."""
        check_policy(wanted.new, wanted.email)
        with self._one_at_a_time:
            before = None
            if wanted.current is not None:
                before = self._check_current(wanted, wanted.current, address, now)
            new, kept = hash_password(wanted.new), hash_token(wanted.session_token)
            with self._database.as_user(wanted.user_id) as session:
                if not repository.set_my_password(session, before, new, kept=kept):
                    raise _refusal(session)
                repository.end_my_other_ways_in(session, kept)
                if wanted.ends_tokens:
                    by = actor_of(wanted.user_id)
                    revoked = api_tokens.revoke_my_tokens(session, at=now, by=by)
                    record_revoked(session, revoked, by, now, wanted.request_id)

    def _check_current(
        self, wanted: NewPassword, current: str, address: str, now: datetime
    ) -> str | None:
        """The hash that it fits, which must still hold when the new one is set."""
        account = self._account(wanted.email, address, now)
        password_hash = account.password_hash if account else None
        if not verify_password(password_hash, current):
            self._record(wanted.email, address, now, succeeded=False)
            raise WrongPasswordError(
                "The current password is not right.", hint="Enter it again.", field="current"
            )
        return password_hash

    def _account(self, email: str, address: str, now: datetime) -> repository.Account | None:
        with self._database.as_user(None) as session:
            failed = repository.failed_attempts(
                session, email_hash=hash_email(email), address=address, since=now - WINDOW
            )
            if max(failed.of_account, failed.of_address) >= ALLOWED_FAILURES:
                raise TooManyFailuresError
            return repository.find_account(session, email)

    def _record(self, email: str, address: str, now: datetime, *, succeeded: bool) -> None:
        with self._database.as_user(None) as session:
            repository.record_attempt(
                session,
                email_hash=hash_email(email),
                address=address,
                at=now,
                succeeded=succeeded,
            )

    def _open(
        self, account: repository.Account, email: str, address: str, now: datetime
    ) -> OpenedSession:
        with self._database.as_user(None) as session:
            opened = open_session_by_password(session, account, now, self._session_lasts)
            repository.record_attempt(
                session, email_hash=hash_email(email), address=address, at=now, succeeded=True
            )
        return opened

    def _rehash(self, user_id: UUID, before: str, password: str) -> None:
        """The parameters were raised since: this is the moment the password is known."""
        with self._database.as_user(user_id) as session:
            repository.rehash_my_password(session, before, hash_password(password))


def _refusal(session: Session) -> ForbiddenError:
    if not repository.may_have_password(session):
        return NoPasswordError()
    return ForbiddenError(
        "Your password was changed, or your session ended, at this very moment.",
        hint="Sign in again; whoever did not do this themselves asks an owner.",
    )
