"""People as other services number them, and which of ours each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.storage.appdb.models import SUPABASE, ExternalIdentity, User


def find_person(session: Session, issuer: str, subject: str) -> UUID | None:
    return session.scalar(select(func.app.external_person(issuer, subject)))


def bind_invited(
    session: Session, issuer: str, subject: str, email: str, at: datetime
) -> UUID | None:
    """None when nobody was invited by this address, or who was is bound to another number."""
    return session.scalar(select(func.app.bind_external(issuer, subject, email, at)))


def admit(
    session: Session,
    identity: tuple[str, str],
    *,
    email: str,
    name: str,
    role: Role,
    shops: Sequence[str],
    at: datetime,
) -> UUID | None:
    """None when the address is known already, or none of the shops is."""
    admitted = func.app.admit_external(
        *identity, new_id(), email, name, role.value, list(shops), at
    )
    return session.scalar(select(admitted))


def bind(session: Session, issuer: str, subject: str, user_id: UUID, at: datetime) -> None:
    """By whoever administers the installation."""
    bound = session.scalars(
        insert(ExternalIdentity)
        .values(issuer=issuer, subject=subject, user_id=user_id, bound_at=at)
        .on_conflict_do_nothing()
        .returning(ExternalIdentity.user_id)
    ).one_or_none()
    if bound is None:
        raise ConflictError(
            f"This number or this person is bound already at {issuer}.",
            hint="Look at both with `hotdash people list`.",
            field="subject",
        )
    if issuer != SUPABASE:
        session.execute(
            update(User)
            .where(User.user_id == user_id, User.password_hash.is_(None))
            .values(may_have_password=False)
        )


@dataclass(frozen=True, slots=True)
class RuledPerson:
    """The shops that a rule named and did not take again; None of whom no rule let in."""

    user_id: UUID
    rule_shops: Sequence[str] | None


def lock_person(session: Session, issuer: str, subject: str) -> RuledPerson | None:
    """Nobody else reads a rule for them before this transaction ends."""
    found = session.scalars(
        select(ExternalIdentity)
        .where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    return RuledPerson(found.user_id, found.rule_shops) if found else None


def keep_rule_shops(session: Session, issuer: str, subject: str, shops: Sequence[str]) -> None:
    session.execute(
        update(ExternalIdentity)
        .where(ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
        .values(rule_shops=sorted(shops))
    )
