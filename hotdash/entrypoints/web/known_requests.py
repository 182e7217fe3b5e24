"""Idempotency-Key: a write that is sent again is answered as before and not done again."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotdash.base.errors import ConflictError, HotdashError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.errors import ErrorAnswers
from hotdash.entrypoints.web.parts import Parts
from hotdash.storage.appdb.repositories import known_requests as repository
from hotdash.storage.appdb.repositories.known_requests import KeptAnswer, KnownRequest
from hotdash.storage.appdb.repositories.visits import Visit

HEADER = "idempotency-key"
REPLAYED = "idempotent-replayed"
KEPT_FOR = timedelta(hours=24)
LONGEST_KEY = 255
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_API = "/api/v1/"
# Set by a route whose answer holds a secret: it is told once and kept nowhere.
SHOWN_ONCE = "shown_once"


class UnusableKeyError(HotdashError):
    code = "invalid_idempotency_key"
    http_status = 422


class KeyReusedError(ConflictError):
    code = "idempotency_key_reused"


class UnderWayError(ConflictError):
    code = "request_under_way"


class ShownOnceError(ConflictError):
    code = "shown_once"


@dataclass
class Told:
    """An answer on its way out, as it is kept."""

    status: int = 0
    content_type: str | None = None
    body: bytes = field(default=b"", repr=False)

    def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.content_type = Headers(raw=message["headers"]).get("content-type")
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


class KnownRequests:
    """Around every write of the API; without the header nothing is different."""

    def __init__(self, app: ASGIApp, *, parts: Parts, answers: ErrorAnswers) -> None:
        self._app = app
        self._parts = parts
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = _key_of(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            answer = await self._answer(request, key, send)
        except HotdashError as error:
            answer = self._answers.for_exception(request, error)
        if answer is not None:
            await answer(scope, receive, send)

    async def _answer(self, request: Request, key: str, send: Send) -> Response | None:
        """What was answered before; None when the request was carried out and answered just now."""
        if not key.isprintable() or len(key) > LONGEST_KEY:
            raise UnusableKeyError(
                f"The Idempotency-Key has {len(key)} characters or one that cannot be printed.",
                hint=f"Send a random name of at most {LONGEST_KEY} characters, such as a UUID.",
                field="Idempotency-Key",
            )
        body = await request.body()
        visit = await run_in_threadpool(self._parts.gate.find_visit, request)
        if visit is None:
            await self._carry_out(request, body, send)
            return None
        known_by = (_caller(visit), hashlib.sha256(key.encode()).digest())
        asked = _fingerprint(request, body)
        known = await run_in_threadpool(self._begin, known_by, asked)
        if known.is_new:
            await self._carry_out_once(request, body, send, known_by)
            return None
        if known.request_hash != asked:
            raise KeyReusedError(
                "This Idempotency-Key was sent before with something else.",
                hint="Send each new request with a new key.",
                field="Idempotency-Key",
            )
        if not _is_still_theirs(known, visit):
            await self._carry_out(request, body, send)
            return None
        return _told_again(known)

    async def _carry_out(self, request: Request, body: bytes, send: Send) -> None:
        await self._app(request.scope, replaying(body), send)

    async def _carry_out_once(
        self, request: Request, body: bytes, send: Send, known_by: tuple[str, bytes]
    ) -> None:
        """Only what was done is kept; after an error nothing was, and the key is free again."""
        told = Told()

        async def listened(message: Message) -> None:
            told.take(message)
            await send(message)

        try:
            await self._app(request.scope, replaying(body), listened)
        finally:
            # Also where the caller was gone before the answer: what was done is not done again.
            if 200 <= told.status < 400:
                await run_in_threadpool(self._end, known_by, told, request.scope["state"])
            else:
                await run_in_threadpool(self._drop, known_by)

    def _begin(self, known_by: tuple[str, bytes], asked: bytes) -> KnownRequest:
        now = self._parts.context.clock.now()
        with self._parts.context.database.glance() as connection:
            return repository.begin_request(connection, known_by, asked, now, now - KEPT_FOR)

    def _drop(self, known_by: tuple[str, bytes]) -> None:
        with self._parts.context.database.glance() as connection:
            repository.drop_request(connection, known_by)

    def _end(self, known_by: tuple[str, bytes], told: Told, state: Scope) -> None:
        admitted = [f"{permission} {shop}" for shop, permission in state.get("admissions", ())]
        body = None if state.get(SHOWN_ONCE) else told.body
        answer = KeptAnswer(admitted, told.status, told.content_type, body)
        with self._parts.context.database.glance() as connection:
            repository.end_request(connection, known_by, answer, self._parts.context.clock.now())


def _key_of(scope: Scope) -> str | None:
    if scope["type"] != "http" or scope["method"] not in _WRITES:
        return None
    return Headers(scope=scope).get(HEADER) if scope["path"].startswith(_API) else None


def _caller(visit: Visit) -> str:
    return f"{visit.user_id} {visit.token_id or 'person'}"


def _fingerprint(request: Request, body: bytes) -> bytes:
    told = hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query):
        told.update(f"{len(part)} {part}\n".encode())
    told.update(body)
    return told.digest()


def _is_still_theirs(known: KnownRequest, visit: Visit) -> bool:
    """Whoever has lost the shop or the role since is refused, like anybody without it."""
    for each in known.admitted:
        permission, _, shop_id = each.partition(" ")
        shop = visit.shops.get(shop_id)
        if shop is None or not may(shop.role, Permission(permission)):
            return False
    return True


def _told_again(known: KnownRequest) -> Response:
    if known.ended_at is None:
        raise UnderWayError(
            "A request with this Idempotency-Key has begun and has not ended.",
            hint="Ask again in a moment; if it stays so, look whether it was done, then use a new key.",
            field="Idempotency-Key",
        )
    if known.body is None:
        raise ShownOnceError(
            "This was done already, and its answer is not kept: it held something that is shown only "
            "once, or words of somebody who was erased since.",
            hint="Look at what was done. If a secret got lost, undo it and send the request with a "
            "new key.",
            field="Idempotency-Key",
        )
    headers = {REPLAYED: "true", "content-type": known.content_type or "application/json"}
    return Response(known.body, known.status or 200, headers)


def replaying(body: bytes) -> Receive:
    """The body was read to know it again; whoever comes next reads it as if it just came."""
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            return {"type": "http.disconnect"}
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
