"""The doors of Search Console: its sites, their searches, and its token address."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.control import asked_of
from hotdash.simulators.doors import FaultyDoors
from hotdash.simulators.google_tokens import (
    TOKEN_ROUTE,
    TokenDesk,
    google_error,
    google_refusals,
    insufficient_scopes,
    unauthenticated,
)
from hotdash.simulators.orders import Shop
from hotdash.simulators.search_console.engine import InvalidQueryError, parse, run
from hotdash.simulators.searches import ShopSearches
from hotdash.simulators.simulation import Simulation

NAME = "search_console"
READ_SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"
WHOLE_SCOPE = "https://www.googleapis.com/auth/webmasters"
OWNER = "SITE_OWNER"
_TOO_MUCH = "Search Analytics QPS quota exceeded. Please retry in a while. (rateLimitExceeded)"
_USED_UP = "Search Analytics load quota exceeded for the day. (quotaExceeded)"


@dataclass
class Site:
    shop: Shop
    searches: ShopSearches
    permission: str = field(default=OWNER)
    calls_left: int | None = None

    @property
    def site_url(self) -> str:
        """Nordkurve proved its whole domain, the others one address."""
        name = f"{self.shop.shop_id}.example"
        return f"sc-domain:{name}" if self.shop.locale == "de" else f"https://www.{name}/"

    def url_of(self, page: str) -> str:
        return f"https://www.{self.shop.shop_id}.example{page}"


class SearchConsoleSimulator:
    """Search Console as one of the simulated vendors."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.desk = TokenDesk(simulation, NAME, (READ_SCOPE, WHOLE_SCOPE))
        world = simulation.world
        self.sites = {
            shop.shop_id: Site(shop, ShopSearches(world.of(shop.shop_id), world.seed))
            for shop in simulation.shops
        }
        routes: list[BaseRoute] = [
            *self.desk.routes,
            HttpRoute("/webmasters/v3/sites", self._list_sites),
            HttpRoute(
                "/webmasters/v3/sites/{site:path}/searchAnalytics/query",
                self._query,
                methods=["POST"],
            ),
        ]
        self.app: ASGIApp = FaultyDoors(
            Starlette(routes=routes), simulation, NAME, self._route_of, google_refusals(_TOO_MUCH)
        )
        self.switches: Sequence[BaseRoute] = (
            *self.desk.switches,
            HttpRoute("/sites", self._set_site, methods=["POST"]),
        )

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str]:
        signing_in = (
            self.desk.consent(shop, address)
            if shop.locale == "jp"
            else self.desk.service_account(shop, address)
        )
        return {
            "site_url": self.sites[shop.shop_id].site_url,
            "base_url": address,
            **signing_in,
        }

    def reset(self) -> None:
        self.desk.reset()
        for site in self.sites.values():
            site.permission, site.calls_left = OWNER, None

    async def _list_sites(self, http: HttpRequest) -> Response:
        shop_id = self._signed_in(http)
        if isinstance(shop_id, Response):
            return shop_id
        site = self.sites[shop_id]
        other = {"siteUrl": "https://blog.example/", "permissionLevel": "SITE_UNVERIFIED_USER"}
        own = {"siteUrl": site.site_url, "permissionLevel": site.permission}
        return JSONResponse({"siteEntry": [other, own]})

    async def _query(self, http: HttpRequest) -> Response:
        shop_id = self._signed_in(http)
        if isinstance(shop_id, Response):
            return shop_id
        site = self.sites[shop_id]
        if http.path_params["site"] != site.site_url or site.permission != OWNER:
            return google_error(
                403,
                "PERMISSION_DENIED",
                f"User does not have sufficient permission for site '{http.path_params['site']}'.",
            )
        if site.calls_left is not None:
            if not site.calls_left:
                return google_error(429, "RESOURCE_EXHAUSTED", _USED_UP)
            site.calls_left -= 1
        try:
            query = parse(json.loads(await http.body()))
            now = self._simulation.clock.now()
            told: Any = await asyncio.to_thread(run, query, site.searches, now, site.url_of)
        except ValueError as error:
            said = str(error) if isinstance(error, InvalidQueryError) else "Invalid JSON payload."
            return google_error(400, "INVALID_ARGUMENT", said)
        return JSONResponse(told)

    def _signed_in(self, http: HttpRequest) -> "str | Response":
        granted = self.desk.grant_of(http)
        if granted is None:
            return unauthenticated()
        if not granted.scopes & {READ_SCOPE, WHOLE_SCOPE}:
            return insufficient_scopes()
        return granted.shop_id

    def _route_of(self, http: HttpRequest) -> tuple[str, str | None]:
        path = http.url.path
        if path.endswith(f"/{TOKEN_ROUTE}"):
            return TOKEN_ROUTE, None
        if path.endswith("/searchAnalytics/query"):
            theirs = (id for id in self.sites if f"{id}.example" in path)
            return "query", next(theirs, None)
        return "sites", None

    async def _set_site(self, http: HttpRequest) -> Response:
        """What the account may do with a site, and how many queries are left today."""
        asked = await asked_of(http)
        site = self.sites[asked["shop"]]
        site.permission = asked.get("permission", site.permission)
        site.calls_left = asked.get("calls_left", site.calls_left)
        return JSONResponse({})
