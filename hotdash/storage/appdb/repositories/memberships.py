"""Who belongs to a shop and what opens it for them, in the owner's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hotdash.base.roles import Role
from hotdash.storage.appdb.models import (
    SUPABASE,
    ApiToken,
    ApiTokenShop,
    ExternalIdentity,
    Membership,
    SignInLink,
    User,
    UserSession,
)


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """Shops are all that the person belongs to; a link is one that still opens the door."""

    user_id: UUID
    email: str
    name: str
    role: Role
    since: datetime
    shops: frozenset[str]
    has_password: bool
    may_have_password: bool
    is_known_elsewhere: bool
    signs_in_elsewhere: bool
    by_rule: bool
    is_disabled: bool
    sessions: int
    last_seen_at: datetime | None
    link_until: datetime | None


def lock_members(session: Session, shop_id: str) -> Mapping[UUID, Role]:
    """As they are now, and nobody else changes them before this transaction ends."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.shop_id == shop_id)
        .order_by(Membership.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.user_id: row.as_role for row in rows}


def roles_of(session: Session, user_id: UUID) -> Mapping[str, Role]:
    rows = session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id)
        .execution_options(populate_existing=True)
    )
    return {row.shop_id: row.as_role for row in rows}


def list_members(session: Session, shop_id: str, now: datetime) -> list[MemberRecord]:
    """By name, those who only have an address by that."""
    members = session.scalars(select(Membership).where(Membership.shop_id == shop_id)).all()
    ids = [each.user_id for each in members]
    users = {
        user.user_id: user for user in session.scalars(select(User).where(User.user_id.in_(ids)))
    }
    shops = _shops(session, ids)
    seen = _sessions(session, ids, now)
    links = _links(session, ids, now)
    elsewhere = _issuers(session, ids)
    found = [
        MemberRecord(
            user_id=each.user_id,
            email=users[each.user_id].email,
            name=users[each.user_id].name,
            role=each.as_role,
            since=each.created_at,
            shops=shops[each.user_id],
            has_password=users[each.user_id].can_use_password,
            may_have_password=users[each.user_id].may_have_password,
            by_rule=each.by_rule,
            is_known_elsewhere=bool(elsewhere[each.user_id]),
            signs_in_elsewhere=bool(elsewhere[each.user_id] - {SUPABASE}),
            is_disabled=users[each.user_id].disabled_at is not None,
            sessions=seen.get(each.user_id, (0, None))[0],
            last_seen_at=seen.get(each.user_id, (0, None))[1],
            link_until=links.get(each.user_id),
        )
        for each in members
    ]
    return sorted(found, key=lambda each: ((each.name or each.email).lower(), each.email))


def _issuers(session: Session, ids: list[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {user_id: set() for user_id in ids}
    known = select(ExternalIdentity.user_id, ExternalIdentity.issuer)
    for user_id, issuer in session.execute(known.where(ExternalIdentity.user_id.in_(ids))):
        found[user_id].add(issuer)
    return found


def _shops(session: Session, ids: list[UUID]) -> dict[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {user_id: set() for user_id in ids}
    for row in session.scalars(select(Membership).where(Membership.user_id.in_(ids))):
        found[row.user_id].add(row.shop_id)
    return {user_id: frozenset(shops) for user_id, shops in found.items()}


def _sessions(
    session: Session, ids: list[UUID], now: datetime
) -> dict[UUID, tuple[int, datetime | None]]:
    rows = session.execute(
        select(UserSession.user_id, func.count(), func.max(UserSession.last_seen_at))
        .where(UserSession.user_id.in_(ids), UserSession.expires_at > now)
        .group_by(UserSession.user_id)
    )
    return {user_id: (count, last) for user_id, count, last in rows}


def _links(session: Session, ids: list[UUID], now: datetime) -> dict[UUID, datetime]:
    rows = session.execute(
        select(SignInLink.user_id, func.max(SignInLink.expires_at).label("until"))
        .where(
            SignInLink.user_id.in_(ids), SignInLink.used_at.is_(None), SignInLink.expires_at > now
        )
        .group_by(SignInLink.user_id)
    )
    return {row.user_id: row.until for row in rows}


def is_known_elsewhere(session: Session, user_id: UUID) -> bool:
    """Whether another service signs them in."""
    known = select(ExternalIdentity.user_id).where(ExternalIdentity.user_id == user_id).limit(1)
    return session.execute(known).first() is not None


def end_ways_in(session: Session, user_id: UUID, *, kept: bytes | None = None) -> int:
    """Every session but the kept one, and every link that nobody opened; how many sessions ended."""
    session.execute(
        delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
    )
    sessions = delete(UserSession).where(UserSession.user_id == user_id)
    if kept is not None:
        sessions = sessions.where(UserSession.token_hash != kept)
    return len(session.execute(sessions.returning(UserSession.user_id)).all())


def signs_in_elsewhere(session: Session, user_id: UUID) -> bool:
    """At a service that opens our pages; Supabase's tokens open the API alone."""
    known = select(ExternalIdentity.user_id).where(
        ExternalIdentity.user_id == user_id, ExternalIdentity.issuer != SUPABASE
    )
    return session.execute(known.limit(1)).first() is not None


def allow_password(session: Session, user_id: UUID, *, allowed: bool) -> None:
    session.execute(update(User).where(User.user_id == user_id).values(may_have_password=allowed))


def forget_password(session: Session, user_id: UUID) -> None:
    session.execute(update(User).where(User.user_id == user_id).values(password_hash=None))


def close_tokens(
    session: Session, user_id: UUID, shop_id: str, *, at: datetime, by: str
) -> list[UUID]:
    """This person's tokens open this shop no more; those that opened nothing else have ended."""
    own = select(ApiToken.token_id).where(ApiToken.user_id == user_id)
    closed = list(
        session.scalars(
            delete(ApiTokenShop)
            .where(ApiTokenShop.shop_id == shop_id, ApiTokenShop.token_id.in_(own))
            .returning(ApiTokenShop.token_id)
        )
    )
    still_open = select(ApiTokenShop.token_id).where(ApiTokenShop.token_id.in_(closed))
    session.execute(
        update(ApiToken)
        .where(
            ApiToken.token_id.in_(closed),
            ApiToken.token_id.not_in(still_open),
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=at, revoked_by=by)
    )
    return closed


def lock_roles_by_rule(session: Session, user_id: UUID) -> Mapping[str, Role]:
    """Those of this person that a rule gave, as they are now until this transaction ends."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.by_rule)
        .order_by(Membership.shop_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.shop_id: row.as_role for row in rows}
