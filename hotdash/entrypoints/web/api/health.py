"""/api/v1/health: what the checks found, how good each source is, and warnings set aside."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.health_schemas import (
    CheckAnswer,
    ChecksAnswer,
    OverrideBody,
    OverrideShape,
    ScorecardAnswer,
)
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.jobs.decide_quality import Decider, newest_answer, override_check
from hotdash.jobs.quality_documents import check_document, override_document, scorecard_document
from hotdash.storage.appdb.repositories.checks import answers_of, newest_answers
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.repositories.scorecard import scores_since

router = APIRouter(prefix="/api/v1/health", tags=["health"])

Check = Annotated[
    str,
    Path(description="A check by its name.", min_length=1, max_length=200, pattern=r"^[a-z0-9_]+$"),
]
_SHOWN_ANSWERS = 30


@router.get("/checks", response_model=ChecksAnswer, responses=ERRORS)
def checks(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """Every check of the newest build, the failing and gravest first, and the warnings set aside."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = newest_answers(session, shop)
        aside = standing_overrides(session, [shop], parts.context.clock.now())
    return json_answer(
        {
            "shop": shop,
            "checks": [check_document(each) for each in found],
            "overrides": [override_document(each) for each in aside],
        }
    )


@router.get("/checks/{check}", response_model=CheckAnswer, responses=ERRORS)
def check(request: Request, parts: PartsOf, check: Check, shop: Shop) -> Response:
    """One check with some of its failing rows, persons masked, and what it said before."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        newest = newest_answer(session, shop, check)
        before = answers_of(session, shop, check, _SHOWN_ANSWERS)
    answers = [{"at": each.at and iso_utc(each.at), "status": each.status} for each in before]
    return json_answer(check_document(newest, with_sample=True) | {"answers": answers})


@router.get("/scorecard", response_model=ScorecardAnswer, responses=ERRORS)
def scorecard(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    days: Annotated[int, Query(description="How many days back.", ge=1, le=365)] = 30,
) -> Response:
    """Per source and dimension the score of the newest day, the lowest, and every day."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    first = (parts.context.clock.now() - timedelta(days=days)).date()
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = scores_since(session, shop, first)
    return json_answer({"shop": shop, "sources": scorecard_document(found)})


@router.post("/overrides", response_model=OverrideShape, responses=ERRORS)
def override(
    request: Request,
    parts: PartsOf,
    asked: OverrideBody,
    token: CsrfToken = "",
) -> Response:
    """Set a failing warning aside for some days; what blocks cannot be."""
    visit = parts.gate.visit(request)
    parts.check_form(request, token)
    parts.gate.admit(request, asked.shop, Permission.OVERRIDE_WARNINGS)
    by = Decider(actor_of(visit.user_id), asked.reason, parts.context.clock.now())
    with parts.context.database.as_user(visit.user_id) as session:
        made = override_check(session, asked.shop, asked.check, timedelta(days=asked.days), by)
    return json_answer(override_document(made))
