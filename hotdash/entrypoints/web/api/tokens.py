"""GET /api/v1/tokens lists what opens a shop for programs; POST makes one, shown once, or ends one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.errors import ForbiddenError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.api.token_schemas import (
    MadeTokenAnswer,
    RevokedAnswer,
    TokenBody,
    TokensAnswer,
)
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.gate import bearer_of, shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.governance.access.api_tokens import Holder, TokenRequest, make_token, revoke_token
from hotdash.jobs.token_documents import token_document
from hotdash.storage.appdb.repositories.api_tokens import list_tokens
from hotdash.storage.appdb.repositories.visits import Visit

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"])
Token = Annotated[UUID, Path(description="The token, by its id.")]


@router.get("", response_model=TokensAnswer, responses=ERRORS)
def tokens(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """Your tokens that open a shop; whoever manages the shop sees everybody's."""
    admission = parts.gate.admit(request, shop, Permission.MAKE_TOKENS)
    everybodys = may(admission.shop.role, Permission.MANAGE_SHOP)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_tokens(session, shop, everybodys=everybodys)
    return json_answer({"shop": shop, "tokens": [token_document(each) for each in found]})


@router.post("", response_model=MadeTokenAnswer, responses=ERRORS)
def create(request: Request, parts: PartsOf, asked: TokenBody, token: CsrfToken = "") -> Response:
    """Make a token; its secret is in this answer and nowhere else."""
    visit = parts.gate.visit(request)
    _refuse_tokens(request)
    for shop_id in asked.shops:
        shop_of(visit, shop_id, Permission.MAKE_TOKENS)
    parts.check_form(request, token)
    made = make_token(
        parts.context.database,
        _holder(visit),
        TokenRequest(
            asked.name, asked.shops, set(asked.scopes), asked.days, asked.requests_per_minute
        ),
        parts.context.clock.now(),
        reference_of(request) or None,
    )
    request.state.shown_once = True
    answer = json_answer(
        {
            "token": str(made.token.token_id),
            "secret": made.secret,
            "name": made.token.name,
            "scopes": made.token.scopes,
            "shops": made.token.shops,
            "expires_at": iso_utc(made.token.expires_at),
        }
    )
    answer.headers["cache-control"] = "no-store"
    return answer


@router.post("/{token_id}/revoke", response_model=RevokedAnswer, responses=ERRORS)
def revoke(
    request: Request, parts: PartsOf, token_id: Token, shop: Shop, token: CsrfToken = ""
) -> Response:
    """End a token now: yours, or anybody's where you manage a shop that it opens."""
    admission = parts.gate.admit(request, shop, Permission.MAKE_TOKENS)
    _refuse_tokens(request)
    parts.check_form(request, token)
    revoke_token(
        parts.context.database,
        _holder(admission.visit),
        shop,
        token_id,
        parts.context.clock.now(),
        reference_of(request) or None,
    )
    return json_answer({"token": str(token_id), "revoked": True})


def _refuse_tokens(request: Request) -> None:
    if bearer_of(request) is not None:
        raise ForbiddenError(
            "A token cannot make or end tokens.",
            hint="Sign in and do it there, or use `hotdash tokens`.",
            field="Authorization",
        )


def _holder(visit: Visit) -> Holder:
    roles = {each.shop_id: each.role for each in visit.shops.values()}
    return Holder(visit.user_id, actor_of(visit.user_id), roles)
