"""GET /api/v1/metrics/query answers everything about metrics; /{metric}/days is what charts draw."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.query_schemas import MetricsAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS, MetricDaysAnswer
from hotdash.entrypoints.web.api.tiles import Shop, asked_by
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MOST_METRICS, MOST_SHOPS, Against, Question

router = APIRouter(prefix="/api/v1/metrics", tags=["metrics"])


@router.get("/query", response_model=MetricsAnswer, responses=ERRORS)
def query_metrics(
    request: Request,
    parts: PartsOf,
    shop: Annotated[
        list[str],
        Query(description="A shop by its id, once per shop.", min_length=1, max_length=MOST_SHOPS),
    ],
    metric: Annotated[
        list[str],
        Query(
            description="A metric, such as revenue, or a version of it, revenue@1; once per metric.",
            min_length=1,
            max_length=MOST_METRICS,
        ),
    ],
    by: Annotated[
        list[str] | None,
        Query(description="Split by shop, day, week, month, quarter or a metric's own dimension."),
    ] = None,
    range: Annotated[
        Range | None, Query(description="Full days of the shop; 30d if not told.")
    ] = None,
    first: Annotated[
        date | None, Query(alias="from", description="The first day, with to.")
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="The last day, with from.")] = None,
    compare: Annotated[Against, Query(description="What to put beside it.")] = Against.NONE,
    filter: Annotated[
        list[str] | None,
        Query(description="Only these rows, such as country:DE; once per value."),
    ] = None,
    currency: Annotated[
        str | None,
        Query(
            description="Money of all shops in this currency, such as EUR, by the imported rates."
        ),
    ] = None,
    model: Annotated[
        str | None,
        Query(
            description="The attribution model that credits, such as linear; last_click if none."
        ),
    ] = None,
) -> Response:
    """Metrics of one or more shops, split, filtered, and beside the days they are compared with."""
    visit = parts.gate.visit(request)
    for shop_id in shop:
        shop_of(visit, shop_id, Permission.SEE_METRICS)
    question = Question.parse(
        shops=shop,
        metrics=metric,
        by=by or (),
        range=range,
        first=first,
        last=last,
        compare=compare,
        filters=filter or (),
        currency=currency,
        model=model,
    )
    with parts.context.database.as_user(visit.user_id) as session:
        answer = query(session, question, parts.context.clock.now())
    return json_answer(answer.as_json())


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
