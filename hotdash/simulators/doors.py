"""What stands before every vendor's doors: calls are counted, and the faults that were asked for strike."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.simulation import Simulation

RouteOf = Callable[[Request], tuple[str, str | None]]
Refusals = Mapping[FaultKind, Callable[[Fault], Response]]


class BrokenOff(Response):
    """Announces more than it sends and breaks off, as a dropped connection does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"100000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"data":', "more_body": True})
        raise ConnectionResetError("a fault was asked for")


class FaultyDoors:
    """`route_of` names the route and the shop of a request; `refusals` are the vendor's own shapes."""

    def __init__(
        self,
        app: ASGIApp,
        simulation: Simulation,
        vendor: str,
        route_of: RouteOf,
        refusals: Refusals | None = None,
    ) -> None:
        self._app = app
        self._simulation = simulation
        self._vendor = vendor
        self._route_of = route_of
        self._refusals = refusals or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        route, shop_id = self._route_of(Request(scope))
        self._simulation.calls[f"{self._vendor}:{route}"] += 1
        fault = self._simulation.faults.strike(self._vendor, route, shop_id)
        if fault is not None:
            self._simulation.calls[f"{self._vendor}:{fault.kind}"] += 1
        if fault is not None and fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.seconds)
        elif fault is not None and fault.kind is not FaultKind.TRUNCATED:
            await self._refusal(fault)(scope, receive, send)
            return
        drifts = self._simulation.faults.drifts(self._vendor, route, shop_id)
        is_cut = fault is not None and fault.kind is FaultKind.TRUNCATED
        if not drifts and not is_cut:
            await self._app(scope, receive, send)
            return
        whole = await _answer(self._app, scope, receive)
        if drifts:
            whole = _drifted(whole, drifts)
        if is_cut:
            whole = _cut(whole)
        await whole(scope, receive, send)

    def _refusal(self, fault: Fault) -> Response:
        own = self._refusals.get(fault.kind)
        if own is not None:
            return own(fault)
        if fault.kind is FaultKind.RESET:
            return BrokenOff()
        if fault.kind in (FaultKind.TOO_MANY_REQUESTS, FaultKind.THROTTLED):
            return PlainTextResponse("", 429, headers={"retry-after": str(fault.seconds)})
        if fault.kind is FaultKind.ACCESS_DENIED:
            return PlainTextResponse("", 401)
        return PlainTextResponse("upstream connect error", fault.status)


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """The vendor's whole answer, held back."""
    started: Message = {}
    body = bytearray()

    async def hold(message: Message) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, hold)
    answer = Response(bytes(body), started["status"])
    answer.raw_headers = [
        *(pair for pair in started["headers"] if pair[0].lower() != b"content-length"),
        (b"content-length", str(len(body)).encode()),
    ]
    return answer


def _with_body(answer: Response, body: bytes) -> Response:
    headers = [pair for pair in answer.raw_headers if pair[0].lower() != b"content-length"]
    changed = Response(body, answer.status_code)
    changed.raw_headers = [*headers, (b"content-length", str(len(body)).encode())]
    return changed


def _cut(answer: Response) -> Response:
    body = bytes(answer.body)
    return _with_body(answer, body[: len(body) // 2])


def _drifted(answer: Response, drifts: list[Fault]) -> Response:
    try:
        told = json.loads(bytes(answer.body))
    except ValueError:
        return answer
    for drift in drifts:
        _change(told, drift, [0])
    return _with_body(answer, json.dumps(told).encode())


def _change(value: Any, drift: Fault, met: list[int]) -> None:
    """Every object that has the key, at any depth; an added key stands beside it."""
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            _change(each, drift, met)
    elif isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        for each in list(record.values()):
            _change(each, drift, met)
        if drift.field in record:
            met[0] += 1
            if met[0] % drift.every == 0:
                _change_one(record, drift)


def _change_one(record: dict[str, Any], drift: Fault) -> None:
    if drift.change == "add":
        record[f"{drift.field}_new"] = drift.value
    elif drift.change == "drop":
        del record[drift.field]
    elif drift.change == "rename":
        record[str(drift.value)] = record.pop(drift.field)
    else:
        record[drift.field] = drift.value
