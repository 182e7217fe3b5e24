"""The web app: routes, what surrounds them, and the parts they share."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.web import health, mcp_door, static_files, webhooks
from hotdash.entrypoints.web.api import (
    access,
    alerts,
    annotations,
    anomalies,
    assignments,
    attribution,
    audit,
    backfills,
    decisions,
    facts,
    forecasts,
    goals,
    knowledge,
    metrics,
    packets,
    plans,
    publications,
    sources,
    studies,
    tiles,
    tokens,
    views,
)
from hotdash.entrypoints.web.api import health as data_health
from hotdash.entrypoints.web.api import people as people_api
from hotdash.entrypoints.web.collector import endpoints as collector
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.errors import ErrorAnswers
from hotdash.entrypoints.web.known_requests import KnownRequests
from hotdash.entrypoints.web.middleware import RequestFrame
from hotdash.entrypoints.web.pages import (
    account,
    backlog,
    connect_shopify,
    customers,
    definitions,
    exports,
    installation,
    patterns,
    runbooks,
    scorecard,
    sign_in,
    sign_in_elsewhere,
    theme,
    today,
)
from hotdash.entrypoints.web.pages import (
    assignments as assigning,
)
from hotdash.entrypoints.web.pages import decisions as decision_pages
from hotdash.entrypoints.web.pages import model as model_page
from hotdash.entrypoints.web.pages import packets as packet_pages
from hotdash.entrypoints.web.pages import tiles as tile_pages
from hotdash.entrypoints.web.pages.admin import access as who_read
from hotdash.entrypoints.web.pages.admin import (
    alert_rules,
    alert_rules_forms,
    connect,
    credentials,
    people,
    policies,
    roles,
    shops,
)
from hotdash.entrypoints.web.pages.admin import tokens as token_pages
from hotdash.entrypoints.web.pages.anomalies import page as anomaly_pages
from hotdash.entrypoints.web.pages.attribution import order as attributed_order
from hotdash.entrypoints.web.pages.attribution import page as attribution_page
from hotdash.entrypoints.web.pages.backfills import forms as backfill_forms
from hotdash.entrypoints.web.pages.backfills import page as backfill_pages
from hotdash.entrypoints.web.pages.data_health import check as data_health_check
from hotdash.entrypoints.web.pages.data_health import forms as data_health_forms
from hotdash.entrypoints.web.pages.data_health import page as data_health_page
from hotdash.entrypoints.web.pages.explore import forms as explore_forms
from hotdash.entrypoints.web.pages.explore import page as explore
from hotdash.entrypoints.web.pages.forecast import page as forecast_pages
from hotdash.entrypoints.web.pages.knowledge import page as knowledge_pages
from hotdash.entrypoints.web.pages.lineage import page as lineage_page
from hotdash.entrypoints.web.pages.sources import page as source_pages
from hotdash.entrypoints.web.pages.sources import quarantine as quarantine_pages
from hotdash.entrypoints.web.pages.studies import page as study_pages
from hotdash.entrypoints.web.parts import Parts
from hotdash.entrypoints.web.tile_shortcut import TileShortcut

ROUTERS = (
    # The ones asked for most come first: they are looked through in this order.
    *(tiles.router, health.router, static_files.router, webhooks.router),
    *(sign_in.router, sign_in_elsewhere.router),
    *(account.router, theme.router, connect_shopify.router),
    *(today.router, tile_pages.router, definitions.router, exports.router, runbooks.router),
    *(explore.router, explore_forms.router, patterns.router, decision_pages.router),
    model_page.router,
    *(attribution_page.router, attributed_order.router),
    *(data_health_page.router, data_health_check.router, data_health_forms.router),
    *(shops.router, people.router, roles.router, token_pages.router, credentials.router),
    connect.router,
    *(policies.router, alert_rules.router, alert_rules_forms.router, who_read.router),
    *(customers.router, assigning.router, packet_pages.router, study_pages.router),
    *(source_pages.router, quarantine_pages.router),
    *(scorecard.router, backlog.router, lineage_page.router, installation.router),
    *(backfill_pages.router, backfill_forms.router),
    *(metrics.router, attribution.router, packets.router, studies.router),
    *(knowledge.router, knowledge_pages.router),
    *(anomalies.router, anomaly_pages.router, forecasts.router, forecast_pages.router),
    *(publications.router, plans.router, backfills.router),
    *(data_health.router, alerts.router, sources.router),
    *(decisions.router, assignments.router, facts.router),
    *(annotations.router, goals.router, views.router),
    *(tokens.router, people_api.router, access.router, access.customers, audit.router),
    collector.router,
    mcp_door.router,
)


def create_app(context: WebContext) -> FastAPI:
    parts = Parts.of(context)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        parts.bundle.warm()
        async with parts.reads.written_now_and_then():
            yield
        parts.bundle.stop()

    app = FastAPI(
        title="Hotdash",
        version=context.version,
        summary="The numbers of a shop, as its pages show them.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        # To include a router makes each of its routes anew, in the time of whoever asks first.
        routes=[route for router in ROUTERS for route in router.routes],
    )
    app.state.parts = parts
    _answer_errors(app, parts, ErrorAnswers(parts.pages))
    return app


def _answer_errors(app: FastAPI, parts: Parts, answers: ErrorAnswers) -> None:
    def answered(request: Request, error: Exception) -> Response:
        return answers.for_exception(request, error)

    for kind in (HotdashError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answered)
    app.add_middleware(KnownRequests, parts=parts, answers=answers)
    app.add_middleware(TileShortcut, parts=parts)
    app.add_middleware(
        RequestFrame,
        answers=answers,
        telemetry=parts.telemetry,
        reads=parts.reads,
        is_https=parts.context.is_https,
    )
