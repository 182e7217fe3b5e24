"""What surrounds every request: its id, the security headers, a limit on bodies, the catch-all."""

import time

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from hotdash.base.logging import get_logger, new_reference
from hotdash.entrypoints.web.errors import WEBHOOKS, ErrorAnswers
from hotdash.entrypoints.web.read_counts import ReadCounts
from hotdash.entrypoints.web.telemetry import Telemetry
from hotdash.storage.appdb.repositories.visits import Quota

MAX_BODY_BYTES = 64 * 1024
MAX_WEBHOOK_BYTES = 2 * 1024 * 1024
SECURITY_HEADERS = {
    "content-security-policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it browsers send `Origin: null` on our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HTTPS_ONLY = {"strict-transport-security": "max-age=31536000"}
_log = get_logger(__name__)


class RequestFrame:
    """Innermost promise: whatever happens inside, one well-formed answer with a reference goes out."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        answers: ErrorAnswers,
        telemetry: Telemetry,
        reads: ReadCounts,
        is_https: bool,
    ) -> None:
        self._app = app
        self._reads = reads
        self._answers = answers
        self._telemetry = telemetry
        headers = SECURITY_HEADERS | (_HTTPS_ONLY if is_https else {})
        # As they go over the wire: every answer gets them.
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = new_reference()
        scope.setdefault("state", {})["reference"] = reference
        # Not `bound_contextvars`, which looks through all that is bound, at every request.
        bound = bind_contextvars(request_id=reference)
        try:
            await self._handle(scope, receive, send, reference)
        finally:
            reset_contextvars(**bound)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, reference: str) -> None:
        started = time.perf_counter()
        status = 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message, reference, scope["state"].get("quota"))
            await send(message)

        try:
            await self._app(scope, _limited(receive, _most_bytes(scope["path"])), framed)
        except Exception as error:
            if status:
                _log.exception("response broken off", path=scope["path"])
                return
            request = Request(scope)
            await self._answers.for_exception(request, error)(scope, receive, framed)
        self._telemetry.answered(scope, status, time.perf_counter() - started)
        self._reads.answered(scope, status)

    def _add_headers(self, message: Message, reference: str, quota: Quota | None) -> None:
        given = message["headers"]
        told = {name for name, _ in given}
        ours = [header for header in self._headers if header[0] not in told]
        # Another list: the one that was given is the answer's own, which may be sent again.
        headers = [*given, *ours, (b"x-request-id", reference.encode())]
        message["headers"] = headers
        if quota is not None:
            limits = MutableHeaders(raw=headers)
            limits["ratelimit-limit"] = str(quota.allowed)
            limits["ratelimit-remaining"] = str(quota.left)
            limits["ratelimit-reset"] = str(self._reads.seconds_until(quota.ends_at))


def _most_bytes(path: str) -> int:
    return MAX_WEBHOOK_BYTES if path.startswith(WEBHOOKS) else MAX_BODY_BYTES


def _limited(receive: Receive, most: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            # Of Starlette's kind, because FastAPI turns any other one into "cannot be parsed".
            raise HTTPException(413)
        return message

    return counted
