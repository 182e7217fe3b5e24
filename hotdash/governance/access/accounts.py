"""What whoever runs the installation does with somebody's account, in every shop it opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.errors import ConflictError
from hotdash.governance.access.api_tokens import record_revoked
from hotdash.governance.access.tokens import normal_email
from hotdash.storage.appdb.repositories import api_tokens, audit, identity, memberships
from hotdash.storage.appdb.repositories.identity import UserRecord
from hotdash.storage.appdb.session import Database

DISABLED, ENABLED, RESET = "person disabled", "person enabled", "password reset"


@dataclass(frozen=True, slots=True)
class Accounts:
    database: Database
    by: str
    now: datetime

    def disable(self, email: str) -> UserRecord:
        """What is ended stays ended when the account is opened again."""
        with self.database.jobs() as session:
            person = identity.get_user(session, normal_email(email))
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
            memberships.forget_password(session, person.user_id)
            self._end_everything(session, person, RESET)
        return person

    def _end_everything(self, session: Session, person: UserRecord, action: str) -> None:
        sessions = memberships.end_ways_in(session, person.user_id)
        revoked = api_tokens.revoke_tokens_of(session, person.user_id, at=self.now, by=self.by)
        record_revoked(session, revoked, self.by, self.now)
        self._record(session, person, action, {"sessions": sessions})

    def _record(
        self, session: Session, person: UserRecord, action: str, detail: Mapping[str, Any]
    ) -> None:
        for shop_id in memberships.roles_of(session, person.user_id):
            audit.add_event(
                session,
                shop_id=shop_id,
                actor=self.by,
                action=action,
                subject=actor_of(person.user_id),
                at=self.now,
                detail=detail,
            )
