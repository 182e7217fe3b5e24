"""GET /explore: find out why a number moved, and follow it down to the orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission, may
from hotdash.connectors.registry import registry as connectors
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.explore import view
from hotdash.entrypoints.web.pages.explore.chart import chart_of
from hotdash.entrypoints.web.pages.explore.choices import (
    AGAINST_TITLES,
    SEGMENT,
    choices_of,
    metric_of,
    shared_dimensions,
)
from hotdash.entrypoints.web.pages.explore.rows import rows_view
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.entrypoints.web.pages.explore.table import table_view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.marks.annotations import KIND_TITLES
from hotdash.insights.marks.goals import Progress, progress_of
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.explain import Explanation, explain
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.tiles.situation import PublicationNews, load_news
from hotdash.reports.answer_table import answer_table
from hotdash.reports.files.formats import FORMATS
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord, list_annotations
from hotdash.storage.appdb.repositories.goals import list_goals
from hotdash.storage.appdb.repositories.saved_views import SavedViewRecord, list_saved_views
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(include_in_schema=False)
_MOST_GOALS = 6


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything of one snapshot, so that drawing, table and rows cannot disagree."""

    answer: Answer
    totals: Answer
    segments: Sequence[str | None]
    news: PublicationNews
    annotations: Sequence[AnnotationRecord]
    goals: Sequence[Progress]
    views: Sequence[SavedViewRecord]
    rows: Explanation | None


@router.get("/explore")
def explore(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "explore"))
    return explore_page(request, parts, visit, shop_of(visit, wanted, Permission.SEE_METRICS))


def explore_page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    *,
    address: str | None = None,
    problem: Problem | None = None,
) -> Response:
    """A question that cannot be answered is told above the form it was asked with.

    The address is asked for in place of the request's own, where a form was refused.
    """
    now = parts.context.clock.now()
    state = ExploreState(shop=shop.shop_id)
    try:
        pairs = request.query_params.multi_items()
        found = ExploreState.read(address) if address is not None else ExploreState.parse(pairs)
        state = found.but(shop=shop.shop_id)
        loaded = _load(parts, visit, shop, state, now)
    except HotdashError as error:
        problem = problem_of(error)
        values = _asked(visit, shop, state, ()) | {"problem": problem, "answer": None}
        return parts.pages.render(request, "explore.html", values, problem.status)
    values = _asked(visit, shop, state, loaded.segments)
    values |= _answered(parts, state, loaded, now) | {"problem": problem, "here": state.url}
    return parts.pages.render(request, "explore.html", values, problem.status if problem else 200)


def _load(
    parts: Parts, visit: Visit, shop: VisitedShop, state: ExploreState, now: datetime
) -> Loaded:
    shop_id = shop.shop_id
    with parts.context.database.as_user(visit.user_id) as session:
        answer = query(session, state.question(shop_id), now)
        totals = query(session, state.question(shop_id, by=()), now)
        marts = answer.metrics[0].marts
        return Loaded(
            answer,
            totals,
            _segments(session, state, shop_id, now),
            load_news(session, shop_id, marts),
            list_annotations(session, shop_id),
            _goals(session, state, shop_id, now),
            list_saved_views(session, shop_id, actor_of(visit.user_id)),
            _rows(session, state, shop_id, now, answer),
        )


def _segments(
    session: Session, state: ExploreState, shop_id: str, now: datetime
) -> list[str | None]:
    """The customers there are to choose from, on the days that are looked at."""
    metrics = [metric_of(name) for name in state.metrics]
    if SEGMENT not in shared_dimensions(metrics):
        return []
    asked = state.but(metrics=state.metrics[:1], by=(SEGMENT,), filters=(), model=None)
    question: Question = asked.question(shop_id)
    rows = query(session, question, now).rows
    return [None if (key := row.key[SEGMENT]) is None else str(key) for row in rows]


def _goals(session: Session, state: ExploreState, shop_id: str, now: datetime) -> list[Progress]:
    names = {metric_of(name).name for name in state.metrics}
    own = [goal for goal in list_goals(session, shop_id) if goal.metric in names]
    return [progress_of(session, goal, now) for goal in own[:_MOST_GOALS]]


def _rows(
    session: Session, state: ExploreState, shop_id: str, now: datetime, answer: Answer
) -> Explanation | None:
    """Of the first metric, by the model the number itself was credited by."""
    if state.drill is None:
        return None
    model = answer.metrics[0].model if state.model else None
    filters = [f"{name}:{value}" for name, value in state.filters]
    return explain(session, state.metrics[0], shop_id, state.drill, now, filters, model)


def _asked(
    visit: Visit, shop: VisitedShop, state: ExploreState, segments: Sequence[str | None]
) -> dict[str, Any]:
    return top_bar(visit, "explore") | {
        "shop": shop,
        "state": state,
        "here": state.url,
        "choices": choices_of(state, segments),
        "actor": actor_of(visit.user_id),
        "may_export": may(shop.role, Permission.EXPORT),
        "may_annotate": may(shop.role, Permission.ANNOTATE),
        "may_set_goals": may(shop.role, Permission.SET_GOALS),
        "kinds": KIND_TITLES,
    }


def _answered(parts: Parts, state: ExploreState, loaded: Loaded, now: datetime) -> dict[str, Any]:
    answer, shop = loaded.answer, loaded.answer.shops[0]
    table = answer_table(answer, state.question(shop.shop_id))
    totals = answer_table(loaded.totals, state.question(shop.shop_id, by=()))
    titles, limits = sources_of(parts)
    is_published = any(shop.builds.values())
    goals = [each.goal for each in loaded.goals]
    base_title = AGAINST_TITLES[answer.against]
    return {
        "answer": answer,
        "is_known": any(
            cell.value is not None for row in answer.rows for cell in row.cells.values()
        ),
        "headlines": view.headlines(loaded.totals, totals),
        "banner": view.banner_of(
            shop,
            view.stale_sources(shop, now, limits, titles),
            loaded.news.reprocessing(is_published=is_published),
            now,
        ),
        "period_line": view.period_line(answer),
        "provisional": view.provisional_line(answer),
        "chart": chart_of(state, answer, table, loaded.annotations, goals, base_title),
        "vega_url": parts.bundle.url,
        "table": table_view(state, answer, table),
        "files": [(each.title, state.export_url(format.value)) for format, each in FORMATS.items()],
        "rows": rows_view(loaded.rows) if loaded.rows else None,
        "goals": view.goal_views(loaded.goals),
        "views": loaded.views,
        "notes": [*answer.notes, *(each.sentence for each in answer.notices)],
        "held": shop.held,
        "foot": view.foot(answer, now, titles, parts.context.version),
    }


def sources_of(parts: Parts) -> tuple[dict[str, str], dict[str, timedelta]]:
    """Their titles, and when each has grown old."""
    specs = connectors()
    limits = {vendor: spec.fresh_soft for vendor, spec in specs.items()}
    limits[SHOPIFY] = parts.context.orders_fresh_within
    return {vendor: spec.title for vendor, spec in specs.items()}, limits
