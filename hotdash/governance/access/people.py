"""Who stands at a terminal: a person of this installation who proves it, never the name of a login."""

import getpass
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hotdash.base.actors import actor_of
from hotdash.base.errors import ForbiddenError, NotFoundError
from hotdash.base.roles import Permission, Role, may
from hotdash.governance.access.links import redeem_link
from hotdash.governance.access.sessions import OpenedSession, close_session
from hotdash.governance.access.sign_in import PasswordSignIn
from hotdash.governance.access.tokens import hash_token, normal_email
from hotdash.storage.appdb.repositories import sign_in
from hotdash.storage.appdb.session import Database

_LASTS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who proved who they are, with their role in each shop."""

    user_id: UUID
    email: str
    roles: Mapping[str, Role]
    # Where they sat, which proves nothing and is noted all the same.
    seat: str

    @property
    def actor(self) -> str:
        """Who it was, in every record: a person's address stands in their account and nowhere else."""
        return actor_of(self.user_id)

    def role_in(self, shop_id: str) -> Role:
        role = self.roles.get(shop_id)
        if role is None:
            raise NotFoundError(
                f"There is no shop {shop_id!r} among those of this person.",
                hint="Choose a shop in which this person has a role.",
                field="shop",
            )
        return role

    def require(self, shop_id: str, permission: Permission) -> Role:
        role = self.role_in(shop_id)
        if not may(role, permission):
            raise ForbiddenError(
                f"The role {role.value} of {shop_id} may not do this ({permission.value}).",
                hint="Ask somebody with another role, or the owner for one.",
            )
        return role


class WrongPersonError(ForbiddenError):
    code = "wrong_person"


def prove_by_password(database: Database, email: str, password: str, now: datetime) -> Person:
    """Counted and throttled like every sign-in; the session is over before this returns."""
    opened = PasswordSignIn(database, _LASTS).sign_in(email, password, _host(), now)
    return _person(database, opened, now)


def prove_by_link(database: Database, email: str, link: str, now: datetime) -> Person:
    """The link or its last part; it works once."""
    token = link.strip().rstrip("/").rsplit("/", 1)[-1]
    person = _person(database, redeem_link(database, token, now=now, session_lasts=_LASTS), now)
    if person.email != normal_email(email):
        raise WrongPersonError(
            f"This sign-in link is not one of {normal_email(email)}.",
            hint="Make one for this person; this one has been used up.",
            field="link",
        )
    return person


def seat() -> str:
    """By number first: the name of a login is whatever the environment says."""
    try:
        name = getpass.getuser().partition("@")[0]
    except (KeyError, OSError):
        name = "?"
    return f"uid {os.getuid()} ({name}) at {_host()}"


def _person(database: Database, opened: OpenedSession, now: datetime) -> Person:
    with database.as_user(None) as session:
        found = sign_in.signed_in(session, hash_token(opened.token), now)
        close_session(session, opened.token)
    if found is None:
        raise ForbiddenError(
            "This account may not sign in any more.", hint="Ask the owner of the installation."
        )
    return Person(found.user_id, found.email, found.roles, seat())


def _host() -> str:
    return socket.gethostname()
