"""GET /api/v1/studies: what each study found for a shop; /{name} is one with its days and its query."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.schemas import ERRORS
from hotdash.entrypoints.web.api.study_schemas import StudiesAnswer, StudyAnswerShape
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.study_shops import shops_counted, shops_needed
from hotdash.insights.studies.catalog import study_called
from hotdash.reports.studies.answering import answer_studies, answer_study
from hotdash.reports.studies.contract import StudyAnswer
from hotdash.reports.studies.document import as_bytes, blocked_of

router = APIRouter(prefix="/api/v1/studies", tags=["studies"])


@router.get("", response_model=StudiesAnswer, responses=ERRORS)
def studies(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """What each found, or what it lacks; a baseline is made over all shops the asker sees."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    shops, now = shops_counted(admission.visit), parts.context.clock.now()
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = answer_studies(session, shop, shops, now)
    return json_answer({"shop": shop, "studies": [_short(each) for each in found]})


@router.get("/{study}", response_model=StudyAnswerShape, responses=ERRORS)
def study(
    request: Request,
    parts: PartsOf,
    study: Annotated[str, Path(description="A study, such as sla-anomalies.", max_length=60)],
    shop: Shop,
) -> Response:
    """One study with every number it is made of, down to the SQL that was sent."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    asked, now = study_called(study), parts.context.clock.now()
    shops = shops_needed(admission.visit, asked)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = answer_study(session, asked, shop, shops, now)
    document = orjson.Fragment(as_bytes(found).strip())
    return json_answer({"shop": shop, "blocked": blocked_of(found), "study": document})


def _short(answer: StudyAnswer) -> dict[str, Any]:
    return {
        "study": answer.study.name,
        "title": answer.study.title,
        "question": answer.study.question,
        "state": answer.state.value,
        "verdict": answer.verdict,
        "sample": answer.sample,
    }
