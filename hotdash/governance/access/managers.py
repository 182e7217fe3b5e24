"""A shop always has somebody who manages it: what may not happen to the last of them."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.roles import Permission, Role, may
from hotdash.storage.appdb.repositories import identity


def leaves_nobody(
    session: Session, members: Mapping[UUID, Role], user_id: UUID, role: Role | None
) -> bool:
    """Whether they are the last and would not be with this role, or with none."""
    if role is not None and may(role, Permission.MANAGE_SHOP):
        return False
    managing = {each for each, held in members.items() if may(held, Permission.MANAGE_SHOP)}
    # Whoever is shut out of the installation manages nothing.
    return identity.enabled_among(session, managing) == {user_id}
