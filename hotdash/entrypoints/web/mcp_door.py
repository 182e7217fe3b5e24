"""POST /mcp: the Model Context Protocol behind the gate of the API; only a token opens it, never a session."""

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.entrypoints.web.context import McpDoor
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.gate import bearer_of
from hotdash.entrypoints.web.known_requests import replaying
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.storage.appdb.repositories.visits import Visit

router = APIRouter(include_in_schema=False)


class NoTokenError(HotdashError):
    code = "signed_out"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "No token was sent, and nothing else opens this.",
            hint="Send an API token as `Authorization: Bearer`; a sign-in of a browser is not enough.",
        )
        self.headers = {"www-authenticate": "Bearer"}


class NotJsonError(HotdashError):
    code = "not_json"


class HandedOn(Response):
    """What is read and sent is the protocol's: here it is only known for whom."""

    def __init__(self, door: McpDoor, visit: Visit, request_id: str, asked: bytes) -> None:
        super().__init__()
        self._door = door
        self._visit = visit
        self._request_id = request_id
        self._asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        asked = replaying(self._asked)
        await self._door.answer(self._visit, self._request_id, scope, asked, send)


@router.post("/mcp")
async def mcp(request: Request, parts: PartsOf) -> Response:
    if bearer_of(request) is None:
        raise NoTokenError
    parts.csrf.refuse_foreign(request)
    visit = await run_in_threadpool(parts.gate.visit, request)
    asked = await request.body()
    _require_json(asked)
    door = await run_in_threadpool(_door, parts)
    return HandedOn(door, visit, reference_of(request), asked)


def _require_json(asked: bytes) -> None:
    """By the stricter reader: no lone surrogate, nothing that is not a number, no endless depth."""
    try:
        orjson.loads(asked)
    except orjson.JSONDecodeError as error:
        raise NotJsonError(
            f"What was sent is not JSON: {error}.", hint="Send one JSON-RPC message.", field="body"
        ) from None


def _door(parts: Parts) -> McpDoor:
    if parts.context.open_mcp is None:
        raise NotFoundError(
            "Nothing answers the Model Context Protocol here.",
            hint="Start it with `hotdash serve`.",
        )
    return parts.context.open_mcp()
