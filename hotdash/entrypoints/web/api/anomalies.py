"""GET /api/v1/anomalies, one with its context, and what a person says about it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.anomaly_schemas import (
    AnomaliesAnswer,
    AnomalyAnswerShape,
    AnswerBody,
)
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.anomalies.judge import Level
from hotdash.insights.anomalies.states import State
from hotdash.jobs.anomaly_document import anomaly_document, look_document, shown_anomaly
from hotdash.jobs.answer_anomaly import AnomalyAnswer, answer_anomaly
from hotdash.storage.appdb.repositories.anomalies import (
    find_anomaly,
    last_look,
    list_anomalies,
    past_of,
)

router = APIRouter(prefix="/api/v1/anomalies", tags=["anomalies"])

AnomalyId = Annotated[UUID, Path(description="The anomaly, by its id.")]


@router.get("", response_model=AnomaliesAnswer, responses=ERRORS)
def anomalies(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    state: Annotated[State | None, Query(description="Only those that stand so.")] = None,
    level: Annotated[Level | None, Query(description="Only these.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 100,
) -> Response:
    """The newest day first; without those that later data made ordinary."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_anomalies(session, shop, level=level, state=state, limit=limit)
        look = look_document(last_look(session, shop))
    told = [anomaly_document(each) for each in found]
    return json_answer({"shop": shop, "look": look, "anomalies": told})


@router.get("/{anomaly}", response_model=AnomalyAnswerShape, responses=ERRORS)
def anomaly(request: Request, parts: PartsOf, anomaly: AnomalyId, shop: Shop) -> Response:
    """One with what drives it, what else moved, what came before and how earlier ones ended."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        record = find_anomaly(session, shop, str(anomaly))
        return json_answer(shown_anomaly(record, past_of(session, record)))


@router.post("/{anomaly}/answer", response_model=AnomalyAnswerShape, responses=ERRORS)
def answer(
    request: Request,
    parts: PartsOf,
    anomaly: AnomalyId,
    shop: Shop,
    said: AnswerBody,
    token: CsrfToken = "",
) -> Response:
    """Say how it stands; an explained day is in no other day's comparison."""
    admission = parts.gate.admit(request, shop, Permission.HANDLE_ALERTS)
    parts.check_form(request, token)
    told = AnomalyAnswer(
        State(said.state),
        actor_of(admission.visit.user_id),
        said.reason,
        said.assignee,
        reference_of(request) or None,
    )
    with parts.context.database.as_user(admission.visit.user_id) as session:
        record = find_anomaly(session, shop, str(anomaly))
        after = answer_anomaly(session, record, told, parts.context.clock.now())
        return json_answer(shown_anomaly(after, past_of(session, after)))
