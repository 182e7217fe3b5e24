"""People and the shops they belong to: what an administrator does, in the owner's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.storage.appdb.models import (
    Membership,
    SignInAttempt,
    SignInLink,
    User,
    UserSession,
)


@dataclass(frozen=True, slots=True)
class UserRecord:
    user_id: UUID
    email: str
    name: str
    has_password: bool
    disabled_at: datetime | None


def add_user(
    session: Session, *, email: str, name: str, password_hash: str | None = None
) -> UserRecord:
    statement = (
        insert(User)
        .values(user_id=new_id(), email=email.lower(), name=name, password_hash=password_hash)
        .on_conflict_do_nothing(index_elements=[User.email])
        .returning(User)
    )
    user = session.scalars(statement).one_or_none()
    if user is None:
        raise ConflictError(
            f"There is already a user {email.lower()}.",
            hint="Give that user the role in the shop instead.",
            field="email",
        )
    return _record(user)


def find_user(session: Session, email: str) -> UserRecord | None:
    user = session.scalars(select(User).where(User.email == email.lower())).one_or_none()
    return None if user is None else _record(user)


def get_user(session: Session, email: str) -> UserRecord:
    user = find_user(session, email)
    if user is None:
        raise NotFoundError(
            f"There is no user {email.lower()}.", hint="Add the user first.", field="email"
        )
    return user


def names_of_actors(session: Session) -> dict[str, str]:
    """For display only: who a record means by `user:…`."""
    return {actor_of(user.user_id): user.email for user in list_users(session)}


def names_of_people(session: Session) -> dict[str, str]:
    """The same where an address would be kept, as messages are."""
    return {actor_of(user.user_id): user.name for user in list_users(session) if user.name}


def enabled_among(session: Session, user_ids: Collection[UUID]) -> set[UUID]:
    found = select(User.user_id).where(User.user_id.in_(user_ids), User.disabled_at.is_(None))
    return set(session.scalars(found))


def hold_user(session: Session, user_id: UUID) -> None:
    """Who else holds them waits for the end of this transaction, and a snapshot from before it is refused."""
    held = update(User).where(User.user_id == user_id).values(name=User.name)
    session.execute(held, execution_options={"synchronize_session": False})


def is_alone(session: Session, user_id: UUID) -> bool:
    """Nobody else has an account here, and nobody had: accounts are disabled and never deleted."""
    return session.scalar(select(User.user_id).where(User.user_id != user_id).limit(1)) is None


def list_users(session: Session) -> list[UserRecord]:
    return [_record(user) for user in session.scalars(select(User).order_by(User.email))]


def disable_user(session: Session, user_id: UUID, at: datetime) -> None:
    session.execute(update(User).where(User.user_id == user_id).values(disabled_at=at))


def enable_user(session: Session, user_id: UUID) -> None:
    session.execute(update(User).where(User.user_id == user_id).values(disabled_at=None))


def set_role(
    session: Session, shop_id: str, user_id: UUID, role: Role, *, by_rule: bool = False
) -> None:
    """What somebody gave by hand no rule takes."""
    told = {"role": role.value, "by_rule": by_rule}
    session.execute(
        insert(Membership)
        .values(shop_id=shop_id, user_id=user_id, **told)
        .on_conflict_do_update(index_elements=[Membership.shop_id, Membership.user_id], set_=told)
    )


def remove_member(session: Session, shop_id: str, user_id: UUID) -> None:
    session.execute(
        delete(Membership).where(Membership.shop_id == shop_id, Membership.user_id == user_id)
    )


def members(session: Session, shop_id: str) -> Mapping[UUID, Role]:
    rows = session.scalars(select(Membership).where(Membership.shop_id == shop_id))
    return {row.user_id: Role(row.role) for row in rows}


def add_link(
    session: Session, token_hash: bytes, user_id: UUID, *, at: datetime, expires_at: datetime
) -> None:
    session.add(
        SignInLink(token_hash=token_hash, user_id=user_id, created_at=at, expires_at=expires_at)
    )
    session.flush()


def forget_expired(session: Session, *, now: datetime, attempts_before: datetime) -> int:
    """Sessions and links that are over, and attempts that no longer count."""
    statements = (
        delete(UserSession).where(UserSession.expires_at <= now).returning(UserSession.user_id),
        delete(SignInLink).where(SignInLink.expires_at <= now).returning(SignInLink.user_id),
        delete(SignInAttempt)
        .where(SignInAttempt.at < attempts_before)
        .returning(SignInAttempt.attempt_id),
    )
    return sum(len(session.execute(statement).all()) for statement in statements)


def _record(user: User) -> UserRecord:
    return UserRecord(
        user_id=user.user_id,
        email=user.email,
        name=user.name,
        has_password=user.can_use_password,
        disabled_at=user.disabled_at,
    )
