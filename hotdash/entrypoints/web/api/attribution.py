"""Which visits an order is credited to and why, and what the platforms claim beside it."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.attribution_schemas import (
    AttributedOrderAnswer,
    ChannelsAnswer,
    ComparisonAnswer,
    LinkProblemsAnswer,
)
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.attribution.channels import Asked, Attribution, Split
from hotdash.insights.attribution.compare import compare_sources
from hotdash.insights.attribution.explain import LARGEST_ID, explain_order
from hotdash.insights.attribution.reasons import model_of, window_of
from hotdash.insights.metrics.period import Period

router = APIRouter(prefix="/api/v1/attribution", tags=["attribution"])

Range = Annotated[str | None, Query(description="7d, 30d, 90d or 12m.")]
_MOST_LINKS = 100
Order = Annotated[int, Path(description="Shopify's number of the order.", ge=1, le=LARGEST_ID)]


@router.get("/orders/{order}", response_model=AttributedOrderAnswer, responses=ERRORS)
def attributed_order(request: Request, parts: PartsOf, order: Order, shop: Shop) -> Response:
    """Every touch of an order with its age, its rule and its credit under each model."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = explain_order(session, shop, order)
    return json_answer(found.as_json())


@router.get("/channels", response_model=ChannelsAnswer, responses=ERRORS)
def channels(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    range: Range = None,
    model: Annotated[str | None, Query(description="Who is credited; last click.")] = None,
    window: Annotated[
        str | None,
        Query(description="Days before the order, in place of those the shop decided on."),
    ] = None,
    by: Annotated[str | None, Query(description="channel or campaign.")] = None,
) -> Response:
    """What a model credits each channel or campaign with, what it cost, and what came back."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    chosen = model_of(model)
    asked = Asked(chosen, window_of(window, chosen), Split.parse(by))
    with parts.context.database.as_user(admission.visit.user_id) as session:
        house = Attribution(session, shop, Period.parse(range), parts.context.clock.now())
        found = house.credits(asked)
    return json_answer(found.as_json())


@router.get("/links", response_model=LinkProblemsAnswer, responses=ERRORS)
def links(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    range: Range = None,
    skip: Annotated[int, Query(description="How many to pass over.", ge=0, le=100_000)] = 0,
) -> Response:
    """Links that cannot be trusted, or whose source no channel rule knows, a hundred at once."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        house = Attribution(session, shop, Period.parse(range), parts.context.clock.now())
        told, found = house.links(_MOST_LINKS, skip)
    days = [house.window.first.isoformat(), house.window.last.isoformat()]
    rows = [each.as_json() for each in told]
    return json_answer({"shop": shop, "days": days, "found": found, "links": rows})


@router.get("/comparison", response_model=ComparisonAnswer, responses=ERRORS)
def compared_sources(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    first: Annotated[date, Query(alias="from", description="The first day.")],
    last: Annotated[date, Query(alias="to", description="The last day, within a year.")],
) -> Response:
    """What Meta and Google claim beside what orders credit them with, per day and campaign."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = compare_sources(session, shop, first, last)
    return json_answer(found.as_json())
