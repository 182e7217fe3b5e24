"""An account that gets a further shop begins anew: who arranged its ways in may be of another shop."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import audit, identity, memberships
from hotdash.storage.appdb.repositories.identity import UserRecord

BEGUN_ANEW = "ways in ended for a further shop"


@dataclass(frozen=True, slots=True)
class Giving:
    """Who gives it and when; kept is the session of whoever brings the shop themselves."""

    by: str
    now: datetime
    kept: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class GivenShops:
    """Whose shops they are now; whoever begins anew needs a new link, or another service's word."""

    person: UserRecord
    begins_anew: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """A shop that its owner brought by the page, and whether their account began anew but for that session."""

    shop_id: str
    begins_anew: bool


def find_or_add(
    session: Session, email: str, name: str, shops: Collection[str], giving: Giving
) -> GivenShops:
    """The account that these shops are about to be given to."""
    person = identity.find_user(session, email)
    if person is None:
        return GivenShops(identity.add_user(session, email=email, name=name), begins_anew=False)
    return GivenShops(person, begin_anew(session, person.user_id, shops, giving))


def begin_anew(session: Session, user_id: UUID, shops: Collection[str], giving: Giving) -> bool:
    """Before any of the shops is given; False where the account has them all, or is the only one here.

    Its tokens stay: each opens the shops that it names and no other. So does what other services say.
    """
    identity.hold_user(session, user_id)
    held = memberships.roles_of(session, user_id)
    if set(shops) <= held.keys() or identity.is_alone(session, user_id):
        return False
    memberships.forget_password(session, user_id)
    kept = hash_token(giving.kept) if giving.kept else None
    ended = memberships.end_ways_in(session, user_id, kept=kept)
    for shop_id in held:
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=giving.by,
            action=BEGUN_ANEW,
            subject=actor_of(user_id),
            at=giving.now,
            detail={"sessions": ended},
            request_id=giving.request_id,
        )
    return True
