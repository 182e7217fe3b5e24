"""GET /api/v1/metrics/query answers everything about metrics, /export as a file; /{metric}/days is what charts draw."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import file_answer, json_answer
from hotdash.entrypoints.web.api.query_parameters import MetricsAsked
from hotdash.entrypoints.web.api.query_schemas import MetricsAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS, MetricDaysAnswer
from hotdash.entrypoints.web.api.tiles import Shop, asked_by
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.metrics.query.query import query
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


@router.get("/{metric}/days", response_model=MetricDaysAnswer, responses=ERRORS)
def metric_days(
    request: Request,
    parts: PartsOf,
    metric: Annotated[
        str, Path(description="A metric that charts draw, such as revenue.", max_length=60)
    ],
    shop: Shop,
    range: Range = Range.DAYS_30,
    compare: Compare = Compare.PREVIOUS,
) -> Response:
    """A metric on every day of the period beside the day it is compared with."""
    asked = asked_by(request, parts, shop, Period(range, compare))
    return parts.tiles.days(metric, asked).response(request)
