"""The first person of an installation, who owns its shops."""

from collections.abc import Sequence

from hotdash.base.roles import Role
from hotdash.governance.access.tokens import normal_email
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.session import Database


def ensure_owner(
    database: Database, *, email: str, name: str, shop_ids: Sequence[str]
) -> identity.UserRecord:
    """Done twice it changes nothing; shops that came since are added."""
    email = normal_email(email)
    with database.jobs() as session:
        user = identity.find_user(session, email) or identity.add_user(
            session, email=email, name=name
        )
        for shop_id in shop_ids:
            identity.set_role(session, shop_id, user.user_id, Role.OWNER)
        return user
