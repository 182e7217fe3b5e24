"""Installing our Shopify app: to the shop's consent page and back, by who may connect the shop."""

import hmac
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query
from itsdangerous import BadData, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission
from hotdash.connectors.shopify.oauth import is_shop_domain
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.tokens import hash_token, new_token
from hotdash.jobs.install_shopify import ForgedInstallError, ShopifyInstall, not_a_domain
from hotdash.storage.appdb.repositories.shops import find_by_domain
from hotdash.storage.appdb.repositories.visits import Visit

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Query(max_length=512)]


@router.get("/connect/shopify")
def begin(request: Request, parts: PartsOf, shop: Text = "", link: Text = "") -> Response:
    install = _install(parts)
    visit = parts.gate.find_visit(request) if link else parts.gate.visit(request)
    domain = shop.strip().lower()
    if not is_shop_domain(domain):
        raise not_a_domain(shop)
    if visit is not None and not link:
        _require_theirs(parts, visit, domain)
    session, visitor = parts.cookies.session_of(request), parts.cookies.visitor_of(request)
    kept_visitor = visitor or new_token()
    state = _sign(parts, _binding(session if visit else None, kept_visitor))
    user_id = visit.user_id if visit and not link else None
    response = see_other(install.begin(domain, state, user_id, link or None))
    if visitor is None:
        parts.cookies.keep_visitor(response, kept_visitor)
    return response


@router.get("/connect/shopify/callback")
def finish(request: Request, parts: PartsOf) -> Response:
    install = _install(parts)
    asked = parse_qs(request.url.query)
    domain, state, code = (asked.get(name, [""])[0] for name in ("shop", "state", "code"))
    install.refuse_forged(request.url.query, domain)
    visit = parts.gate.find_visit(request)
    session = parts.cookies.session_of(request) if visit else None
    binding = _binding(session, parts.cookies.visitor_of(request) or "")
    if not _is_signed_for(parts, state, binding):
        raise ForgedInstallError(
            "This way back from Shopify did not begin in this browser.",
            hint="Begin again at /connect/shopify?shop=…",
        )
    installed = install.finish(domain, state, code, visit.user_id if visit else None)
    values = {"installed": installed, "here": "/"}
    return parts.pages.render(request, "connected.html", values)


def _install(parts: Parts) -> ShopifyInstall:
    if parts.install is None:
        raise NotFoundError(
            "No Shopify app is set up here.",
            hint="Set shopify_client_id and shopify_client_secret, or connect the shop with its "
            "access token: `hotdash init`.",
        )
    return parts.install


def _require_theirs(parts: Parts, visit: Visit, domain: str) -> None:
    with parts.context.database.as_user(visit.user_id) as session:
        known = find_by_domain(session, domain)
    shop_of(visit, known.shop_id if known else domain, Permission.CONNECT_SOURCES)


def _binding(session: str | None, visitor: str) -> str:
    """The session of who is signed in, or else this browser."""
    return hash_token(f"session {session}" if session else f"visitor {visitor}").hex()


def _sign(parts: Parts, binding: str) -> str:
    return str(_serializer(parts).dumps([new_token(), binding]))


def _is_signed_for(parts: Parts, state: str, binding: str) -> bool:
    try:
        _, bound_to = _serializer(parts).loads(state)
    except (BadData, ValueError, TypeError):
        return False
    return hmac.compare_digest(str(bound_to).encode(), binding.encode())


def _serializer(parts: Parts) -> URLSafeSerializer:
    return URLSafeSerializer(parts.context.keys("shopify install"), salt="state")
