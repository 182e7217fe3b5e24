"""GET and POST /api/v1/goals: what a metric is to be, and how far it is."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.mark_schemas import GoalAnswer, GoalBody, GoalsAnswer, RemoveBody
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.marks.goals import NewGoal, Progress, progress_of, remove_goal, set_goal
from hotdash.insights.metrics.query.answer import rounded
from hotdash.storage.appdb.repositories.goals import list_goals

router = APIRouter(prefix="/api/v1/goals", tags=["goals"])
GoalId = Annotated[UUID, Path(description="The goal, by its id.")]
_SHARE = Decimal("0.0001")


@router.get("", response_model=GoalsAnswer, responses=ERRORS)
def goals(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """The goals of a shop with how far each is, the newest days first."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    now = parts.context.clock.now()
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = [progress_of(session, goal, now) for goal in list_goals(session, shop)]
    return json_answer({"shop": shop, "goals": [_document(each) for each in found]})


@router.post("", response_model=GoalAnswer, responses=ERRORS)
def add_goal(
    request: Request, parts: PartsOf, shop: Shop, said: GoalBody, token: CsrfToken = ""
) -> Response:
    """Say what a metric is to be over some days."""
    admission = parts.gate.admit(request, shop, Permission.SET_GOALS)
    parts.check_form(request, token)
    wanted = NewGoal(said.metric, said.first, said.last, Decimal(said.target))
    now, actor = parts.context.clock.now(), actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        progress = progress_of(session, set_goal(session, shop, wanted, actor, now), now)
    return json_answer({"shop": shop, "goal": _document(progress)})


@router.post("/{goal}/remove", response_model=GoalAnswer, responses=ERRORS)
def drop_goal(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    goal: GoalId,
    said: RemoveBody,
    token: CsrfToken = "",
) -> Response:
    """Give a goal up; what it was stays on record."""
    del said
    admission = parts.gate.admit(request, shop, Permission.SET_GOALS)
    parts.check_form(request, token)
    now, actor = parts.context.clock.now(), actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        progress = progress_of(session, remove_goal(session, shop, goal, actor, now), now)
    return json_answer({"shop": shop, "goal": _document(progress)})


def _document(each: Progress) -> dict[str, Any]:
    goal = each.goal
    value = rounded(each.value, each.metric, goal.currency)
    share = each.share
    return {
        "goal": str(goal.goal_id),
        "metric": goal.metric,
        "from": goal.first_day.isoformat(),
        "to": goal.last_day.isoformat(),
        "target": f"{goal.target:f}",
        "currency": goal.currency,
        "at": iso_utc(goal.at),
        "actor": goal.actor,
        "value": None if value is None else f"{value:f}",
        "why": each.why,
        "share": None if share is None else f"{share.quantize(_SHARE, ROUND_HALF_UP):f}",
        "days_known": each.days_known,
        "on_track": each.is_on_track,
    }
