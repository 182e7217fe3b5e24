"""The ASGI application: Google's token address and the two ways to ask the Google Ads API for rows."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.control import asked_of
from hotdash.simulators.doors import FaultyDoors
from hotdash.simulators.google_ads.gaql import Query, parse
from hotdash.simulators.google_ads.refusals import (
    REFUSALS,
    FailedError,
    bad_request,
    permission_denied,
    transient,
)
from hotdash.simulators.google_ads.rows import rows_of, summary_of
from hotdash.simulators.google_ads.state import (
    MANAGER_ID,
    NAME,
    SCOPE,
    GoogleAccount,
    GoogleAdsState,
)
from hotdash.simulators.google_tokens import (
    TOKEN_ROUTE,
    google_error,
    unauthenticated,
)
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation

VERSION = "v26"
STREAM, SEARCH = "searchStream", "search"
_CHUNK = 200
_PAGE = 300
_REQUEST_ID = "simulatedRequestId0001"
_WITH_SUMMARY = "SUMMARY_ROW_WITH_RESULTS"
_STREAM_KEYS = frozenset({"query", "summaryRowSetting"})
_SEARCH_KEYS = frozenset({"query", "pageToken", "searchSettings"})


class AdsDoors:
    def __init__(self, state: GoogleAdsState) -> None:
        self._state = state

    def routes(self) -> list[BaseRoute]:
        base = f"/{VERSION}/customers/{{customer}}/googleAds"
        return [
            *self._state.desk.routes,
            HttpRoute(f"{base}:{STREAM}", self._stream, methods=["POST"]),
            HttpRoute(f"{base}:{SEARCH}", self._search, methods=["POST"]),
        ]

    async def _stream(self, http: Request) -> Response:
        return await self._answer(http, streamed=True)

    async def _search(self, http: Request) -> Response:
        return await self._answer(http, streamed=False)

    async def _answer(self, http: Request, *, streamed: bool) -> Response:
        granted = self._state.desk.grant_of(http)
        if granted is None:
            return unauthenticated()
        if SCOPE not in granted.scopes:
            return _insufficient_scopes()
        asked = json.loads(await http.body())
        try:
            account = self._account(http, granted.shop_id)
            work = self._streamed if streamed else self._paged
            told = await asyncio.to_thread(work, account, asked)
        except FailedError as failed:
            return failed.response(streamed=streamed)
        date = format_datetime(self._state.now, usegmt=True)
        return JSONResponse(told, headers={"date": date, "request-id": _REQUEST_ID})

    def _account(self, http: Request, shop_id: str) -> GoogleAccount:
        """A manager must be named, and only where it leads to the account."""
        customer = http.path_params["customer"]
        if not (customer.isdecimal() and len(customer) == 10):
            raise bad_request("INVALID_CUSTOMER_ID", f"Invalid customer ID '{customer}'.")
        account = self._state.by_shop(shop_id)
        manager = http.headers.get("login-customer-id")
        if account is None or customer not in (str(account.customer_id), str(MANAGER_ID)):
            raise permission_denied()
        leads_there = {str(account.manager_id)} if account.manager_id else {None, customer}
        if manager not in leads_there:
            raise permission_denied()
        return account

    def _streamed(self, account: GoogleAccount, asked: Mapping[str, Any]) -> list[Any]:
        query = _query_of(asked, _STREAM_KEYS)
        self._state.spend_operation()
        rows = rows_of(account.world, query, self._state.now)
        parts = [
            _part(query, results=rows[first : first + _CHUNK])
            for first in range(0, len(rows), _CHUNK)
        ]
        if self._state.failing_streams:
            self._state.failing_streams -= 1
            return [*parts[:1], transient().told()]
        if asked.get("summaryRowSetting") == _WITH_SUMMARY:
            _require_metrics(query)
            parts.append(_part(query, summaryRow=summary_of(rows)))
        return parts

    def _paged(self, account: GoogleAccount, asked: Mapping[str, Any]) -> dict[str, Any]:
        query = _query_of(asked, _SEARCH_KEYS)
        first = _place(asked.get("pageToken"))
        if not first:
            self._state.spend_operation()
        settings: Mapping[str, Any] = asked.get("searchSettings", {})
        rows = rows_of(account.world, query, self._state.now)
        page: dict[str, Any] = {
            "results": rows[first : first + _PAGE],
            "fieldMask": query.field_mask,
        }
        if first + _PAGE < len(rows):
            page["nextPageToken"] = f"page-{first + _PAGE}"
        if settings.get("returnTotalResultsCount"):
            page["totalResultsCount"] = str(len(rows))
        if settings.get("returnSummaryRow") and first + _PAGE >= len(rows):
            _require_metrics(query)
            page["summaryRow"] = summary_of(rows)
        return page


def _query_of(asked: Mapping[str, Any], known: frozenset[str]) -> Query:
    unknown = sorted(set(asked) - known)
    if unknown:
        raise bad_request(
            "PAGE_SIZE_NOT_SUPPORTED" if "pageSize" in unknown else "UNKNOWN",
            f'Invalid JSON payload received. Unknown name "{unknown[0]}".',
        )
    return parse(str(asked.get("query", "")))


def _require_metrics(query: Query) -> None:
    if not query.has_metrics:
        raise bad_request(
            "CANNOT_RETURN_SUMMARY_ROW_FOR_REQUEST_WITHOUT_METRICS",
            "Cannot return summary row for requests without metrics.",
        )


def _part(query: Query, **told: Any) -> dict[str, Any]:
    return {**told, "fieldMask": query.field_mask, "requestId": _REQUEST_ID}


def _place(token: str | None) -> int:
    if not token:
        return 0
    if not token.startswith("page-"):
        raise bad_request("INVALID_PAGE_TOKEN", "Page token is invalid.")
    return int(token.removeprefix("page-"))


def _insufficient_scopes() -> Response:
    refusal = google_error(
        403, "PERMISSION_DENIED", "Request had insufficient authentication scopes."
    )
    told = json.loads(bytes(refusal.body))
    told["error"]["details"] = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
        }
    ]
    return JSONResponse([told], 403)


class GoogleAdsSimulator:
    """Google Ads as one of the simulated vendors."""

    def __init__(self, simulation: Simulation) -> None:
        self._state = GoogleAdsState(simulation)
        app = Starlette(routes=AdsDoors(self._state).routes())
        self.app: ASGIApp = FaultyDoors(app, simulation, NAME, self._route_of, REFUSALS)
        self.switches: Sequence[BaseRoute] = [
            *self._state.desk.switches,
            HttpRoute("/limits", self._limit, methods=["POST"]),
        ]

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str] | None:
        account = self._state.by_shop(shop.shop_id)
        if account is None:
            return None
        number = str(account.customer_id)
        fields = {
            "customer_id": f"{number[:3]}-{number[3:6]}-{number[6:]}",
            "base_url": address,
            **self._state.desk.service_account(shop, address),
        }
        if account.manager_id:
            fields["login_customer_id"] = str(account.manager_id)
        return fields

    def reset(self) -> None:
        self._state.reset()

    async def _limit(self, http: Request) -> Response:
        """How many operations are used up, and how many streams fail after their first part."""
        asked = await asked_of(http)
        if "operations" in asked:
            self._state.set_operations(asked["operations"])
        self._state.failing_streams = asked.get("failing_streams", 0)
        return JSONResponse({})

    def _route_of(self, http: Request) -> tuple[str, str | None]:
        path = http.url.path
        if path.endswith(f"/{TOKEN_ROUTE}"):
            return TOKEN_ROUTE, None
        customer, _, method = path.rsplit("/customers/", 1)[-1].partition("/googleAds:")
        account = self._state.by_customer(customer)
        return method or "unknown", account.shop_id if account else None
