"""GET /api/v1/attribution/orders/{order}: which visits an order is credited to, and why."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.attribution_schemas import AttributedOrderAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.attribution.explain import LARGEST_ID, explain_order

router = APIRouter(prefix="/api/v1/attribution", tags=["attribution"])

Order = Annotated[int, Path(description="Shopify's number of the order.", ge=1, le=LARGEST_ID)]


@router.get("/orders/{order}", response_model=AttributedOrderAnswer, responses=ERRORS)
def attributed_order(request: Request, parts: PartsOf, order: Order, shop: Shop) -> Response:
    """Every touch of an order with its age, its rule and its credit under each model."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = explain_order(session, shop, order)
    return Response(orjson.dumps(found.as_json()), media_type="application/json")
