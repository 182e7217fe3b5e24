"""One-time sign-in links: single use, short-lived, only their hash is kept."""

from datetime import datetime, timedelta

from hotdash.base.errors import HotdashError
from hotdash.governance.access.sessions import OpenedSession, open_session
from hotdash.governance.access.tokens import hash_token, new_token, normal_email
from hotdash.storage.appdb.repositories import identity, sign_in
from hotdash.storage.appdb.session import Database


class LinkError(HotdashError):
    code = "link_used_or_expired"
    http_status = 403


def issue_link(
    database: Database, email: str, *, base_url: str, now: datetime, lasts: timedelta
) -> str:
    """The whole address; whoever opens it first is signed in as this user."""
    token = new_token()
    with database.jobs() as session:
        user = identity.get_user(session, normal_email(email))
        identity.add_link(session, hash_token(token), user.user_id, at=now, expires_at=now + lasts)
    return f"{base_url}/sign-in/{token}"


def redeem_link(
    database: Database, token: str, *, now: datetime, session_lasts: timedelta
) -> OpenedSession:
    with database.as_user(None) as session:
        user_id = sign_in.redeem_link(session, hash_token(token), now)
        if user_id is None:
            raise LinkError(
                "This sign-in link was used already, is too old, or never existed.",
                hint="Make a new one with `hotdash sign-in E-MAIL`, or sign in with a password.",
            )
        return open_session(session, user_id, now, session_lasts)
