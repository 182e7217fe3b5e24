"""/api/v1/backfills: how they stand, and what people say of them; run only puts one in line."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.backfill_schemas import (
    ApproveBody,
    AskBody,
    AskedAnswer,
    BackfillAnswer,
    BackfillsAnswer,
    DiffAnswer,
    EnqueuedAnswer,
    ReasonBody,
    SaidAnswer,
)
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken, ErrorAnswer
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import (
    Answer,
    Office,
    approve_backfill,
    refuse_backfill,
    request_backfill,
    roll_back_backfill,
    standing_of,
    withdraw_backfill,
)
from hotdash.jobs.backfill import Request as BackfillRequest
from hotdash.jobs.backfill_asked import enqueue_backfill
from hotdash.jobs.backfill_notices import keep_notices
from hotdash.jobs.show_backfills import list_backfills, show_backfill, show_diff
from hotdash.pipeline.backfill.status import Status
from hotdash.storage.appdb.repositories.identity import names_of_actors
from hotdash.storage.appdb.repositories.visits import Visit

router = APIRouter(prefix="/api/v1/backfills", tags=["backfills"])
Backfill = Annotated[UUID, Path(description="The id of the plan, which is that of the backfill.")]
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": ErrorAnswer, "description": "It does not stand so that this could follow."}
}
SAID = ERRORS | _CONFLICT


@router.get("", response_model=BackfillsAnswer, responses=ERRORS)
def backfills(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """All backfills of a shop, the newest first."""
    visit = _visit(request, parts, shop, Permission.SEE_BACKFILLS)
    with parts.context.database.as_user(visit.user_id) as session:
        return json_answer({"backfills": list_backfills(session, [shop], names_of_tellers(parts))})


@router.get("/{backfill}", response_model=BackfillAnswer, responses=ERRORS)
def backfill(request: Request, parts: PartsOf, backfill: Backfill, shop: Shop) -> Response:
    """How one stands, how far it is, and everything that was said of it."""
    visit = _visit(request, parts, shop, Permission.SEE_BACKFILLS)
    with parts.context.database.as_user(visit.user_id) as session:
        standing_of(session, backfill, shop)
        return json_answer(show_backfill(session, backfill, names_of_tellers(parts), shop))


@router.get("/{backfill}/diff", response_model=DiffAnswer, responses=ERRORS)
def diff(request: Request, parts: PartsOf, backfill: Backfill, shop: Shop) -> Response:
    """What it changed by metric and day, or would change by the dry run of its plan."""
    visit = _visit(request, parts, shop, Permission.SEE_BACKFILLS)
    with parts.context.database.as_user(visit.user_id) as session:
        return json_answer(show_diff(session, backfill, shop))


@router.post("", response_model=AskedAnswer, responses=SAID)
def ask(
    request: Request, parts: PartsOf, shop: Shop, body: AskBody, token: CsrfToken = ""
) -> Response:
    """Ask for what was planned with `hotdash backfill plan`."""
    person = _person(request, parts, shop, Permission.REQUEST_BACKFILLS, token)
    asked = BackfillRequest(body.plan, body.reason, body.incident)
    verdict = request_backfill(office_of(request, parts), person, asked)
    return json_answer(
        {"backfill": str(body.plan), "demand": verdict.demand.value, "because": verdict.sentence}
    )


@router.post("/{backfill}/approve", response_model=SaidAnswer, responses=SAID)
def approve(
    request: Request,
    parts: PartsOf,
    backfill: Backfill,
    shop: Shop,
    body: ApproveBody,
    token: CsrfToken = "",
) -> Response:
    """Approve what somebody else asked for."""
    person = _person(request, parts, shop, Permission.APPROVE_BACKFILLS, token)
    answer = Answer(body.plan_hash, body.rationale, body.confirmation)
    approve_backfill(office_of(request, parts), person, backfill, answer)
    return _said(backfill, Status.APPROVED)


@router.post("/{backfill}/refuse", response_model=SaidAnswer, responses=SAID)
def refuse(
    request: Request,
    parts: PartsOf,
    backfill: Backfill,
    shop: Shop,
    body: ReasonBody,
    token: CsrfToken = "",
) -> Response:
    """Refuse what somebody asked for."""
    person = _person(request, parts, shop, Permission.APPROVE_BACKFILLS, token)
    refuse_backfill(office_of(request, parts), person, backfill, body.reason)
    return _said(backfill, Status.REFUSED)


@router.post("/{backfill}/run", response_model=EnqueuedAnswer, responses=SAID)
def run(
    request: Request, parts: PartsOf, backfill: Backfill, shop: Shop, token: CsrfToken = ""
) -> Response:
    """Put it in line for a worker; whether it may run is looked at again when it begins."""
    person = _person(request, parts, shop, Permission.RUN_BACKFILLS, token)
    job = enqueue_backfill(office_of(request, parts), person, backfill)
    return json_answer({"backfill": str(backfill), "job": str(job)})


@router.post("/{backfill}/rollback", response_model=SaidAnswer, responses=SAID)
def rollback(
    request: Request,
    parts: PartsOf,
    backfill: Backfill,
    shop: Shop,
    body: ReasonBody,
    token: CsrfToken = "",
) -> Response:
    """Show what was published before it, and keep to that until it is released."""
    person = _person(request, parts, shop, Permission.ROLL_BACK_PUBLICATION, token)
    roll_back_backfill(office_of(request, parts), person, backfill, body.reason)
    return _said(backfill, Status.ROLLED_BACK)


@router.post("/{backfill}/abort", response_model=SaidAnswer, responses=SAID)
def abort(
    request: Request,
    parts: PartsOf,
    backfill: Backfill,
    shop: Shop,
    body: ReasonBody,
    token: CsrfToken = "",
) -> Response:
    """Give up what has not begun; what has begun is aborted with `hotdash backfill abort`."""
    needs, program = Permission.SEE_BACKFILLS, Permission.REQUEST_BACKFILLS
    parts.gate.admit(request, shop, needs, by_token=program)
    person = _person(request, parts, shop, needs, token)
    withdraw_backfill(office_of(request, parts), person, backfill, body.reason)
    return _said(backfill, Status.ABORTED)


def _visit(request: Request, parts: Parts, shop_id: str, permission: Permission) -> Visit:
    visit = parts.gate.visit(request)
    shop_of(visit, shop_id, permission)
    return visit


def _person(
    request: Request, parts: Parts, shop_id: str, permission: Permission, token: str
) -> Person:
    visit = _visit(request, parts, shop_id, permission)
    parts.check_form(request, token)
    return person_of(visit)


def person_of(visit: Visit) -> Person:
    roles = {each.shop_id: each.role for each in visit.shops.values()}
    return Person(visit.user_id, visit.email, roles, "the web")


def names_of_tellers(parts: Parts) -> dict[str, str]:
    """Accounts are sealed to the page's role; of these names only those are shown that answered here."""
    with parts.context.database.jobs() as session:
        return names_of_actors(session)


def office_of(request: Request, parts: Parts) -> Office:
    reference: str | None = request.scope.get("state", {}).get("reference")
    database, clock = parts.context.database, parts.context.clock
    return Office(database, clock, keep_notices(database, clock), reference)


def _said(backfill: UUID, status: Status) -> Response:
    return json_answer({"backfill": str(backfill), "status": status.value})
