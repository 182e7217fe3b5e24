"""Sessions: opened after a proof of who somebody is, ended by time, by signing out or by a new password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ForbiddenError
from hotdash.governance.access.tokens import hash_token, new_token
from hotdash.storage.appdb.repositories import sign_in


@dataclass(frozen=True, slots=True)
class OpenedSession:
    user_id: UUID
    token: str
    expires_at: datetime


def open_session(session: Session, user_id: UUID, now: datetime, lasts: timedelta) -> OpenedSession:
    made = OpenedSession(user_id, new_token(), now + lasts)
    opened = sign_in.open_session(
        session, hash_token(made.token), user_id, at=now, expires_at=made.expires_at
    )
    if not opened:
        raise ForbiddenError(
            "This account may not sign in any more.", hint="Ask the owner of the installation."
        )
    return made


def open_session_by_password(
    session: Session, account: sign_in.Account, now: datetime, lasts: timedelta
) -> OpenedSession:
    """Only as long as the password that was shown is the one that holds."""
    made = OpenedSession(account.user_id, new_token(), now + lasts)
    opened = sign_in.open_session_by_password(
        session, hash_token(made.token), account, at=now, expires_at=made.expires_at
    )
    if not opened:
        raise ForbiddenError(
            "The password was changed, or the account closed, at this very moment.",
            hint="Sign in with the new one.",
        )
    return made


def close_session(session: Session, token: str) -> None:
    sign_in.close_session(session, hash_token(token))
