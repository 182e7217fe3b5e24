"""Tokens for programs: made and ended by their holder, seen by the shop, known by their hash alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import ApiToken, ApiTokenShop, User


@dataclass(frozen=True, slots=True)
class NewToken:
    token_id: UUID
    name: str
    scopes: Sequence[str]
    shops: Sequence[str]
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """The shops are those that whoever asks may see as well."""

    token_id: UUID
    user_id: UUID
    holder: str
    name: str
    scopes: Sequence[str]
    shops: Sequence[str]
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


_COLUMNS = ", ".join(TokenRecord.__dataclass_fields__)


def add_my_token(session: Session, token: NewToken, token_hash: bytes) -> bool:
    """False when a shop is not one of this user's."""
    added = func.app.add_my_token(
        token.token_id,
        token.name,
        token_hash,
        list(token.scopes),
        list(token.shops),
        token.requests_per_minute,
        token.created_at,
        token.expires_at,
    )
    return bool(session.scalar(select(added)))


def list_tokens(session: Session, shop_id: str, *, everybodys: bool) -> list[TokenRecord]:
    """What opens a shop, the newest first: one's own, or everybody's."""
    found = session.execute(
        text(f"select {_COLUMNS} from app.tokens_of(:shop_id, :everybodys)"),
        {"shop_id": shop_id, "everybodys": everybodys},
    )
    return [TokenRecord(**row) for row in found.mappings()]


def revoke_token(
    session: Session, token_id: UUID, shop_id: str, *, everybodys: bool, at: datetime, by: str
) -> bool:
    revoked = func.app.revoke_token(token_id, shop_id, everybodys, at, by)
    return bool(session.scalar(select(revoked)))


def revoke_my_tokens(session: Session, *, at: datetime, by: str) -> dict[str, list[UUID]]:
    """All of them in every shop; what ended, by shop."""
    revoked = text("select shop_id, tokens from app.revoke_my_tokens(:at, :by)")
    return {row.shop_id: row.tokens for row in session.execute(revoked, {"at": at, "by": by})}


def revoke_tokens_of(
    session: Session, user_id: UUID, *, at: datetime, by: str
) -> dict[str, list[UUID]]:
    """The same, by whoever administers the installation or every shop of this person."""
    revoked = list(
        session.scalars(
            update(ApiToken)
            .where(
                ApiToken.user_id == user_id,
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > at,
            )
            .values(revoked_at=at, revoked_by=by)
            .returning(ApiToken.token_id)
        )
    )
    opened = session.scalars(
        select(ApiTokenShop)
        .where(ApiTokenShop.token_id.in_(revoked))
        .order_by(ApiTokenShop.shop_id, ApiTokenShop.token_id)
    )
    by_shop: dict[str, list[UUID]] = {}
    for each in opened:
        by_shop.setdefault(each.shop_id, []).append(each.token_id)
    return by_shop


def all_tokens(session: Session) -> list[TokenRecord]:
    """Of every shop, for whoever administers the installation."""
    shops = (
        select(func.array_agg(ApiTokenShop.shop_id))
        .where(ApiTokenShop.token_id == ApiToken.token_id)
        .scalar_subquery()
    )
    found = session.execute(
        select(ApiToken, User.name, shops)
        .join(User, User.user_id == ApiToken.user_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.token_id)
    )
    return [
        TokenRecord(
            token.token_id,
            token.user_id,
            holder,
            token.name,
            token.scopes,
            sorted(opened or []),
            token.requests_per_minute,
            token.created_at,
            token.expires_at,
            token.last_used_at,
            token.revoked_at,
            token.revoked_by,
        )
        for token, holder, opened in found
    ]


def end_token(session: Session, token_id: UUID, *, at: datetime, by: str) -> list[str]:
    """The shops it opened; none when there is no such token or it ended before."""
    ended = session.scalars(
        update(ApiToken)
        .where(ApiToken.token_id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=at, revoked_by=by)
        .returning(ApiToken.token_id)
    ).one_or_none()
    if ended is None:
        return []
    opened = select(ApiTokenShop.shop_id).where(ApiTokenShop.token_id == token_id)
    return sorted(session.scalars(opened))
