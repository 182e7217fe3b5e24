"""POST /decisions/assign gives a landing page to somebody; /decisions/assignments moves it on."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import ConflictError
from hotdash.base.roles import Permission
from hotdash.decisions.assignments import Assign, AssignmentError, State, assign, move
from hotdash.decisions.recommendations.answering import LONGEST_TEXT
from hotdash.entrypoints.web.address import local_path, see_other
from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.assigned_view import STILL_OPEN
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.storage.appdb.repositories.assignments import list_assignments
from hotdash.storage.appdb.repositories.decisions import decision_by_key

router = APIRouter(prefix="/decisions", include_in_schema=False)
Text = Annotated[str, Form()]


@router.post("/assign")
def give(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    landing_page: Text = "",
    assignee: Text = "",
    rationale: Text = "",
    shown_at: Text = "",
    next: Text = "/decisions",
    csrf: Text = "",
) -> Response:
    """Into the decision log with the page as Google Analytics names it; one page has one assignment at a time."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    shop_of(visit, shop, Permission.DECIDE)
    page, actor = landing_page.strip(), actor_of(visit.user_id)
    key = f"page:assign:{page[:300]}:{shown_at[:40]}"
    asked = Assign(
        landing_page=page,
        assignee=assignee,
        rationale=_bounded(rationale),
        actor=actor,
        request_id=reference_of(request) or None,
        idempotency_key=key,
    )
    with parts.context.database.as_user(visit.user_id) as session:
        if decision_by_key(session, shop, actor, key) is None:
            _refuse_twice(session, shop, page)
        assign(session, shop, asked, parts.context.clock.now())
    return see_other(local_path(next))


@router.post("/assignments")
def move_on(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    assignment: Text = "",
    state: Text = "",
    assignee: Text = "",
    note: Text = "",
    next: Text = "/decisions",
    csrf: Text = "",
) -> Response:
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    shop_of(visit, shop, Permission.DECIDE)
    with parts.context.database.as_user(visit.user_id) as session:
        move(
            *(session, shop, _assignment(assignment), _state(state), parts.context.clock.now()),
            actor=actor_of(visit.user_id),
            assignee=assignee.strip() or None,
            note=_bounded(note).strip() or None,
        )
    return see_other(f"{local_path(next)}#assigned")


def _refuse_twice(session: Session, shop_id: str, page: str) -> None:
    for each in list_assignments(session, shop_id, STILL_OPEN):
        if each.landing_page == page:
            raise ConflictError(
                f"{page} is with {each.assignee} already.",
                hint="Move that assignment on, on the page Decisions.",
                field="landing_page",
            )


def _bounded(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise AssignmentError(
            f"What was written has {len(text):,} characters.",
            hint=f"Say it in {LONGEST_TEXT:,} or fewer.",
            field="rationale",
        )
    return text


def _state(text: str) -> State:
    if text not in set(State):
        raise AssignmentError(
            f"{text[:40]!r} is no state.", hint=f"Use one of {', '.join(State)}.", field="state"
        )
    return State(text)


def _assignment(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise AssignmentError(
            f"{text[:40]!r} names no assignment.", hint="Load the page again.", field="assignment"
        ) from None
