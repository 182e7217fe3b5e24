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
    token = new_token()
    expires_at = now + lasts
    opened = sign_in.open_session(
        session, hash_token(token), user_id, at=now, expires_at=expires_at
    )
    if not opened:
        raise ForbiddenError(
            "This account may not sign in any more.", hint="Ask the owner of the installation."
        )
    return OpenedSession(user_id, token, expires_at)


def close_session(session: Session, token: str) -> None:
    sign_in.close_session(session, hash_token(token))
