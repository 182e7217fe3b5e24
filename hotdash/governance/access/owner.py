"""The first person of an installation, who owns its shops."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hotdash.base.roles import Role
from hotdash.governance.access.further_shops import GivenShops, Giving, find_or_add
from hotdash.governance.access.tokens import normal_email
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.session import Database


def ensure_owner(
    database: Database, *, email: str, name: str, shop_ids: Sequence[str], giving: Giving
) -> GivenShops:
    """Done twice it changes nothing; shops that came since are added."""
    with database.jobs() as session:
        return make_owner(session, email=email, name=name, shop_ids=shop_ids, giving=giving)


def make_owner(
    session: Session, *, email: str, name: str, shop_ids: Sequence[str], giving: Giving
) -> GivenShops:
    given = find_or_add(session, normal_email(email), name, shop_ids, giving)
    for shop_id in shop_ids:
        identity.set_role(session, shop_id, given.person.user_id, Role.OWNER)
    return given
