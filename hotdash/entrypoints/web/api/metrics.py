"""GET /api/v1/metrics/{metric}/days: what the chart draws, day by day."""

from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.api.schemas import ERRORS, RevenueDaysAnswer
from hotdash.entrypoints.web.api.tiles import Asked, Shop, ready_answer
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.metrics.period import Compare, Range
from hotdash.insights.tiles.contract import Tile

router = APIRouter(prefix="/api/v1/metrics", tags=["metrics"])


@router.get("/revenue/days", response_model=RevenueDaysAnswer, responses=ERRORS)
def revenue_days(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    range: Range = Range.DAYS_30,
    compare: Compare = Compare.PREVIOUS,
) -> Response:
    """Revenue of every day of the period beside the day it is compared with."""
    asked = Asked("revenue-days", shop, range, compare)
    return ready_answer(request, parts, asked, _body).response(request)


def _body(tile: Tile) -> bytes:
    known = tile.as_json()
    answer: dict[str, Any] = {
        "metric": known["metric"],
        "currency": tile.unit,
        "timezone": tile.timezone,
        "as_of": known["as_of"],
        "build": known["build"],
        "days": known["series"],
    }
    return orjson.dumps(answer)
