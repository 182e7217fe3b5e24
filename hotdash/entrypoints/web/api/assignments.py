"""/api/v1/assignments: who works on which landing page."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.roles import Permission
from hotdash.decisions.assignments import Assign, State, assign, move
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.decision_schemas import (
    AssignBody,
    AssignmentsAnswer,
    AssignmentShape,
    IdempotencyKey,
    MoveBody,
)
from hotdash.entrypoints.web.api.decisions import SAID
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.jobs.decision_documents import assignment_document
from hotdash.storage.appdb.repositories.assignments import list_assignments

router = APIRouter(prefix="/api/v1/assignments", tags=["decisions"])


@router.get("", response_model=AssignmentsAnswer, responses=ERRORS)
def assignments(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    state: Annotated[
        list[State] | None, Query(description="In this state, once per state.")
    ] = None,
) -> Response:
    """How each assignment of a shop stands, the last changed first."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_assignments(session, shop, [each.value for each in state or ()])
    return json_answer({"shop": shop, "assignments": [assignment_document(each) for each in found]})


@router.post("", response_model=AssignmentShape, responses=SAID)
def create(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    said: AssignBody,
    key: IdempotencyKey = None,
    token: CsrfToken = "",
) -> Response:
    """Give a landing page to somebody, whether or not that was recommended."""
    admission = parts.gate.admit(request, shop, Permission.DECIDE)
    parts.check_form(request, token)
    asked = Assign(
        said.landing_page,
        said.assignee,
        said.rationale,
        actor_of(admission.visit.user_id),
        reference_of(request) or None,
        key,
    )
    with parts.context.database.as_user(admission.visit.user_id) as session:
        made = assign(session, shop, asked, parts.context.clock.now())
    return json_answer(assignment_document(made))


@router.post("/{assignment}", response_model=AssignmentShape, responses=SAID)
def change(
    request: Request,
    parts: PartsOf,
    assignment: Annotated[UUID, Path(description="The assignment, by its id.")],
    shop: Shop,
    said: MoveBody,
    token: CsrfToken = "",
) -> Response:
    """Move it on, or to somebody else; what has ended stays so."""
    admission = parts.gate.admit(request, shop, Permission.DECIDE)
    parts.check_form(request, token)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        made = move(
            session,
            shop,
            assignment,
            said.state,
            parts.context.clock.now(),
            actor=actor_of(admission.visit.user_id),
            assignee=said.assignee,
            note=said.note,
        )
    return json_answer(assignment_document(made))
