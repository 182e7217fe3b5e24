"""What people do about the health of data, as forms that need no script; what is refused is told where it was asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.address import local_path, see_other
from hotdash.entrypoints.web.errors import Problem, problem_of, reference_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.data_health.check import check_page
from hotdash.entrypoints.web.pages.data_health.page import health_page
from hotdash.entrypoints.web.pages.data_health.state import PATH, check_url, health_url
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.jobs.decide_quality import Decider, override_check, revoke_override
from hotdash.jobs.handle_alert import Answer, Handling, handle_alert
from hotdash.jobs.roll_back_publication import release_publication, roll_back_publication
from hotdash.storage.appdb.repositories.alerts import find_alert
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=PATH, include_in_schema=False)
Text = Annotated[str, Form()]
Deciding = Callable[[Session, Decider], object]


class FormError(HotdashError):
    code = "invalid_form"


@router.post("/overrides")
def override(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    check: Text = "",
    reason: Text = "",
    days: Text = "",
    csrf: Text = "",
) -> Response:
    """A warning is set aside for some days; what blocks cannot be."""

    def decide(session: Session, by: Decider) -> object:
        return override_check(session, shop, check, _span(days, "days"), by)

    return _decided(request, parts, shop, check, reason, csrf, decide)


@router.post("/overrides/revoke")
def revoke(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    check: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    def decide(session: Session, by: Decider) -> object:
        return revoke_override(session, shop, check, by)

    return _decided(request, parts, shop, check, reason, csrf, decide)


def _decided(
    request: Request,
    parts: Parts,
    shop_id: str,
    check: str,
    reason: str,
    csrf: str,
    decide: Deciding,
) -> Response:
    visit, shop = _may(request, parts, shop_id, csrf, Permission.OVERRIDE_WARNINGS)
    now = parts.context.clock.now()
    by = Decider(actor_of(visit.user_id), reason, now, reference_of(request) or None)
    try:
        with parts.context.database.as_user(visit.user_id) as session:
            decide(session, by)
    except HotdashError as error:
        return _refused(request, parts, visit, shop, check, problem_of(error))
    return see_other(check_url(shop_id, check))


def _refused(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    check: str,
    problem: Problem,
) -> Response:
    """Of a check that nobody ever asked there is no page to tell it on."""
    if problem.code == "not_found":
        return health_page(request, parts, visit, shop, problem=problem)
    return check_page(request, parts, visit, shop, check, problem)


@router.post("/alerts/answer")
def answer_alert(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    alert: Text = "",
    answer: Text = "",
    note: Text = "",
    hours: Text = "",
    next: Text = "",
    csrf: Text = "",
) -> Response:
    visit, chosen = _may(request, parts, shop, csrf, Permission.HANDLE_ALERTS)
    now = parts.context.clock.now()
    try:
        said = _answer(answer)
        handling = Handling(
            answer=said,
            actor=actor_of(visit.user_id),
            note=note,
            until=_until(hours, now) if said is Answer.SNOOZE else None,
            request_id=reference_of(request) or None,
        )
        with parts.context.database.as_user(visit.user_id) as session:
            found = find_alert(session, str(_id(alert, "alert")), shop)
            handle_alert(session, found, handling, now)
    except HotdashError as error:
        return health_page(request, parts, visit, chosen, problem=problem_of(error))
    return see_other(f"{local_path(next or health_url(shop))}#alerts")


@router.post("/publications/rollback")
def roll_back(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    publication: Text = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    """Shows an older publication again, and keeps to it until somebody releases it."""

    def move(actor: str) -> object:
        return roll_back_publication(
            parts.context.database,
            shop,
            _id(publication, "publication"),
            actor=actor,
            reason=reason,
            clock=parts.context.clock,
            request_id=reference_of(request) or None,
        )

    return _moved(request, parts, shop, csrf, move)


@router.post("/publications/release")
def release(
    request: Request, parts: PartsOf, shop: Text = "", reason: Text = "", csrf: Text = ""
) -> Response:
    def move(actor: str) -> object:
        return release_publication(
            parts.context.database,
            shop,
            actor=actor,
            reason=reason,
            clock=parts.context.clock,
            request_id=reference_of(request) or None,
        )

    return _moved(request, parts, shop, csrf, move)


def _moved(
    request: Request, parts: Parts, shop_id: str, csrf: str, move: Callable[[str], object]
) -> Response:
    visit, shop = _may(request, parts, shop_id, csrf, Permission.ROLL_BACK_PUBLICATION)
    try:
        move(actor_of(visit.user_id))
    except HotdashError as error:
        return health_page(request, parts, visit, shop, problem=problem_of(error))
    return see_other(f"{health_url(shop_id)}#publications")


def _may(
    request: Request, parts: Parts, shop_id: str, csrf: str, needs: Permission
) -> tuple[Visit, VisitedShop]:
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    return visit, shop_of(visit, shop_id, needs)


def _answer(text: str) -> Answer:
    if text not in set(Answer):
        raise FormError(
            f"{text[:40]!r} is no answer to an alert.",
            hint=f"The answers are {', '.join(Answer)}.",
            field="answer",
        )
    return Answer(text)


def _until(hours: str, now: datetime) -> datetime:
    return now + _span(hours, "hours")


def _span(text: str, field: str) -> timedelta:
    if text.isascii() and text.isdigit() and len(text) < 4:
        return timedelta(**{field: int(text)})
    raise FormError(f"{text[:20]!r} is no number of {field}.", hint="Write it like 7.", field=field)


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise FormError(
            f"{text[:40]!r} names none.", hint="Load the page again.", field=field
        ) from None
