"""/api/v1/backfills/plans: a plan is asked for, made by a worker beside the warehouse, and told here."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.backfills import SAID, names_of_tellers, office_of, person_of
from hotdash.entrypoints.web.api.plan_schemas import PlanAskedAnswer, PlanBody, PlanningAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.jobs.plan_asked import enqueue_plan, find_planning
from hotdash.jobs.plan_backfill import Ask
from hotdash.jobs.show_plan import plan_document
from hotdash.storage.appdb.repositories.backfills import plan_records

router = APIRouter(prefix="/api/v1/backfills/plans", tags=["backfills"])
PlanId = Annotated[UUID, Path(description="The id of the plan.")]


@router.post("", response_model=PlanAskedAnswer, responses=SAID)
def ask(
    request: Request, parts: PartsOf, shop: Shop, body: PlanBody, token: CsrfToken = ""
) -> Response:
    """Have a plan made, with a dry run if wanted; what would be refused anyway is refused at once."""
    admission = parts.gate.admit(request, shop, Permission.REQUEST_BACKFILLS)
    parts.check_form(request, token)
    wanted = Ask(
        (shop,), body.from_, body.to, tuple(body.models), tuple(body.sources), body.refetch
    )
    plan_id = enqueue_plan(
        *(office_of(request, parts), person_of(admission.visit), wanted),
        parts.context.environment,
        dry_run=body.dry_run,
    )
    return json_answer({"plan": str(plan_id)})


@router.get("/{plan}", response_model=PlanningAnswer, responses=ERRORS)
def plan(request: Request, parts: PartsOf, plan: PlanId, shop: Shop) -> Response:
    """How far the making of a plan is, and once it is made what would run and who has to agree."""
    admission = parts.gate.admit(request, shop, Permission.SEE_BACKFILLS)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        records = [each for each in plan_records(session, plan) if each.shop_id == shop]
    with parts.context.database.jobs() as session:
        job = find_planning(session, plan, shop)
        made = plan_document(session, records[0], names_of_tellers(parts)) if records else None
    if job is None and made is None:
        raise NotFoundError(
            f"There is no plan {plan} of {shop}.", hint="Ask for one first.", field="plan"
        )
    state = "made" if made else job.status if job else ""
    error = job.error if job and not made else None
    return json_answer({"plan": str(plan), "state": state, "error": error, "made": made})
