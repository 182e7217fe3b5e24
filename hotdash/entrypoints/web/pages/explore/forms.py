"""What people write down on Explore: views, notes and goals, as forms that need no script."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
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
from hotdash.entrypoints.web.errors import problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.explore.page import explore_page
from hotdash.entrypoints.web.pages.explore.state import PATH, ExploreState
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.insights.marks.annotations import KIND_TITLES, AnnotationError, Kind, Told, annotate
from hotdash.insights.marks.annotations import take_back as take_annotation_back
from hotdash.insights.marks.goals import GoalError, NewGoal, remove_goal, set_goal
from hotdash.insights.marks.views import NewView, remove_view, save_view

router = APIRouter(prefix=PATH, include_in_schema=False)
Text = Annotated[str, Form()]
First = Annotated[str, Form(alias="from")]
Last = Annotated[str, Form(alias="to")]
Writing = Callable[[Session, str, datetime], object]


@router.post("/views")
def add_view(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    name: Text = "",
    shared: Text = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    needs = Permission.ANNOTATE if shared else Permission.SEE_METRICS

    def write(session: Session, actor: str, now: datetime) -> object:
        wanted = NewView(name, "explore", _state(next).view, bool(shared))
        return save_view(session, shop, wanted, actor, now)

    return _written(request, parts, shop, needs, csrf, next, write)


@router.post("/views/remove")
def drop_view(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    view: Text = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    def write(session: Session, actor: str, now: datetime) -> object:
        return remove_view(session, shop, _id(view, "view"), actor, now)

    return _written(request, parts, shop, Permission.SEE_METRICS, csrf, next, write)


@router.post("/annotations")
def add_annotation(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    kind: Text = "other",
    title: Text = "",
    first: First = "",
    last: Last = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    def write(session: Session, actor: str, now: datetime) -> object:
        if kind not in KIND_TITLES:
            raise AnnotationError(
                f"{kind[:40]!r} is no kind of note.",
                hint=f"Use one of {', '.join(KIND_TITLES)}.",
                field="kind",
            )
        begun = _day(first, "from")
        told = Told(Kind(kind), begun, title, _day(last, "to") if last else None)
        return annotate(session, shop, told, actor, now)

    return _written(request, parts, shop, Permission.ANNOTATE, csrf, next, write)


@router.post("/annotations/remove")
def drop_annotation(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    annotation: Text = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    def write(session: Session, actor: str, now: datetime) -> object:
        return take_annotation_back(session, shop, _id(annotation, "annotation"), actor, now)

    return _written(request, parts, shop, Permission.ANNOTATE, csrf, next, write)


@router.post("/goals")
def add_goal(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    metric: Text = "",
    target: Text = "",
    first: First = "",
    last: Last = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    def write(session: Session, actor: str, now: datetime) -> object:
        name = metric.partition("@")[0]
        wanted = NewGoal(name, _day(first, "from"), _day(last, "to"), _number(target))
        return set_goal(session, shop, wanted, actor, now)

    return _written(request, parts, shop, Permission.SET_GOALS, csrf, next, write)


@router.post("/goals/remove")
def drop_goal(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    goal: Text = "",
    next: Text = PATH,
    csrf: Text = "",
) -> Response:
    def write(session: Session, actor: str, now: datetime) -> object:
        return remove_goal(session, shop, _id(goal, "goal"), actor, now)

    return _written(request, parts, shop, Permission.SET_GOALS, csrf, next, write)


def _written(
    request: Request,
    parts: Parts,
    shop_id: str,
    needs: Permission,
    csrf: str,
    next: str,
    write: Writing,
) -> Response:
    """What is refused is told on the page it was written on."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    shop = shop_of(visit, shop_id, needs)
    back = local_path(next)
    now = parts.context.clock.now()
    try:
        with parts.context.database.as_user(visit.user_id) as session:
            write(session, actor_of(visit.user_id), now)
    except HotdashError as error:
        address = back.partition("?")[2]
        return explore_page(request, parts, visit, shop, address=address, problem=problem_of(error))
    return see_other(f"{back}#notes")


def _state(next: str) -> ExploreState:
    return ExploreState.read(local_path(next).partition("?")[2])


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AnnotationError(
            f"{text[:20]!r} is no day.", hint="Write it like 2026-11-20.", field=field
        ) from None


def _number(text: str) -> Decimal:
    try:
        return Decimal(text.strip().replace(",", "").replace("_", "x"))
    except InvalidOperation:
        raise GoalError(
            f"{text[:20]!r} is no number.", hint="Write it like 60000 or 60,000.50.", field="target"
        ) from None


def _id(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise AnnotationError(
            f"{text[:40]!r} names none.", hint="Load the page again.", field=field
        ) from None
