"""The ASGI application: the doors of the Graph API that the ads of a shop are read through."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from hotdash.simulators.doors import FaultyDoors
from hotdash.simulators.meta_ads.asked import asked_insights, listed
from hotdash.simulators.meta_ads.refusals import (
    REFUSALS,
    RefusedError,
    business_usage,
    invalid,
    invalidated_token,
    malformed_token,
    nonexisting_field,
    too_many_calls,
    too_much_data,
    unreachable,
)
from hotdash.simulators.meta_ads.rows import insight_rows
from hotdash.simulators.meta_ads.state import NAME, Job, MetaAccount, MetaState, token_of
from hotdash.simulators.meta_ads.switches import switches_of
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation

VERSION = "v26.0"
_PAGE, _LARGEST_PAGE = 25, 1_000
_CAMPAIGN_FIELDS = frozenset(
    "id account_id name status effective_status objective created_time updated_time start_time "
    "stop_time".split()
)
_JOB_FIELDS = frozenset(
    "id account_id async_status async_percent_completion date_start date_stop error_code "
    "error_message error_subcode error_user_title error_user_msg".split()
)


@dataclass(frozen=True)
class _Asked:
    account: MetaAccount
    node: str
    params: Mapping[str, str]
    base: str
    token: str

    @property
    def fields(self) -> tuple[str, ...]:
        return listed(self.params.get("fields", "id"))


Answer = Callable[[_Asked], Any]


class GraphDoors:
    def __init__(self, state: MetaState) -> None:
        self._state = state

    def routes(self) -> list[BaseRoute]:
        return [
            HttpRoute(f"/{VERSION}/me/permissions", self._door(self._permissions)),
            HttpRoute(f"/{VERSION}/{{node}}/campaigns", self._door(self._campaigns)),
            HttpRoute(f"/{VERSION}/{{node}}/insights", self._door(self._insights)),
            HttpRoute(f"/{VERSION}/{{node}}/insights", self._door(self._job), methods=["POST"]),
            HttpRoute(f"/{VERSION}/{{node}}", self._door(self._node)),
        ]

    def _door(self, answer: Answer) -> Callable[[Request], Any]:
        async def door(http: Request) -> Response:
            params = {name: str(value) for name, value in (await http.form()).items()}
            params |= dict(http.query_params)
            try:
                asked = self._authorized(http, params)
                asked.account.count_call()
                told = await asyncio.to_thread(answer, asked)
            except RefusedError as refused:
                return refused.response(_headers(self._of_node(http)))
            return JSONResponse(told, headers=_headers(asked.account))

        return door

    def _of_node(self, http: Request) -> MetaAccount | None:
        return self._state.by_node(http.path_params.get("node", ""))

    def _authorized(self, http: Request, params: dict[str, str]) -> _Asked:
        header = http.headers.get("authorization", "").removeprefix("Bearer ")
        token = header or params.get("access_token", "")
        owner = self._state.by_token(token)
        node = http.path_params.get("node", "")
        if owner is None:
            born_with = {token_of(each.account.shop) for each in self._state.accounts}
            raise invalidated_token() if token in born_with else malformed_token(token)
        if node and self._state.by_node(node) is not owner:
            raise unreachable(node)
        if node and owner.permissions.get("ads_read") != "granted":
            raise RefusedError(
                200, "(#200) Ad account owner has NOT grant ads_management or ads_read permission"
            )
        if node and owner.regain_minutes:
            raise too_many_calls()
        return _Asked(owner, node, params, str(http.url.replace(query="")), token)

    def _permissions(self, asked: _Asked) -> Any:
        permissions = asked.account.permissions.items()
        return {"data": [{"permission": name, "status": status} for name, status in permissions]}

    def _campaigns(self, asked: _Asked) -> Any:
        account = asked.account
        wanted = json.loads(asked.params.get("effective_status", '["ACTIVE","PAUSED"]'))
        shown = [each for each in account.world.campaigns if account.status(each) in wanted]
        return _page(asked, [_chosen(account.told(each), asked, "Campaign") for each in shown])

    def _insights(self, asked: _Asked) -> Any:
        account = asked.account
        if not asked.node.startswith("act_"):
            return self._job_rows(asked)
        wanted = asked_insights(asked.params, account.today)
        if wanted.days > account.limits.at_once_days:
            raise too_much_data(*account.limits.too_much)
        return _page(asked, _rows(account, wanted))

    def _job(self, asked: _Asked) -> Any:
        wanted = asked_insights(asked.params, asked.account.today)
        run_id = self._state.next_run_id()
        asked.account.start_job(run_id, wanted, asked.params)
        return {"report_run_id": str(run_id)}

    def _job_rows(self, asked: _Asked) -> Any:
        job = asked.account.jobs.get(int(asked.node))
        if job is None:
            raise unreachable(asked.node)
        if not job.is_done:
            raise RefusedError(
                2601,
                "Error accessing adreport job.",
                1815107,
                is_transient=True,
                user_title="Loading Async Ads Report Failed",
            )
        return _page(asked, _rows(asked.account, job.asked))

    def _node(self, asked: _Asked) -> Any:
        account = asked.account
        if asked.node.startswith("act_"):
            return _chosen(_account_node(account), asked, "AdAccount")
        number = int(asked.node)
        if number in account.jobs:
            return _chosen(_job_node(account, account.jobs[number]), asked, "AdReportRun")
        for campaign in account.world.campaigns:
            if campaign.campaign_id == number:
                return _chosen(account.told(campaign), asked, "Campaign")
        raise unreachable(asked.node)


def _account_node(account: MetaAccount) -> dict[str, Any]:
    told = account.account
    return {
        "id": f"act_{told.account_id}",
        "account_id": str(told.account_id),
        "name": told.name,
        "currency": told.currency,
        "timezone_name": told.timezone,
        "account_status": 1,
    }


def _job_node(account: MetaAccount, job: Job) -> dict[str, Any]:
    status, percent = job.look()
    told: dict[str, Any] = {
        "id": str(job.run_id),
        "account_id": str(account.account.account_id),
        "async_status": status,
        "async_percent_completion": percent,
        "date_start": str(job.asked.first),
        "date_stop": str(job.asked.last),
    }
    if status == "Job Failed":
        told |= {
            "error_code": 2,
            "error_subcode": 1504038,
            "error_message": "Service temporarily unavailable",
            "error_user_title": "The report could not be made",
            "error_user_msg": "Please reduce the amount of data you are asking for.",
        }
    return told


_KNOWN = {
    "AdAccount": frozenset("id account_id name currency timezone_name account_status".split()),
    "Campaign": _CAMPAIGN_FIELDS,
    "AdReportRun": _JOB_FIELDS,
}


def _chosen(told: Mapping[str, Any], asked: _Asked, node: str) -> dict[str, Any]:
    """The fields that were asked for; what has no value is left out, and the id always told."""
    for name in asked.fields:
        if name not in _KNOWN[node]:
            raise nonexisting_field(name, node)
    return {name: told[name] for name in dict.fromkeys([*asked.fields, "id"]) if name in told}


def _rows(account: MetaAccount, wanted: Any) -> list[dict[str, Any]]:
    states = {each.campaign_id: account.status(each) for each in account.world.campaigns}
    return insight_rows(account.world, wanted, account.now, states)


def _page(asked: _Asked, records: Sequence[Any]) -> dict[str, Any]:
    """The address of the next page carries the token, as Meta's does."""
    size = int(asked.params.get("limit", _PAGE))
    if not 0 < size <= _LARGEST_PAGE:
        raise invalid(f"Param limit must be between 1 and {_LARGEST_PAGE}")
    first = _place(asked.params.get("after"))
    last = min(first + size, len(records))
    if not records:
        return {"data": []}
    paging: dict[str, Any] = {"cursors": {"before": _cursor(first), "after": _cursor(last)}}
    if last < len(records):
        query = {**asked.params, "access_token": asked.token, "after": _cursor(last)}
        paging["next"] = f"{asked.base}?{urlencode(query)}"
    return {"data": list(records[first:last]), "paging": paging}


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def _place(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return int(base64.urlsafe_b64decode(padded))
    except ValueError as error:
        raise invalid("Invalid cursor") from error


def _headers(account: MetaAccount | None) -> dict[str, str]:
    if account is None:
        return {}
    percent, account_id = account.percent, account.account.account_id
    usage = business_usage(account_id, percent, account.regain_minutes)
    throttle = {
        "app_id_util_pct": percent / 2,
        "acc_id_util_pct": percent,
        "ads_api_access_tier": "development_access",
    }
    return {
        "x-business-use-case-usage": json.dumps(usage),
        "x-fb-ads-insights-throttle": json.dumps(throttle),
        "x-ad-account-usage": json.dumps({"acc_id_util_pct": percent / 4}),
        "facebook-api-version": VERSION,
        "date": format_datetime(account.now, usegmt=True),
    }


class MetaAdsSimulator:
    """Meta Ads as one of the simulated vendors."""

    def __init__(self, simulation: Simulation) -> None:
        self._state = MetaState(simulation)
        app = Starlette(routes=GraphDoors(self._state).routes())
        self.app: ASGIApp = FaultyDoors(app, simulation, NAME, self._route_of, REFUSALS)
        self.switches: Sequence[BaseRoute] = switches_of(self._state)

    @property
    def name(self) -> str:
        return NAME

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str] | None:
        account = self._state.by_shop(shop.shop_id)
        if account is None:
            return None
        return {
            "account_id": str(account.account.account_id),
            "access_token": token_of(shop),
            "base_url": address,
        }

    def reset(self) -> None:
        self._state.reset()

    def _route_of(self, http: Request) -> tuple[str, str | None]:
        parts = http.url.path.split(f"/{VERSION}/", 1)[-1].split("/")
        account = self._state.by_node(parts[0])
        shop_id = account.account.shop.shop_id if account else None
        if parts[0] == "me":
            return "permissions", None
        if len(parts) > 1:
            is_job = parts[1] == "insights" and http.method == "POST"
            return ("insights_job" if is_job else parts[1]), shop_id
        if parts[0].startswith("act_"):
            return "account", shop_id
        is_job = account is not None and int(parts[0]) in account.jobs
        return ("insights_progress" if is_job else "campaign"), shop_id
