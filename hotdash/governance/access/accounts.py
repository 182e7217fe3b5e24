"""What whoever runs the installation does with somebody's account, in every shop it opens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.errors import ConflictError
from hotdash.base.roles import Role
from hotdash.governance.access.api_tokens import record_revoked
from hotdash.governance.access.further_shops import GivenShops, Giving, find_or_add
from hotdash.governance.access.managers import leaves_nobody
from hotdash.governance.access.members import ROLE_GIVEN
from hotdash.governance.access.tokens import normal_email
from hotdash.storage.appdb.repositories import api_tokens, audit, identity, memberships
from hotdash.storage.appdb.repositories.identity import UserRecord
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.session import Database

DISABLED, ENABLED, RESET = "person disabled", "person enabled", "password reset"


@dataclass(frozen=True, slots=True)
class Accounts:
    database: Database
    by: str
    now: datetime

    def invite(
        self, email: str, name: str, shops: Sequence[str], role: Role, *, anyway: bool = False
    ) -> GivenShops:
        """All of the shops or none; whoever belongs to one already has this role from now on.

        An account that lacked one of them begins anew.
        """
        address = normal_email(email)
        with self.database.jobs() as session:
            for shop_id in shops:
                get_shop(session, shop_id)
            known = identity.find_user(session, address)
            if known is not None and not anyway:
                _refuse_leaving_nobody(session, known, shops, role)
            given = find_or_add(session, address, name, shops, Giving(self.by, self.now))
            for shop_id in shops:
                identity.set_role(session, shop_id, given.person.user_id, role)
            self._record(session, given.person, ROLE_GIVEN, {"role": role.value}, shops)
        return given

    def disable(self, email: str, *, anyway: bool = False) -> UserRecord:
        """What is ended stays ended when the account is opened again."""
        with self.database.jobs() as session:
            person = identity.get_user(session, normal_email(email))
            if not anyway:
                shops = memberships.roles_of(session, person.user_id)
                _refuse_leaving_nobody(session, person, shops, None)
            identity.disable_user(session, person.user_id, self.now)
            self._end_everything(session, person, DISABLED)
        return person

    def enable(self, email: str) -> UserRecord:
        with self.database.jobs() as session:
            person = identity.get_user(session, normal_email(email))
            if person.disabled_at is None:
                raise ConflictError(
                    f"{person.email} is not disabled.", hint="`hotdash people list` shows who is."
                )
            identity.enable_user(session, person.user_id)
            self._record(session, person, ENABLED, {})
        return person

    def reset(self, email: str) -> UserRecord:
        """Nothing that was known or handed out before opens anything: password, sessions, links, tokens."""
        with self.database.jobs() as session:
            person = identity.get_user(session, normal_email(email))
            if person.disabled_at is not None:
                raise ConflictError(
                    f"{person.email} is disabled, and a link would open nothing.",
                    hint=f"Let them in again first: `hotdash people enable {person.email}`.",
                )
            memberships.forget_password(session, person.user_id)
            self._end_everything(session, person, RESET)
        return person

    def _end_everything(self, session: Session, person: UserRecord, action: str) -> None:
        sessions = memberships.end_ways_in(session, person.user_id)
        revoked = api_tokens.revoke_tokens_of(session, person.user_id, at=self.now, by=self.by)
        record_revoked(session, revoked, self.by, self.now)
        self._record(session, person, action, {"sessions": sessions})

    def _record(
        self,
        session: Session,
        person: UserRecord,
        action: str,
        detail: Mapping[str, Any],
        shops: Iterable[str] | None = None,
    ) -> None:
        """In the shops named, or in all that are theirs."""
        for shop_id in memberships.roles_of(session, person.user_id) if shops is None else shops:
            audit.add_event(
                session,
                shop_id=shop_id,
                actor=self.by,
                action=action,
                subject=actor_of(person.user_id),
                at=self.now,
                detail=detail,
            )


def _refuse_leaving_nobody(
    session: Session, person: UserRecord, shops: Iterable[str], role: Role | None
) -> None:
    for shop_id in sorted(set(shops)):
        members = memberships.lock_members(session, shop_id)
        if leaves_nobody(session, members, person.user_id, role):
            raise ConflictError(
                f"Nobody but {person.email} manages {shop_id}.",
                hint="Make somebody else an owner first with `hotdash people invite`, or say"
                " --anyway.",
            )
