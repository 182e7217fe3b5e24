"""POST /collect and GET /pixel.js: the two doors that pages of other sites knock at."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.address import client_address
from hotdash.entrypoints.web.assets import Asset
from hotdash.entrypoints.web.collector.collector import PIXEL_FILE, Delivery
from hotdash.entrypoints.web.parts import PartsOf

router = APIRouter(include_in_schema=False)

_ELSEWHERE = {"cross-origin-resource-policy": "cross-origin"}
_AN_HOUR = "public, max-age=3600"
_PIXEL = Asset.of(PIXEL_FILE.name, PIXEL_FILE.read_bytes())
_ETAG = f'"{hashlib.sha256(_PIXEL.plain).hexdigest()[:16]}"'


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/collect")
def collect(request: Request, parts: PartsOf, body: Annotated[bytes, Depends(_body)]) -> Response:
    """Kept once it is answered. No session is looked at and no cookie is set."""
    origin = request.headers.get("origin")
    delivery = Delivery(
        body,
        origin,
        client_address(request, parts.context),
        request.headers.get("user-agent"),
    )
    parts.collector.accept(delivery)
    allowed = {"access-control-allow-origin": origin or "null", "vary": "Origin"}
    return Response(status_code=204, headers={**_ELSEWHERE, **allowed, "cache-control": "no-store"})


@router.get("/pixel.js")
def pixel(request: Request) -> Response:
    headers = {**_ELSEWHERE, "cache-control": _AN_HOUR, "etag": _ETAG, "vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == _ETAG:
        return Response(status_code=304, headers=headers)
    body, encoding = _PIXEL.best_for(request.headers.get("accept-encoding", ""))
    if encoding:
        headers["content-encoding"] = encoding
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)
