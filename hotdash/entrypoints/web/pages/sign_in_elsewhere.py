"""Signing in at another service: off to it, and back with what it says."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.web.address import local_path
from hotdash.entrypoints.web.pages.sign_in import come_in
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.oidc import OidcProvider, Pending
from hotdash.governance.access.outside_people import come_in as come_in_from_outside
from hotdash.governance.access.signed_words import not_believed

router = APIRouter(include_in_schema=False)


@router.get("/oidc/sign-in")
def leave(request: Request, parts: PartsOf, next: str = "/") -> Response:
    """What has to come back rests in this browser, signed, for ten minutes."""
    provider = _provider(parts)
    pending = Pending.new(local_path(next), parts.context.clock.now())
    response = RedirectResponse(
        provider.sign_in_address(pending), 303, {"cache-control": "no-store"}
    )
    parts.cookies.keep_pending(response, _signer(parts).dumps(_written(pending)))
    return response


@router.get("/oidc/callback")
def come_back(request: Request, parts: PartsOf) -> Response:
    provider, pending = _provider(parts), _pending(request, parts)
    now = parts.context.clock.now()
    proven = provider.prove(pending, dict(request.query_params), now)
    opened = come_in_from_outside(
        parts.context.database,
        proven,
        provider.client.rules,
        now,
        min(provider.client.session_lasts, parts.context.session_lasts),
    )
    response = come_in(request, parts, opened, local_path(pending.next))
    parts.cookies.drop_pending(response)
    return response


def _provider(parts: Parts) -> OidcProvider:
    if parts.context.oidc is None:
        raise NotFoundError(
            "No other service is set up to sign in with.",
            hint="Use a password or a one-time link; docs/guides/access.md says how to set one up.",
        )
    return parts.context.oidc


def _pending(request: Request, parts: Parts) -> Pending:
    try:
        told: Any = _signer(parts).loads(parts.cookies.pending_of(request) or "")
    except BadSignature:
        raise not_believed("this browser did not begin it") from None
    return Pending(
        told["state"],
        told["nonce"],
        told["verifier"],
        told["next"],
        datetime.fromtimestamp(told["at"], UTC),
    )


def _written(pending: Pending) -> dict[str, Any]:
    return {
        "state": pending.state,
        "nonce": pending.nonce,
        "verifier": pending.verifier,
        "next": pending.next,
        "at": pending.began_at.timestamp(),
    }


def _signer(parts: Parts) -> URLSafeSerializer:
    return URLSafeSerializer(parts.context.keys("oidc"), salt="pending sign-in")
