"""Where vendors tell us that something changed: stored, then answered, and read by the next run."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.web.parts import PartsOf

# No form and no cookie counts here: every delivery proves itself by the signature of its body.
router = APIRouter(include_in_schema=False)


@router.post("/webhooks/{vendor}")
async def of_named_account(request: Request, parts: PartsOf, vendor: str) -> Response:
    return await _received(request, parts, vendor, None)


@router.post("/webhooks/{vendor}/{shop_id}")
async def of_shop(request: Request, parts: PartsOf, vendor: str, shop_id: str) -> Response:
    return await _received(request, parts, vendor, shop_id)


async def _received(request: Request, parts: PartsOf, vendor: str, shop_id: str | None) -> Response:
    if parts.inbox is None:
        raise NotFoundError("There is nothing at this address.", hint="Check the address.")
    body = await request.body()
    headers = dict(request.headers)
    is_new = await parts.inbox.receive(vendor, shop_id, headers, body)
    return JSONResponse({"status": "received" if is_new else "known"})
