"""The ASGI application: Chatwoot's doors for every account."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.chatwoot.answers import Answer, Answers, Refused
from hotdash.simulators.chatwoot.control import switches_of
from hotdash.simulators.chatwoot.state import NAME, Account, accounts_of, admin_token
from hotdash.simulators.doors import FaultyDoors
from hotdash.simulators.faults import Fault, FaultKind
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation

_IN_ACCOUNT = "/api/v1/accounts/{account_id:int}"
_ACCOUNT = re.compile(r"/api/v1/accounts/(\d+)(/[^?]*)?")
_TOKEN_HEADERS = ("api-access-token", "api_access_token")
INVALID_TOKEN = {"error": "Invalid Access Token"}
NO_TOKEN = {"errors": ["You need to sign in or sign up before continuing."]}
NOT_FOUND = {"error": "Resource could not be found"}

# Path below the account, the route's name, what answers.
_DOORS: tuple[tuple[str, str, Callable[[Answers], Answer]], ...] = (
    ("", "account", Answers.account),
    ("/agents", "agents", Answers.agents),
    ("/inboxes", "inboxes", Answers.inboxes),
    ("/contacts", "contacts", Answers.contacts),
    ("/contacts/{id:int}", "contact", Answers.contact),
    ("/conversations", "conversations", Answers.conversations),
    ("/conversations/meta", "conversations_meta", Answers.conversations_meta),
    ("/conversations/{id:int}", "conversation", Answers.conversation),
    ("/conversations/{id:int}/messages", "messages", Answers.messages),
    ("/conversations/{id:int}/reporting_events", "conversation_events", Answers.events_of_one),
    ("/csat_survey_responses", "csat", Answers.csat),
    ("/csat_survey_responses/metrics", "csat_metrics", Answers.csat_metrics),
    ("/reporting_events", "reporting_events", Answers.reporting_events),
    ("/applied_slas", "applied_slas", Answers.applied_slas),
    ("/applied_slas/metrics", "applied_slas_metrics", Answers.applied_slas_metrics),
    ("/sla_policies", "sla_policies", Answers.sla_policies),
    ("/webhooks", "webhooks", Answers.webhooks),
)


class ChatwootDoors:
    def __init__(self, simulation: Simulation, accounts: Mapping[int, Account]) -> None:
        self._simulation = simulation
        self._accounts = accounts

    async def profile(self, http: Request) -> Response:
        token = _token(http)
        for account in self._accounts.values():
            if token in account.tokens:
                return self._told(Answers(account, account.tokens[token], {}, {}).profile())
        return self._told((401, INVALID_TOKEN if token else NO_TOKEN))

    def door(self, answer: Callable[[Answers], Answer]) -> Callable[[Request], Any]:
        async def opened(http: Request) -> Response:
            return await asyncio.to_thread(self._answer, http, answer)

        return opened

    def _answer(self, http: Request, answer: Callable[[Answers], Answer]) -> Response:
        token = _token(http)
        if token is None:
            return self._told((401, NO_TOKEN))
        if not any(token in account.tokens for account in self._accounts.values()):
            return self._told((401, INVALID_TOKEN))
        account = self._accounts.get(http.path_params["account_id"])
        if account is None:
            return self._told((404, NOT_FOUND))
        agent = account.tokens.get(token)
        if agent is None:
            return self._told((401, {"error": "You are not authorized to do this action"}))
        try:
            return self._told(
                answer(Answers(account, agent, http.query_params, dict(http.path_params)))
            )
        except Refused as refused:
            return self._told((refused.status, refused.body))

    def _told(self, answer: Answer) -> Response:
        status, body = answer
        now = format_datetime(self._simulation.clock.now(), usegmt=True)
        return JSONResponse(body, status, headers={"date": now})


def _token(http: Request) -> str | None:
    return next((http.headers[name] for name in _TOKEN_HEADERS if name in http.headers), None)


def _too_many(fault: Fault) -> Response:
    """Rack::Attack's answer says only on request how long to wait."""
    headers = {"retry-after": str(fault.seconds)} if fault.seconds else {}
    return PlainTextResponse("Retry later\n", 429, headers=headers)


def _invalid_token(_fault: Fault) -> Response:
    return JSONResponse(INVALID_TOKEN, 401)


def _route_names() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{id:int\}", r"\\d+", path)), name) for path, name, _ in _DOORS]


def create_app(simulation: Simulation, accounts: Mapping[int, Account]) -> ASGIApp:
    doors = ChatwootDoors(simulation, accounts)
    inner = Starlette(
        routes=[
            HttpRoute("/api/v1/profile", doors.profile),
            *(HttpRoute(f"{_IN_ACCOUNT}{path}", doors.door(told)) for path, _, told in _DOORS),
        ]
    )
    names = _route_names()

    def route_of(http: Request) -> tuple[str, str | None]:
        path = http.url.path.removeprefix(http.scope.get("root_path", ""))
        found = _ACCOUNT.fullmatch(path)
        if found is None:
            return path.rsplit("/", 1)[-1], None
        account = accounts.get(int(found[1]))
        below = found[2] or ""
        name = next((name for form, name in names if form.fullmatch(below)), "elsewhere")
        return name, account.shop.shop_id if account else None

    refusals = {
        FaultKind.TOO_MANY_REQUESTS: _too_many,
        FaultKind.THROTTLED: _too_many,
        FaultKind.ACCESS_DENIED: _invalid_token,
    }
    return FaultyDoors(inner, simulation, NAME, route_of, refusals)


class ChatwootSimulator:
    """Chatwoot as one of the simulated vendors."""

    def __init__(self, simulation: Simulation) -> None:
        self._accounts = accounts_of(simulation)
        self.app: ASGIApp = create_app(simulation, self._accounts)
        self.switches: Sequence[BaseRoute] = switches_of(self._accounts, simulation.clock)

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str]:
        account = next(each for each in self._accounts.values() if each.shop is shop)
        policy = account.desk.policy
        return {
            "base_url": address,
            "account_id": str(account.account_id),
            "api_access_token": admin_token(shop.shop_id),
            "sla_first_response_minutes": str(policy.first_response // 60),
            "sla_resolution_minutes": str(policy.resolution // 60),
            "business_hours": account.desk.hours.written,
        }

    def reset(self) -> None:
        for account in self._accounts.values():
            account.reset()
