"""Admin, API tokens: made with scopes and an end, shown once, ended at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import SCOPES, Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.pages.admin.roles import SENTENCES
from hotdash.entrypoints.web.pages.admin.sections import (
    TOKENS,
    changing,
    entered,
    nobodys,
    section_page,
    url_of,
)
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.api_tokens import (
    LONGEST_DAYS,
    Holder,
    MadeToken,
    TokenError,
    TokenRequest,
    make_token,
    revoke_token,
)
from hotdash.storage.appdb.repositories.api_tokens import TokenRecord, list_tokens
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=TOKENS.path, include_in_schema=False)
Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]
LASTS = {7: "a week", 30: "30 days", 90: "90 days", LONGEST_DAYS: "a year"}
SOON = timedelta(days=14)
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TokenView:
    token_id: UUID
    name: str
    holder: str
    scopes: str
    made: str
    ends: str
    used: str
    state: str
    is_alive: bool


@dataclass(frozen=True, slots=True)
class ScopeChoice:
    value: str
    title: str
    is_chosen: bool


@router.get("")
def tokens(
    request: Request, parts: PartsOf, shop: str | None = None, ended: bool = False
) -> Response:
    visit, chosen = entered(request, parts, TOKENS, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    return _page(request, parts, visit, chosen, with_ended=ended)


@router.post("")
def create(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    name: Text = "",
    scope: Texts | None = None,
    days: Text = "",
    csrf: Text = "",
) -> Response:
    """Its secret stands in this answer and nowhere else."""
    admission = changing(request, parts, Permission.MAKE_TOKENS, shop, csrf)
    try:
        made = make_token(
            parts.context.database,
            _holder(admission.visit),
            TokenRequest(name, [shop], {_scope(each) for each in scope or ()}, _days(days)),
            parts.context.clock.now(),
            reference_of(request) or None,
        )
    except HotdashError as error:
        return _page(request, parts, admission.visit, admission.shop, problem=problem_of(error))
    return _page(request, parts, admission.visit, admission.shop, made=made)


@router.post("/revoke")
def revoke(
    request: Request, parts: PartsOf, shop: Text = "", token: Text = "", csrf: Text = ""
) -> Response:
    admission = changing(request, parts, Permission.MAKE_TOKENS, shop, csrf)
    try:
        revoke_token(
            parts.context.database,
            _holder(admission.visit),
            shop,
            _token(token),
            parts.context.clock.now(),
            reference_of(request) or None,
        )
    except HotdashError as error:
        return _page(request, parts, admission.visit, admission.shop, problem=problem_of(error))
    return see_other(url_of(TOKENS, shop, ended="true"))


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    *,
    problem: Problem | None = None,
    made: MadeToken | None = None,
    with_ended: bool = False,
) -> Response:
    everybodys, now = may(shop.role, Permission.MANAGE_SHOP), parts.context.clock.now()
    with parts.context.database.as_user(visit.user_id) as session:
        found = list_tokens(session, shop.shop_id, everybodys=everybodys)
    alive = [each for each in found if _is_alive(each, now)]
    shown = found if with_ended else alive
    values = {
        "tokens": [_token_view(each, shop.timezone, now) for each in shown[:_MOST_SHOWN]],
        "left_out": max(0, len(shown) - _MOST_SHOWN),
        "ended": len(found) - len(alive),
        "with_ended": with_ended,
        "ended_url": url_of(TOKENS, shop.shop_id, ended="true"),
        "everybodys": everybodys,
        "scopes": [
            ScopeChoice(each.value, SENTENCES[each], each is Permission.SEE_METRICS)
            for each in SCOPES
            if may(shop.role, each)
        ],
        "lasts": LASTS,
        "made": made,
        "until": formatting.day_with_year(made.token.expires_at.date()) if made else None,
    }
    return section_page(request, parts, TOKENS, visit, shop, values, problem)


def _is_alive(token: TokenRecord, now: datetime) -> bool:
    return token.revoked_at is None and token.expires_at > now


def _token_view(token: TokenRecord, timezone: str, now: datetime) -> TokenView:
    return TokenView(
        token_id=token.token_id,
        name=token.name,
        holder=token.holder,
        scopes=", ".join(token.scopes),
        made=formatting.day_with_year(token.created_at.date()),
        ends=formatting.day_with_year(token.expires_at.date()),
        used=formatting.shop_time(token.last_used_at, timezone) if token.last_used_at else "never",
        state=_state(token, now),
        is_alive=_is_alive(token, now),
    )


def _state(token: TokenRecord, now: datetime) -> str:
    if token.revoked_at is not None:
        return "Revoked"
    if token.expires_at <= now:
        return "Over"
    return "Ends soon" if token.expires_at <= now + SOON else "Open"


def _holder(visit: Visit) -> Holder:
    roles = {each.shop_id: each.role for each in visit.shops.values()}
    return Holder(visit.user_id, actor_of(visit.user_id), roles)


def _scope(text: str) -> Permission:
    if text not in set(Permission):
        raise TokenError(
            f"{text[:40]!r} is no scope.", hint=f"Scopes are {', '.join(SCOPES)}.", field="scope"
        )
    return Permission(text)


def _days(text: str) -> int:
    """Nothing sensible is no time, which is refused where tokens are made."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _token(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise TokenError(
            f"{text[:40]!r} names no token.", hint="Load the list again.", field="token"
        ) from None
