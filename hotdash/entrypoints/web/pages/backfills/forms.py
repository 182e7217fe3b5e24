"""What people say of backfills, as forms that need no script; what is refused is told above the page."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.api.backfills import office_of, person_of
from hotdash.entrypoints.web.errors import problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.backfills.page import (
    PATH,
    Opened,
    named,
    new_page,
    one_page,
)
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
from hotdash.jobs.backfill_asked import enqueue_backfill, enqueue_giving_up
from hotdash.jobs.plan_asked import enqueue_plan
from hotdash.jobs.plan_backfill import Ask
from hotdash.jobs.roll_back_publication import release_publication
from hotdash.pipeline.backfill.plan import BackfillAskError
from hotdash.pipeline.backfill.status import Status
from hotdash.storage.appdb.repositories.backfills import plan_records

router = APIRouter(prefix=PATH, include_in_schema=False)
Text = Annotated[str, Form()]
First = Annotated[str, Form(alias="from")]
Last = Annotated[str, Form(alias="to")]
_LONGEST, _NOT_BEGUN = 2000, {Status.REQUESTED.value, Status.APPROVED.value}
Saying = Callable[[Office, Person, UUID], object]


@router.post("/plan")
def plan(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    first: First = "",
    last: Last = "",
    source: Annotated[list[str], Form()] = [],  # noqa: B006
    model: Text = "",
    refetch: Text = "",
    dry_run: Text = "",
    csrf: Text = "",
) -> Response:
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen = shop_of(visit, shop, Permission.REQUEST_BACKFILLS)
    try:
        ask = Ask(
            (shop,),
            _day(first, "from"),
            _day(last, "to"),
            (model,) if model else (),
            tuple(sorted(set(source))),
            refetch=bool(refetch),
        )
        plan_id = enqueue_plan(
            *(office_of(request, parts), person_of(visit), ask, parts.context.environment),
            dry_run=bool(dry_run),
        )
    except HotdashError as error:
        told = {"from": first, "to": last, "model": model, "refetch": refetch}
        seen = Opened(visit, chosen)
        return new_page(request, parts, seen, told, source, problem_of(error))
    return see_other(_url(plan_id, shop))


@router.post("/ask")
def ask(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    backfill: Text = "",
    reason: Text = "",
    incident: Text = "",
    csrf: Text = "",
) -> Response:
    def say(office: Office, person: Person, backfill_id: UUID) -> None:
        wanted = BackfillRequest(backfill_id, _short(reason), _short(incident) or None)
        request_backfill(office, person, wanted)

    return _said(request, parts, shop, backfill, csrf, Permission.REQUEST_BACKFILLS, say)


@router.post("/approve")
def approve(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    backfill: Text = "",
    plan_hash: Text = "",
    reason: Text = "",
    confirmation: Text = "",
    csrf: Text = "",
) -> Response:
    """The hash is that of the plan that stood on the page; another one is refused."""

    def say(office: Office, person: Person, backfill_id: UUID) -> None:
        answer = Answer(plan_hash[:100], _short(reason), _short(confirmation).strip() or None)
        approve_backfill(office, person, backfill_id, answer)

    return _said(request, parts, shop, backfill, csrf, Permission.APPROVE_BACKFILLS, say)


@router.post("/reject")
def reject(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    backfill: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    def say(office: Office, person: Person, backfill_id: UUID) -> None:
        refuse_backfill(office, person, backfill_id, _short(reason))

    return _said(request, parts, shop, backfill, csrf, Permission.APPROVE_BACKFILLS, say)


@router.post("/run")
def run(
    request: Request, parts: PartsOf, shop: Text = "", backfill: Text = "", csrf: Text = ""
) -> Response:
    return _said(
        *(request, parts, shop, backfill, csrf, Permission.RUN_BACKFILLS, enqueue_backfill)
    )


@router.post("/give-up")
def give_up(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    backfill: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    """What has begun is given up by a worker, where its candidate lies."""

    def say(office: Office, person: Person, backfill_id: UUID) -> None:
        with office.database.as_user(person.user_id) as session:
            event = standing_of(session, backfill_id, shop)
        if event.status in _NOT_BEGUN:
            withdraw_backfill(office, person, backfill_id, _short(reason))
        else:
            enqueue_giving_up(office, person, backfill_id, _short(reason))

    return _said(request, parts, shop, backfill, csrf, Permission.SEE_BACKFILLS, say)


@router.post("/roll-back")
def roll_back(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    backfill: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    def say(office: Office, person: Person, backfill_id: UUID) -> None:
        roll_back_backfill(office, person, backfill_id, _short(reason))

    return _said(request, parts, shop, backfill, csrf, Permission.ROLL_BACK_PUBLICATION, say)


@router.post("/release")
def release(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    backfill: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    """Let go of what a rollback holds; the next run shows what the warehouse has."""

    def say(office: Office, person: Person, backfill_id: UUID) -> None:
        with office.database.as_user(person.user_id) as session:
            standing_of(session, backfill_id, shop)
        if not reason.strip():
            raise BackfillAskError(
                "This needs a reason.", hint="Say in one sentence what was mended.", field="reason"
            )
        release_publication(
            *(office.database, shop),
            actor=actor_of(person.user_id),
            reason=_short(reason),
            clock=office.clock,
            request_id=office.request_id,
        )

    return _said(request, parts, shop, backfill, csrf, Permission.ROLL_BACK_PUBLICATION, say)


def _said(
    request: Request,
    parts: Parts,
    shop: str,
    backfill: str,
    token: str,
    needs: Permission,
    say: Saying,
) -> Response:
    visit = parts.gate.visit(request)
    parts.check_form(request, token)
    chosen = shop_of(visit, shop, needs)
    seen = Opened(visit, shop_of(visit, shop, Permission.SEE_BACKFILLS))
    backfill_id = named(backfill)
    _require_theirs(parts, seen, backfill_id)
    try:
        say(office_of(request, parts), person_of(visit), backfill_id)
    except HotdashError as error:
        return one_page(request, parts, seen, backfill_id, problem=problem_of(error))
    return see_other(_url(backfill_id, chosen.shop_id))


def _require_theirs(parts: Parts, seen: Opened, backfill_id: UUID) -> None:
    """The form names a shop: a backfill of another one of theirs is not answered under this name."""
    with parts.context.database.as_user(seen.visit.user_id) as session:
        records = plan_records(session, backfill_id)
        if not any(each.shop_id == seen.shop.shop_id for each in records):
            standing_of(session, backfill_id, seen.shop.shop_id)


def _url(backfill_id: UUID, shop_id: str) -> str:
    return f"{PATH}/{backfill_id}?{urlencode({'shop': shop_id})}"


def _short(text: str) -> str:
    return text[:_LONGEST]


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BackfillAskError(
            f"{text[:40]!r} is no day." if text else "A day is missing.",
            hint="Write it like 2026-11-14.",
            field=field,
        ) from None
