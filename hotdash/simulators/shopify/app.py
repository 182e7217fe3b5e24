"""The ASGI application: Shopify's doors for every shop."""

import asyncio
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

import orjson
from graphql import GraphQLError, GraphQLSyntaxError
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.doors import BrokenOff
from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.orders import Shop
from hotdash.simulators.shopify.access import refusals
from hotdash.simulators.shopify.answers import (
    error_answer,
    invalid_document,
    parse_failure,
    throttled,
    unauthorized,
)
from hotdash.simulators.shopify.control import switches_of
from hotdash.simulators.shopify.costs import (
    MOST_PER_QUERY,
    PLANS,
    Plan,
    actual_cost,
    requested_cost,
)
from hotdash.simulators.shopify.drift import GRAPHQL
from hotdash.simulators.shopify.execution import Prepared, Request, execute, prepare, schema
from hotdash.simulators.shopify.oauth import CLIENT_SECRET, consent, token
from hotdash.simulators.shopify.shop import SimulatedShop
from hotdash.simulators.shopify.state import NAME, Simulator, token_of
from hotdash.simulators.simulation import Simulation

API_VERSION = "2026-10"
BULK_FILE = "bulk_file"
OAUTH = "oauth"
JSONL = "application/jsonl"


class ShopifyDoors:
    """GraphQL for every shop, told apart by its domain in the path, and the files of bulk operations."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def graphql(self, http: HttpRequest) -> Response:
        shop = self._simulator.shops.get(http.path_params["domain"])
        if shop is None:
            return JSONResponse({"errors": "Not Found"}, 404)
        self._simulator.calls["graphql"] += 1
        if not shop.accepts(http.headers.get("x-shopify-access-token")):
            self._simulator.calls["unauthorized"] += 1
            return unauthorized()
        fault = self._simulator.faults.strike(NAME, GRAPHQL, shop.shop.shop_id)
        if fault is not None:
            self._simulator.calls[fault.kind] += 1
        if fault is not None and fault.kind is FaultKind.LATENCY:
            await asyncio.sleep(fault.seconds)
        elif fault is not None:
            return _faulty(fault, shop)
        body = await http.body()
        return await asyncio.to_thread(self._answer, http, shop, body)

    def _answer(self, http: HttpRequest, shop: SimulatedShop, body: bytes) -> Response:
        asked: Mapping[str, Any] = orjson.loads(body)
        try:
            prepared = prepare(asked["query"])
        except GraphQLSyntaxError as error:
            return parse_failure(error)
        if not isinstance(prepared, Prepared):
            return invalid_document(prepared)
        variables: Mapping[str, Any] = asked.get("variables") or {}
        denied = refusals(prepared.document, shop.scopes)
        if denied:
            return _denied(denied[0])
        requested = requested_cost(prepared.document, variables)
        if requested > MOST_PER_QUERY:
            return error_answer(
                f"Query cost is {requested}, which exceeds the single query max cost limit "
                f"({MOST_PER_QUERY}).",
                "MAX_COST_EXCEEDED",
            )
        if requested > shop.bucket.available:
            self._simulator.calls["throttled"] += 1
            return throttled(requested, shop.bucket.status())
        return self._executed(http, shop, prepared, variables, requested)

    def _executed(
        self,
        http: HttpRequest,
        shop: SimulatedShop,
        prepared: Prepared,
        variables: Mapping[str, Any],
        requested: int,
    ) -> Response:
        domain = shop.shop.domain
        base = f"{http.base_url.scheme}://{http.base_url.netloc}{http.scope['root_path']}"
        request = Request(
            shop,
            self._simulator.bulk[domain],
            self._simulator.faults,
            lambda signed: f"{base}/bulk/{domain}/{signed}",
        )
        self._simulator.calls[f"operation:{prepared.document.name}"] += 1
        result = execute(prepared, request, variables)
        is_query = prepared.document.is_query
        actual = min(requested, actual_cost(result.data)) if is_query else requested
        shop.bucket.take(actual)
        cost = {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": shop.bucket.status(),
        }
        answer: dict[str, Any] = {"extensions": {"cost": cost}}
        if result.data is not None or not result.errors:
            answer["data"] = result.data
        if result.errors:
            answer["errors"] = [_told(error) for error in result.errors]
        told = {
            "x-shopify-api-version": self._simulator.told_version or API_VERSION,
            "date": format_datetime(shop.clock.now(), usegmt=True),
        }
        if self._simulator.deprecated is not None:
            told["x-shopify-api-deprecated-reason"] = self._simulator.deprecated
        return Response(orjson.dumps(answer), media_type="application/json", headers=told)

    async def authorize(self, http: HttpRequest) -> Response:
        self._simulator.calls["authorize"] += 1
        shop = self._simulator.shops.get(http.path_params["domain"])
        if shop is None:
            return JSONResponse({"errors": "Not Found"}, 404)
        return consent(shop.oauth, http)

    async def token(self, http: HttpRequest) -> Response:
        self._simulator.calls["token"] += 1
        shop = self._simulator.shops.get(http.path_params["domain"])
        if shop is None:
            return JSONResponse({"errors": "Not Found"}, 404)
        fault = self._simulator.faults.strike(NAME, OAUTH, shop.shop.shop_id)
        if fault is not None and fault.kind is not FaultKind.LATENCY:
            return _faulty(fault, shop)
        # Decided first and told late: two that ask at once are both on their way.
        answer = await token(shop.oauth, http)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        return answer

    async def bulk_file(self, http: HttpRequest) -> Response:
        self._simulator.calls["bulk_file"] += 1
        domain = http.path_params["domain"]
        shop_id = self._simulator.shops[domain].shop.shop_id
        fault = self._simulator.faults.strike(NAME, BULK_FILE, shop_id)
        file = self._simulator.bulk[domain].file_of(http.path_params["signature"])
        if fault is not None and fault.kind is FaultKind.EXPIRED_URL:
            file = None
        if file is None:
            return Response("<Error><Code>ExpiredToken</Code></Error>", 400, media_type="text/xml")
        if fault is not None and fault.kind is FaultKind.TRUNCATED:
            whole = file.read_bytes()
            return Response(whole[: len(whole) * 2 // 3], media_type=JSONL)
        if fault is not None:
            return _faulty(fault, self._simulator.shops[domain])
        return FileResponse(file, media_type=JSONL)


def _faulty(fault: Fault, shop: SimulatedShop) -> Response:
    if fault.kind is FaultKind.THROTTLED:
        return throttled(100, shop.bucket.status())
    if fault.kind is FaultKind.TOO_MANY_REQUESTS:
        return PlainTextResponse("", 429, headers={"retry-after": str(fault.seconds)})
    if fault.kind is FaultKind.INTERNAL_ERROR:
        return error_answer(
            "Internal error. Looks like something went wrong on our end.",
            "INTERNAL_SERVER_ERROR",
            data=True,
            requestId="simulated",
        )
    if fault.kind is FaultKind.ACCESS_DENIED:
        return _denied("orders")
    if fault.kind is FaultKind.RESET:
        return BrokenOff()
    return PlainTextResponse("upstream connect error", fault.status)


def _denied(field: str) -> Response:
    return error_answer(
        f"Access denied for {field} field.",
        "ACCESS_DENIED",
        data=True,
        documentation="https://shopify.dev/api/usage/access-scopes",
    )


def _told(error: GraphQLError) -> dict[str, Any]:
    told: dict[str, Any] = dict(error.formatted)
    told.setdefault("extensions", {"code": "INVALID_VARIABLE"})
    return told


def create_app(simulator: Simulator) -> Starlette:
    schema()
    doors = ShopifyDoors(simulator)
    oauth_path = "/shops/{domain}/admin/oauth"
    graphql_path = f"/shops/{{domain}}/admin/api/{API_VERSION}/graphql.json"
    return Starlette(
        routes=[
            HttpRoute(graphql_path, doors.graphql, methods=["POST"]),
            HttpRoute(f"{oauth_path}/authorize", doors.authorize),
            HttpRoute(f"{oauth_path}/access_token", doors.token, methods=["POST"]),
            HttpRoute("/bulk/{domain}/{signature}", doors.bulk_file),
        ]
    )


class ShopifySimulator:
    """Shopify as one of the simulated vendors."""

    def __init__(self, simulation: Simulation, plan: Plan = PLANS["standard"]) -> None:
        self._simulator = Simulator(simulation, plan)
        self.app: ASGIApp = create_app(self._simulator)
        self.switches: Sequence[BaseRoute] = switches_of(self._simulator)

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str]:
        return {
            "domain": shop.domain,
            "access_token": token_of(shop.shop_id),
            "client_secret": CLIENT_SECRET,
            "base_url": f"{address}/shops/{shop.domain}",
        }

    def reset(self) -> None:
        self._simulator.reset()
