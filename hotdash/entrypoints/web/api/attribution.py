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
    ComparisonAnswer,
)
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.attribution.compare import compare_sources
from hotdash.insights.attribution.explain import LARGEST_ID, explain_order

router = APIRouter(prefix="/api/v1/attribution", tags=["attribution"])

Order = Annotated[int, Path(description="Shopify's number of the order.", ge=1, le=LARGEST_ID)]


@router.get("/orders/{order}", response_model=AttributedOrderAnswer, responses=ERRORS)
def attributed_order(request: Request, parts: PartsOf, order: Order, shop: Shop) -> Response:
    """Every touch of an order with its age, its rule and its credit under each model."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = explain_order(session, shop, order)
    return json_answer(found.as_json())


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
