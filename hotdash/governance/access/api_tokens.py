"""Tokens for programs: what one may be good for, made once, ended at any time."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ForbiddenError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import SCOPES, Permission, Role, may
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import api_tokens, audit, sign_in
from hotdash.storage.appdb.session import Database

PREFIX = "hotdash_"
LONGEST_DAYS = 366
# Whoever is no longer known at the service they come in by does not keep a token for a year.
LONGEST_DAYS_FROM_ELSEWHERE = 30
REQUESTS_PER_MINUTE = 600
MOST_REQUESTS_PER_MINUTE = 60_000
MADE, REVOKED = "token made", "token revoked"


class TokenError(HotdashError):
    code = "invalid_token_request"
    http_status = 422


@dataclass(frozen=True, slots=True)
class TokenRequest:
    name: str
    shops: Sequence[str]
    scopes: Collection[Permission]
    days: int
    requests_per_minute: int = REQUESTS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class Holder:
    """Who makes a token, with their role in each shop; the token is never good for more."""

    user_id: UUID
    actor: str
    roles: Mapping[str, Role]


@dataclass(frozen=True, slots=True)
class MadeToken:
    """The only moment in which the token itself is known."""

    secret: str
    token: api_tokens.NewToken

    def __repr__(self) -> str:
        return f"MadeToken({self.token.name!r})"


def make_token(
    database: Database,
    holder: Holder,
    asked: TokenRequest,
    now: datetime,
    request_id: str | None = None,
) -> MadeToken:
    _check(holder, asked)
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    token = api_tokens.NewToken(
        new_id(),
        asked.name.strip(),
        sorted(each.value for each in asked.scopes),
        sorted(set(asked.shops)),
        asked.requests_per_minute,
        now,
        now + timedelta(days=asked.days),
    )
    with database.as_user(holder.user_id) as session:
        _refuse_outliving(session, asked)
        if not api_tokens.add_my_token(session, token, hash_token(secret)):
            raise NotFoundError(
                "One of these shops is not yours any more.", hint="Sign in and look.", field="shops"
            )
        for shop_id in token.shops:
            audit.add_event(
                session,
                shop_id=shop_id,
                actor=holder.actor,
                action=MADE,
                subject=str(token.token_id),
                at=now,
                detail={"scopes": token.scopes, "expires_at": token.expires_at.isoformat()},
                request_id=request_id,
            )
    return MadeToken(secret, token)


def revoke_token(
    database: Database,
    holder: Holder,
    shop_id: str,
    token_id: UUID,
    now: datetime,
    request_id: str | None = None,
) -> None:
    """One's own; whoever manages the shop ends anybody's that opens it."""
    everybodys = may(holder.roles[shop_id], Permission.MANAGE_SHOP)
    with database.as_user(holder.user_id) as session:
        found = api_tokens.revoke_token(
            session, token_id, shop_id, everybodys=everybodys, at=now, by=holder.actor
        )
        if not found:
            raise NotFoundError(
                f"There is no token {token_id} of yours that opens {shop_id}.",
                hint="GET /api/v1/tokens lists them; an owner may end everybody's.",
                field="token",
            )
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=holder.actor,
            action=REVOKED,
            subject=str(token_id),
            at=now,
            request_id=request_id,
        )


def record_revoked(
    session: Session,
    revoked: Mapping[str, Collection[UUID]],
    by: str,
    now: datetime,
    request_id: str | None = None,
) -> None:
    for shop_id, tokens in revoked.items():
        for token_id in tokens:
            audit.add_event(
                session,
                shop_id=shop_id,
                actor=by,
                action=REVOKED,
                subject=str(token_id),
                at=now,
                request_id=request_id,
            )


def _refuse_outliving(session: Session, asked: TokenRequest) -> None:
    if asked.days > LONGEST_DAYS_FROM_ELSEWHERE and not sign_in.may_have_password(session):
        raise TokenError(
            f"You come in by another service, and this token would be good for {asked.days} days.",
            hint=f"Choose at most {LONGEST_DAYS_FROM_ELSEWHERE}; make another before it ends.",
            field="days",
        )


def _check(holder: Holder, asked: TokenRequest) -> None:
    if not 1 <= asked.days <= LONGEST_DAYS:
        raise TokenError(
            f"A token cannot be good for {asked.days} days.",
            hint=f"Choose between 1 and {LONGEST_DAYS}; make another before it ends.",
            field="days",
        )
    if not asked.scopes or not asked.shops or not asked.name.strip():
        raise TokenError(
            "A token needs a name, at least one shop and at least one scope.",
            hint=f"Scopes are {', '.join(SCOPES)}.",
            field="scopes",
        )
    for scope in asked.scopes:
        if scope not in SCOPES:
            raise TokenError(
                f"No token may be good for {scope.value}.",
                hint=f"Scopes are {', '.join(SCOPES)}.",
                field="scopes",
            )
        _check_roles(holder, asked.shops, scope)


def _check_roles(holder: Holder, shops: Sequence[str], scope: Permission) -> None:
    for shop_id in shops:
        role = holder.roles.get(shop_id)
        if role is None:
            raise NotFoundError(
                f"There is no shop {shop_id!r} among yours.",
                hint="Name only shops in which you have a role.",
                field="shops",
            )
        for needed in (Permission.MAKE_TOKENS, scope):
            if not may(role, needed):
                raise ForbiddenError(
                    f"Your role {role.value} in {shop_id} may not do this ({needed.value}).",
                    hint="A token is good for no more than whoever makes it.",
                    field="scopes",
                )
