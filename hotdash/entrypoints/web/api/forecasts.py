"""GET /api/v1/forecasts: what is expected of a shop; /stock is its items with what to order."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.forecast_schemas import ForecastsAnswer, StockAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.reports.forecast.document import forecasts_document, stock_document
from hotdash.storage.appdb.repositories.forecasts import (
    StockList,
    latest_forecasts,
    list_stock,
    stock_totals,
)

router = APIRouter(prefix="/api/v1/forecasts", tags=["forecasts"])


@router.get("", response_model=ForecastsAnswer, responses=ERRORS)
def forecasts(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    as_of: Annotated[
        date | None, Query(description="As it was told when no later day was known.")
    ] = None,
) -> Response:
    """Revenue, orders, sessions, conversations, growth and the demand of items, each as it was last told."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = latest_forecasts(session, shop, as_of)
    return json_answer(forecasts_document(shop, found))


@router.get("/stock", response_model=StockAnswer, responses=ERRORS)
def stock(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    list: Annotated[StockList, Query(description="Which items.")] = StockList.WARNED,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="next_offset goes on.")] = 0,
) -> Response:
    """How long items last, how likely they run out before a refill, and what to order."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        totals = stock_totals(session, shop)
        found = list_stock(session, shop, list, limit=limit + 1, offset=offset)
    more = offset + limit if len(found) > limit else None
    return json_answer(
        stock_document(shop, admission.shop.currency, totals, list, found[:limit], more)
    )
