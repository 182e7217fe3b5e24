"""Who belongs to a shop: invited, given another role or shut out by whoever manages it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.errors import ConflictError, ForbiddenError, HotdashError, NotFoundError
from hotdash.base.roles import Permission, Role, may
from hotdash.governance.access.api_tokens import record_revoked
from hotdash.governance.access.further_shops import Giving, begin_anew
from hotdash.governance.access.managers import leaves_nobody
from hotdash.governance.access.tokens import hash_token, new_token, normal_email
from hotdash.storage.appdb.repositories import api_tokens, audit, identity, memberships
from hotdash.storage.appdb.session import Database

INVITATION_LASTS = timedelta(days=3)
LONGEST_EMAIL, LONGEST_NAME = 254, 100
ROLE_GIVEN, ROLE_TAKEN = "role given", "role taken"
PASSWORD_ALLOWED, PASSWORD_REFUSED = "password allowed", "password refused"
SESSIONS_ENDED, LINK_MADE = "sessions ended", "sign-in link made"


class InvitationError(HotdashError):
    code = "invalid_invitation"


@dataclass(frozen=True, slots=True)
class Invitation:
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Invited:
    """The link is known in this moment only, and there is none for whoever has a way in."""

    user_id: UUID
    email: str
    role: Role
    link: str | None
    until: datetime | None

    def __repr__(self) -> str:
        return f"Invited({self.role.value!r})"


@dataclass(frozen=True, slots=True)
class Change:
    """What is None stays as it is."""

    role: Role | None = None
    may_have_password: bool | None = None


@dataclass(frozen=True, slots=True)
class EndedSessions:
    sessions: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Members:
    """What one person does with those of one shop; whether they may is asked again where it is done."""

    database: Database
    shop_id: str
    user_id: UUID
    now: datetime
    base_url: str
    request_id: str | None = None

    def invite(self, asked: Invitation) -> Invited:
        email, name = _require_email(asked.email), asked.name.strip()[:LONGEST_NAME]
        with self._changing() as (session, members):
            person = identity.find_user(session, email)
            if person is None:
                person = identity.add_user(session, email=email, name=name)
            elif person.user_id in members:
                raise ConflictError(
                    f"{email} belongs to this shop already.",
                    hint="Change the role in the list, or make a new sign-in link there.",
                    field="email",
                )
            else:
                self._require_ours(session, person)
                giving = Giving(actor_of(self.user_id), self.now, request_id=self.request_id)
                begin_anew(session, person.user_id, [self.shop_id], giving)
                person = identity.get_user(session, email)
            identity.set_role(session, self.shop_id, person.user_id, asked.role)
            self._record(session, ROLE_GIVEN, person.user_id, {"role": asked.role.value})
            if person.has_password or memberships.is_known_elsewhere(session, person.user_id):
                return Invited(person.user_id, email, asked.role, None, None)
            return self._with_link(session, person.user_id, email, asked.role)

    def change(self, user_id: UUID, wanted: Change) -> Role:
        """All of it or nothing; the role they have now."""
        with self._changing() as (session, members):
            role = _require_member(members, user_id)
            if wanted.role not in (None, role):
                self._change_role(session, members, user_id, wanted.role)
            if wanted.may_have_password is not None:
                self._allow_password(session, user_id, allowed=wanted.may_have_password)
            return wanted.role or role

    def remove(self, user_id: UUID) -> None:
        """At once: what is asked for after this, by session or token, is refused.

        Sessions end as well unless they open another shop, which is not ours to close.
        """
        with self._changing() as (session, members):
            before = _require_member(members, user_id)
            _refuse_leaving_nobody(session, members, user_id, None)
            identity.remove_member(session, self.shop_id, user_id)
            by = actor_of(self.user_id)
            closed = memberships.close_tokens(session, user_id, self.shop_id, at=self.now, by=by)
            if not memberships.roles_of(session, user_id):
                memberships.end_ways_in(session, user_id)
            told = {"before": before.value, "tokens": [str(each) for each in closed]}
            self._record(session, ROLE_TAKEN, user_id, told)

    def end_sessions(self, user_id: UUID, *, with_tokens: bool = False) -> EndedSessions:
        with self._changing() as (session, members):
            _require_member(members, user_id)
            self._require_only_ours(session, user_id)
            ended = memberships.end_ways_in(session, user_id)
            revoked = self._revoke_tokens(session, user_id) if with_tokens else 0
            self._record(session, SESSIONS_ENDED, user_id, {"sessions": ended})
        return EndedSessions(ended, revoked)

    def _revoke_tokens(self, session: Session, user_id: UUID) -> int:
        by = actor_of(self.user_id)
        revoked = api_tokens.revoke_tokens_of(session, user_id, at=self.now, by=by)
        record_revoked(session, revoked, by, self.now, self.request_id)
        return len(set(chain.from_iterable(revoked.values())))

    def new_link(self, user_id: UUID) -> Invited:
        """For whoever has no other way in yet; the one before it opens nothing any more."""
        with self._changing() as (session, members):
            role = _require_member(members, user_id)
            self._require_only_ours(session, user_id)
            person = next(
                each
                for each in memberships.list_members(session, self.shop_id, self.now)
                if each.user_id == user_id
            )
            if person.has_password or person.is_known_elsewhere:
                raise ConflictError(
                    f"{person.email} has a way in already.",
                    hint="Somebody who lost their password gets a link from whoever runs the "
                    "installation: `hotdash people reset E-MAIL`.",
                )
            memberships.end_ways_in(session, user_id)
            return self._with_link(session, user_id, person.email, role)

    def _change_role(
        self, session: Session, members: Mapping[UUID, Role], user_id: UUID, role: Role
    ) -> None:
        _refuse_leaving_nobody(session, members, user_id, role)
        identity.set_role(session, self.shop_id, user_id, role)
        told = {"role": role.value, "before": members[user_id].value}
        self._record(session, ROLE_GIVEN, user_id, told)

    def _allow_password(self, session: Session, user_id: UUID, *, allowed: bool) -> None:
        """For whoever comes in by another service; taken back, the one they set is gone as well."""
        self._require_only_ours(session, user_id)
        if not allowed and not memberships.signs_in_elsewhere(session, user_id):
            raise ConflictError(
                "Without a password this person would have no way in.",
                hint="Only whoever signs in at another service can do without one.",
                field="may_have_password",
            )
        memberships.allow_password(session, user_id, allowed=allowed)
        if not allowed:
            memberships.forget_password(session, user_id)
            memberships.end_ways_in(session, user_id)
        self._record(session, PASSWORD_ALLOWED if allowed else PASSWORD_REFUSED, user_id, {})

    @contextmanager
    def _changing(self) -> Generator[tuple[Session, Mapping[UUID, Role]]]:
        """One change at a time per shop, by somebody who manages it at this very moment."""
        with self.database.jobs() as session:
            members = memberships.lock_members(session, self.shop_id)
            own = members.get(self.user_id)
            if own is None or not may(own, Permission.MANAGE_SHOP):
                raise ForbiddenError(
                    "You do not manage this shop any more.", hint="Ask one of its owners."
                )
            yield session, members

    def _with_link(self, session: Session, user_id: UUID, email: str, role: Role) -> Invited:
        token, until = new_token(), self.now + INVITATION_LASTS
        identity.add_link(session, hash_token(token), user_id, at=self.now, expires_at=until)
        self._record(session, LINK_MADE, user_id, {"until": until.isoformat()})
        return Invited(user_id, email, role, f"{self.base_url}/sign-in/{token}", until)

    def _require_ours(self, session: Session, person: identity.UserRecord) -> None:
        """Whoever holds an account that other shops know may not be who is meant here."""
        if person.disabled_at is not None:
            raise ConflictError(
                f"{person.email} was shut out of this installation.",
                hint="Whoever runs it decides about that; ask there.",
                field="email",
            )
        self._require_only_ours(session, person.user_id)

    def _require_only_ours(self, session: Session, user_id: UUID) -> None:
        identity.hold_user(session, user_id)
        mine = memberships.roles_of(session, self.user_id)
        theirs = memberships.roles_of(session, user_id)
        managed = {shop for shop, role in mine.items() if may(role, Permission.MANAGE_SHOP)}
        if set(theirs) - managed:
            raise ConflictError(
                "This person also belongs to a shop that you do not manage.",
                hint="Whoever runs the installation can do it: `hotdash people invite` and "
                "`hotdash sign-in`.",
                field="email",
            )

    def _record(
        self, session: Session, action: str, user_id: UUID, detail: Mapping[str, Any]
    ) -> None:
        audit.add_event(
            session,
            shop_id=self.shop_id,
            actor=actor_of(self.user_id),
            action=action,
            subject=actor_of(user_id),
            at=self.now,
            detail=detail,
            request_id=self.request_id,
        )


def _require_email(told: str) -> str:
    email = normal_email(told)
    name, at, domain = email.partition("@")
    is_plain = email.isprintable() and not any(character.isspace() for character in email)
    if not (name and at and "." in domain and "@" not in domain) or not is_plain:
        raise InvitationError(
            f"{told[:80]!r} is no e-mail address.",
            hint="Write it like ada@example.com.",
            field="email",
        )
    if len(email) > LONGEST_EMAIL:
        raise InvitationError(
            f"The e-mail address has {len(email)} characters.",
            hint=f"No address has more than {LONGEST_EMAIL}.",
            field="email",
        )
    return email


def _require_member(members: Mapping[UUID, Role], user_id: UUID) -> Role:
    role = members.get(user_id)
    if role is None:
        raise NotFoundError(
            "This person does not belong to the shop.", hint="Load the list again.", field="person"
        )
    return role


def _refuse_leaving_nobody(
    session: Session, members: Mapping[UUID, Role], user_id: UUID, role: Role | None
) -> None:
    if leaves_nobody(session, members, user_id, role):
        raise ConflictError(
            "Nobody would manage this shop any more.",
            hint="Make somebody else an owner first.",
            field="role",
        )
