"""GET /anomalies: what was out of the ordinary; /anomalies/{id} is one with its context, and takes an answer."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.api.decisions import names_of_deciders
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.anomalies import view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.anomalies.judge import Level
from hotdash.insights.anomalies.keeping import headline_of
from hotdash.insights.anomalies.states import ANSWERS, State
from hotdash.insights.anomalies.telling import sentences_of
from hotdash.jobs.answer_anomaly import AnomalyAnswer, answer_anomaly, state_named
from hotdash.storage.appdb.repositories.anomalies import (
    AnomalyRecord,
    find_anomaly,
    last_look,
    list_anomalies,
    past_of,
)
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

MOST_LISTED = 100
router = APIRouter(prefix=view.PATH, include_in_schema=False)
Text = Annotated[str, Form()]


@router.get("")
def anomalies(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    state: str = "",
    level: str = "",
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "anomalies"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    with parts.context.database.as_user(visit.user_id) as session:
        found = list_anomalies(
            session, chosen.shop_id, level=level or None, state=state or None, limit=MOST_LISTED
        )
        look = last_look(session, chosen.shop_id)
    values = top_bar(visit, "anomalies") | {
        "shop": chosen,
        "rows": [view.row_of(each) for each in found],
        "look": view.look_sentence(look, chosen.timezone),
        "raised": view.raised_of(look),
        "states": list(State),
        "levels": list(Level),
        "state": state,
        "level": level,
    }
    return parts.pages.render(request, "anomalies.html", values)


@router.get("/{anomaly}")
def anomaly(request: Request, parts: PartsOf, anomaly: UUID, shop: str) -> Response:
    visit = parts.gate.visit(request)
    chosen = shop_of(visit, shop, Permission.SEE_METRICS)
    return _one(request, parts, visit, chosen, anomaly)


@router.post("/answer")
def answer(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    anomaly: Text = "",
    state: Text = "",
    reason: Text = "",
    assignee: Text = "",
    csrf: Text = "",
) -> Response:
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen = shop_of(visit, shop, Permission.HANDLE_ALERTS)
    with parts.context.database.as_user(visit.user_id) as session:
        record = find_anomaly(session, chosen.shop_id, anomaly)
    try:
        told = AnomalyAnswer(
            state_named(state),
            actor_of(visit.user_id),
            reason,
            assignee,
            reference_of(request) or None,
        )
        with parts.context.database.as_user(visit.user_id) as session:
            answer_anomaly(session, record, told, parts.context.clock.now())
    except HotdashError as error:
        problem = problem_of(error)
        return _one(request, parts, visit, chosen, record.anomaly_id, problem)
    return see_other(view.url_of(chosen.shop_id, record))


def _one(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    named: UUID,
    problem: Problem | None = None,
) -> Response:
    with parts.context.database.as_user(visit.user_id) as session:
        record = find_anomaly(session, shop.shop_id, str(named))
        past = past_of(session, record)
    names = names_of_deciders(parts)
    values = (
        top_bar(visit, "anomalies")
        | _values(record, past)
        | {"sentences": sentences_of(record, past)[1:]}
        | {
            "shop": shop,
            "said": view.said_of(record, names, shop.timezone),
            "may_answer": may(shop.role, Permission.HANDLE_ALERTS)
            and not State(record.state).is_over,
            "answers": ANSWERS,
            "problem": problem,
            "all_url": view.url_of(shop.shop_id),
            "explore_url": _explore(record),
            "json_url": f"/api/v1{view.url_of(shop.shop_id, record)}",
        }
    )
    status = problem.status if problem is not None else 200
    return parts.pages.render(request, "anomaly.html", values, status=status)


def _values(record: AnomalyRecord, past: list[AnomalyRecord]) -> dict[str, Any]:
    about, context = record.about, record.about.context
    driver = context.get("driver")
    return {
        "id": record.anomaly_id,
        "headline": headline_of(record),
        "dimension": driver["dimension"] if driver else None,
        "level": view.level_word(record),
        "state": view.state_word(record),
        "assignee": record.assignee,
        "figures": view.figures(record),
        "parts": view.parts_of(driver, about.unit),
        "split": view.split_of(context.get("split", []), about.unit),
        "moved": view.beside_of(context.get("moved", [])),
        "steady": view.beside_of(context.get("steady", [])),
        "before": view.events_of(context.get("before", []), about.day),
        "tuned": context.get("tuned"),
        "past": view.past_rows(past),
    }


def _explore(record: AnomalyRecord) -> str:
    """The four weeks around it, in Explore."""
    about = record.about
    asked = [
        *(("shop", about.shop_id), ("metric", about.metric), ("by", "day")),
        ("from", _day(record, -27)),
        ("to", _day(record, 0)),
        ("compare", "none"),
    ]
    if about.dimension and about.part_name:
        asked.append(("filter", f"{about.dimension}:{about.part_name}"))
    return f"/explore?{urlencode(asked)}"


def _day(record: AnomalyRecord, offset: int) -> str:
    return type(record.about.day).fromordinal(record.about.day.toordinal() + offset).isoformat()
