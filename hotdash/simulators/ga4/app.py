"""The doors of Google Analytics: its Data API, its token address, and an MCP host over HTTP."""

import asyncio
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.control import asked_of
from hotdash.simulators.doors import FaultyDoors
from hotdash.simulators.ga4.engine import (
    METRICS,
    TRAFFIC_DIMENSIONS,
    VIEW_DIMENSIONS,
    InvalidReportError,
    cost_of,
    parse,
    run,
)
from hotdash.simulators.ga4.mcp_door import McpDoor
from hotdash.simulators.ga4.properties import Property
from hotdash.simulators.google_tokens import (
    TOKEN_ROUTE,
    TokenDesk,
    google_error,
    google_refusals,
    insufficient_scopes,
    unauthenticated,
)
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation

NAME = "ga4"
READ_SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
EDIT_SCOPE = "https://www.googleapis.com/auth/analytics.edit"
MOST_AT_ONCE = 5
MCP_PROGRAM = "hotdash.simulators.ga4.mcp_server"
_TOO_MUCH = "Exhausted concurrent requests quota. Please send fewer requests concurrently."
_USED_UP = {
    "tokensPerDay": "Exhausted property tokens per day. These quota tokens will return in "
    "under 24 hours.",
    "tokensPerHour": "Exhausted property tokens per hour. These quota tokens will return in "
    "under an hour.",
    "tokensPerProjectPerHour": "Exhausted property tokens for a project per hour. These quota "
    "tokens will return in under an hour.",
}


class Ga4Simulator:
    """Google Analytics as one of the simulated vendors."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.desk = TokenDesk(simulation, NAME, (READ_SCOPE, EDIT_SCOPE))
        self.properties = {
            found.property_id: found
            for found in (Property(simulation, shop) for shop in simulation.shops)
        }
        host = McpDoor(self._who_asks_the_host, self.report)
        routes: list[BaseRoute] = [
            *self.desk.routes,
            HttpRoute("/v1beta/properties/{property_id}/metadata", self._metadata),
            HttpRoute("/v1beta/properties/{called}", self._called, methods=["POST"]),
            Mount("/mcp/{shop_id}", host),
        ]
        self.app: ASGIApp = FaultyDoors(
            Starlette(routes=routes), simulation, NAME, self._route_of, google_refusals(_TOO_MUCH)
        )
        self.switches: Sequence[BaseRoute] = (
            *self.desk.switches,
            HttpRoute("/quota", self._set_quota, methods=["POST"]),
            HttpRoute("/sharing", self._set_sharing, methods=["POST"]),
        )

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str]:
        """All that either transport needs; Nordkurve's person signed in, the others have a key."""
        token = self.desk.standing_token(shop.shop_id)
        signing_in = (
            self.desk.consent(shop, address)
            if shop.locale == "de"
            else self.desk.service_account(shop, address)
        )
        return {
            "property_id": self._of(shop.shop_id).property_id,
            "transport": "data_api",
            "base_url": address,
            **signing_in,
            "mcp_command": shlex.join(
                [sys.executable, "-m", MCP_PROGRAM, "--address", address, "--token", token]
            ),
            "mcp_url": f"{address}/mcp/{shop.shop_id}/",
            "mcp_token": token,
        }

    def reset(self) -> None:
        self.desk.reset()
        for found in self.properties.values():
            found.reset()

    def report(self, shop_id: str, property_id: str, asked: Mapping[str, Any]) -> Response:
        """One report, paid for with the property's tokens."""
        found = self.properties.get(property_id)
        if found is None or found.shop.shop_id != shop_id or not found.is_shared:
            return google_error(
                403,
                "PERMISSION_DENIED",
                "User does not have sufficient permissions for this property.",
            )
        used_up = found.allowance.exhausted(found.now)
        if used_up is not None:
            self._simulation.calls[f"{NAME}_exhausted"] += 1
            return google_error(429, "RESOURCE_EXHAUSTED", _USED_UP[used_up])
        try:
            request = parse(asked, found)
            answer = run(request, found)
        except InvalidReportError as error:
            return google_error(400, "INVALID_ARGUMENT", str(error))
        cost = cost_of(request, answer)
        found.allowance.take(cost, found.now)
        if request.wants_quota:
            answer["propertyQuota"] = found.allowance.told(cost)
        return JSONResponse(answer)

    async def _called(self, http: HttpRequest) -> Response:
        property_id, _, method = http.path_params["called"].partition(":")
        shop_id = self._signed_in(http)
        if isinstance(shop_id, Response):
            return shop_id
        try:
            asked: Any = json.loads(await http.body())
        except ValueError:
            return google_error(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")
        if method == "runReport":
            return await asyncio.to_thread(self.report, shop_id, property_id, asked)
        if method == "batchRunReports":
            return self._batch(shop_id, property_id, asked)
        if method == "checkCompatibility":
            return JSONResponse(_compatibility())
        return google_error(404, "NOT_FOUND", "Method not found.")

    def _batch(self, shop_id: str, property_id: str, asked: Mapping[str, Any]) -> Response:
        requests: Sequence[Mapping[str, Any]] = asked.get("requests") or ()
        if len(requests) > MOST_AT_ONCE:
            return google_error(400, "INVALID_ARGUMENT", "At most 5 requests are allowed.")
        answers = [self.report(shop_id, property_id, each) for each in requests]
        refused = next((answer for answer in answers if answer.status_code != 200), None)
        if refused is not None:
            return refused
        reports = [json.loads(bytes(answer.body)) for answer in answers]
        return JSONResponse({"reports": reports, "kind": "analyticsData#batchRunReports"})

    async def _metadata(self, http: HttpRequest) -> Response:
        shop_id = self._signed_in(http)
        if isinstance(shop_id, Response):
            return shop_id
        dimensions = sorted({*TRAFFIC_DIMENSIONS, *VIEW_DIMENSIONS})
        told = {
            "name": f"properties/{http.path_params['property_id']}/metadata",
            "dimensions": [{"apiName": name, "uiName": name} for name in dimensions],
            "metrics": [
                {"apiName": name, "uiName": name, "type": kind} for name, kind in METRICS.items()
            ],
        }
        return JSONResponse(told)

    def _signed_in(self, http: HttpRequest) -> "str | Response":
        granted = self.desk.grant_of(http)
        if granted is None:
            return unauthenticated()
        if not granted.scopes & {READ_SCOPE, EDIT_SCOPE}:
            return insufficient_scopes()
        return granted.shop_id

    def _who_asks_the_host(self, http: HttpRequest) -> str | None:
        granted = self.desk.grant_of(http)
        is_theirs = granted is not None and granted.shop_id == http.path_params["shop_id"]
        return http.path_params["shop_id"] if is_theirs else None

    def _route_of(self, http: HttpRequest) -> tuple[str, str | None]:
        path = http.url.path
        if path.endswith(f"/{TOKEN_ROUTE}"):
            return TOKEN_ROUTE, None
        if "/mcp/" in path:
            return "mcp", path.partition("/mcp/")[2].partition("/")[0]
        called = path.rpartition("/properties/")[2]
        property_id, _, method = called.replace("/", ":").partition(":")
        found = self.properties.get(property_id)
        return method, found.shop.shop_id if found else None

    def _of(self, shop_id: str) -> Property:
        return next(each for each in self.properties.values() if each.shop.shop_id == shop_id)

    async def _set_quota(self, http: HttpRequest) -> Response:
        """Lower (or raise) how many tokens a property has, by the names the API gives its limits."""
        asked = await asked_of(http)
        self._of(asked.pop("shop")).allowance.limits |= asked
        return JSONResponse({})

    async def _set_sharing(self, http: HttpRequest) -> Response:
        """Whether the account may read the property."""
        asked = await asked_of(http)
        self._of(asked["shop"]).is_shared = asked["shared"]
        return JSONResponse({})


def _compatibility() -> dict[str, Any]:
    def known(name: str) -> dict[str, str]:
        return {"apiName": name, "uiName": name}

    return {
        "dimensionCompatibilities": [
            {"dimensionMetadata": known(name), "compatibility": "COMPATIBLE"}
            for name in TRAFFIC_DIMENSIONS
        ],
        "metricCompatibilities": [
            {"metricMetadata": {**known(name), "type": kind}, "compatibility": "COMPATIBLE"}
            for name, kind in METRICS.items()
        ],
    }
