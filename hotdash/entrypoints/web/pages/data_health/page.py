"""GET /data-health: whether the numbers can be trusted, what stands in their way, and who looks after it."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.api.decisions import names_of_deciders
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.data_health import view
from hotdash.entrypoints.web.pages.data_health.publications import load_view
from hotdash.entrypoints.web.pages.data_health.state import PATH, State
from hotdash.entrypoints.web.pages.today_view import Choice
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.alert_document import false_alarm_figures, listed_alerts
from hotdash.jobs.quality_documents import scorecard_document
from hotdash.notifications.rules_file import rules_in_force
from hotdash.pipeline.quality.findings import Dimension
from hotdash.storage.appdb.repositories.checks import FAILED, newest_answers
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.repositories.scorecard import scores_since
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(include_in_schema=False)
_MOST_CHECKS, _MOST_ALERTS, _MOST_FAILING = 50, 30, 30
_SCORED = timedelta(days=30)


@router.get(PATH)
def data_health(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    source: str | None = None,
    dimension: str | None = None,
    status: str | None = None,
    checks_from: str | None = None,
    closed: str | None = None,
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "data-health"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    try:
        state = State.parse(chosen.shop_id, source, dimension, status, checks_from, closed)
    except HotdashError as error:
        return health_page(request, parts, visit, chosen, problem=problem_of(error))
    return health_page(request, parts, visit, chosen, state)


def health_page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    state: State | None = None,
    problem: Problem | None = None,
) -> Response:
    """What was refused is told above what it was about."""
    state, now = state or State(shop.shop_id), parts.context.clock.now()
    names = names_of_deciders(parts)
    with parts.context.database.as_user(visit.user_id) as session:
        values = top_bar(visit, "data-health") | {
            "shop": shop,
            "state": state,
            "here": state.url,
            "problem": problem,
            "may_handle": may(shop.role, Permission.HANDLE_ALERTS),
            "may_override": may(shop.role, Permission.OVERRIDE_WARNINGS),
            "may_connect": may(shop.role, Permission.CONNECT_SOURCES),
            "may_roll_back": may(shop.role, Permission.ROLL_BACK_PUBLICATION),
            "published": load_view(session, shop.shop_id, names, shop.timezone, now),
        }
        values |= _checks(session, shop, state, names, now)
        values |= _scores(session, shop, state, now)
        values |= _alerts(session, parts, shop, state, names, now)
    return parts.pages.render(
        request, "data_health.html", values, problem.status if problem else 200
    )


def _checks(
    session: Session, shop: VisitedShop, state: State, names: view.Names, now: datetime
) -> dict[str, Any]:
    found = newest_answers(session, shop.shop_id)
    aside = standing_overrides(session, [shop.shop_id], now)
    failing = [each for each in found if each.status == FAILED]
    chosen = view.filtered(found, state)
    page = chosen[state.checks_from : state.checks_from + _MOST_CHECKS]
    asked_at = max((each.at for each in found if each.at), default=None)
    more = state.checks_from + _MOST_CHECKS
    return {
        "summary": view.summary(found) if found else "",
        "asked": f"asked {formatting.ago(asked_at, now)}" if asked_at else "",
        "failing": view.check_views(failing[:_MOST_FAILING], aside, names, shop.timezone),
        "failing_left_out": max(0, len(failing) - _MOST_FAILING),
        "checks": view.check_views(page, aside, names, shop.timezone),
        "checks_count": len(chosen),
        "more_checks_url": state.but(checks_from=more).url if more < len(chosen) else None,
        "sources": [
            Choice(name, view.source_title(name), name == state.source)
            for name in sorted({source for each in found for source in each.sources})
        ],
        "dimensions": [
            Choice(each.value, each.value, each.value == state.dimension) for each in Dimension
        ],
        "aside": [view.override_view(each, names, shop.timezone) for each in aside],
    }


def _scores(session: Session, shop: VisitedShop, state: State, now: datetime) -> dict[str, Any]:
    found = scores_since(session, shop.shop_id, (now - _SCORED).date())
    return {
        "scores": view.score_rows(scorecard_document(found), state),
        "score_heads": [each.value for each in Dimension],
    }


def _alerts(
    session: Session,
    parts: Parts,
    shop: VisitedShop,
    state: State,
    names: view.Names,
    now: datetime,
) -> dict[str, Any]:
    shops, base_url = [shop.shop_id], parts.context.base_url
    told = listed_alerts(session, shops, now, base_url, closed=state.closed)
    figures = false_alarm_figures(session, shops, now, rules_in_force(parts.context.home))
    return {
        "alerts": view.alert_views(told[:_MOST_ALERTS], names, shop.timezone, now),
        "alerts_left_out": max(0, len(told) - _MOST_ALERTS),
        "false_alarms": [each["false_alarms"] for each in figures],
    }
