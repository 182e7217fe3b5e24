"""For whoever watches over the process: is it alive, can it serve, how does it do."""

import hmac

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hotdash.base.address import is_loopback
from hotdash.base.errors import NotFoundError, UnavailableError
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.telemetry import CONTENT_TYPE
from hotdash.entrypoints.work_overview import work_overview
from hotdash.storage.appdb import migrate

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz(parts: PartsOf) -> Response:
    return JSONResponse({"status": "ok", "version": parts.context.version})


@router.get("/readyz")
def readyz(parts: PartsOf) -> Response:
    """Pages are served without a worker too: who watches the house is told, and decides."""
    database = parts.context.database
    database.check()
    if migrate.needs_upgrade(database):
        raise UnavailableError(
            "The app database does not have the shape this version needs.",
            hint="Run `hotdash migrate`.",
        )
    work = work_overview(database, parts.context.clock.now())
    told = {"workers": work.alive, "overdue": list(work.overdue), "failed": work.failed}
    return JSONResponse({"status": "ready", "version": parts.context.version, **told})


@router.get("/metrics")
def metrics(request: Request, parts: PartsOf) -> Response:
    if not may_read_metrics(request, parts.context):
        raise NotFoundError("There is nothing at this address.", hint="Check the address.")
    work = work_overview(parts.context.database, parts.context.clock.now())
    return Response(parts.telemetry.exposition(work), media_type=CONTENT_TYPE)


def may_read_metrics(request: Request, context: WebContext) -> bool:
    """Who watches over the machine: by the token, or, where nothing but loopback is served, from loopback.

    An installation with a public address needs the token, because behind a proxy on the same
    machine every visitor comes from loopback. The Host is looked at because a page somewhere else
    can name itself 127.0.0.1 to a browser on this machine, but not the address it was opened by.
    """
    token = context.metrics_token
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode()):
        return True
    peer = request.client.host if request.client else ""
    host = request.url.hostname or ""
    return context.is_loopback and is_loopback(peer) and is_loopback(host)
