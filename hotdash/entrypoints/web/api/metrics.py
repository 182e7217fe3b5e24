"""GET /api/v1/metrics/query answers everything about metrics, /export as a file; /revenue/days is what the chart draws."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import file_answer, json_answer
from hotdash.entrypoints.web.api.query_parameters import MetricsAsked
from hotdash.entrypoints.web.api.query_schemas import MetricsAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS, RevenueDaysAnswer
from hotdash.entrypoints.web.api.tiles import Asked, Shop, ready_answer
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.metrics.period import Compare, Range
from hotdash.insights.metrics.query.query import query
from hotdash.insights.tiles.contract import Tile
from hotdash.reports.answer_table import answer_table
from hotdash.reports.files.formats import FORMATS, Format

router = APIRouter(prefix="/api/v1/metrics", tags=["metrics"])
_FILES: dict[str, Any] = {each.media_type.partition(";")[0]: {} for each in FORMATS.values()}


@router.get("/query", response_model=MetricsAnswer, responses=ERRORS)
def query_metrics(request: Request, parts: PartsOf, asked: MetricsAsked) -> Response:
    """Metrics of one or more shops, split, filtered, and beside the days they are compared with."""
    visit = parts.gate.visit(request)
    for shop_id in asked.shops:
        shop_of(visit, shop_id, Permission.SEE_METRICS)
    question = asked.question()
    with parts.context.database.as_user(visit.user_id) as session:
        answer = query(session, question, parts.context.clock.now())
    return json_answer(answer.as_json())


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=ERRORS | {200: {"description": "The file.", "content": _FILES}},
)
def export_metrics(
    request: Request,
    parts: PartsOf,
    asked: MetricsAsked,
    format: Annotated[Format, Query(description="The format of the file.")] = Format.CSV,
) -> Response:
    """The same as a file, which says what it is of: filters, timezone, versions and build."""
    visit = parts.gate.visit(request)
    for shop_id in asked.shops:
        shop_of(visit, shop_id, Permission.EXPORT)
    question = asked.question()
    with parts.context.database.as_user(visit.user_id) as session:
        answer = query(session, question, parts.context.clock.now())
    return file_answer(answer_table(answer, question), format)


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
