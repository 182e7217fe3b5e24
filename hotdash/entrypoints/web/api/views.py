"""GET and POST /api/v1/views: names for what Explore shows."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.answers import json_answer
from hotdash.entrypoints.web.api.mark_schemas import RemoveBody, ViewAnswer, ViewBody, ViewsAnswer
from hotdash.entrypoints.web.api.schemas import ERRORS, CsrfToken
from hotdash.entrypoints.web.api.tiles import Shop
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.marks.views import NewView, remove_view, save_view
from hotdash.storage.appdb.repositories.saved_views import SavedViewRecord, list_saved_views

router = APIRouter(prefix="/api/v1/views", tags=["views"])
ViewId = Annotated[UUID, Path(description="The saved view, by its id.")]


@router.get("", response_model=ViewsAnswer, responses=ERRORS)
def views(request: Request, parts: PartsOf, shop: Shop) -> Response:
    """Your own saved views in a shop, and those that are shared there."""
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    actor = actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_saved_views(session, shop, actor)
    return json_answer({"shop": shop, "views": [_document(each, actor) for each in found]})


@router.post("", response_model=ViewAnswer, responses=ERRORS)
def add_view(
    request: Request, parts: PartsOf, shop: Shop, said: ViewBody, token: CsrfToken = ""
) -> Response:
    """Keep what Explore shows under a name."""
    needs = Permission.ANNOTATE if said.shared else Permission.SEE_METRICS
    admission = parts.gate.admit(request, shop, needs, by_token=Permission.ANNOTATE)
    parts.check_form(request, token)
    state = ExploreState.read(said.state).view
    now, actor = parts.context.clock.now(), actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        wanted = NewView(said.name, "explore", state, said.shared)
        record = save_view(session, shop, wanted, actor, now)
    return json_answer({"shop": shop, "view": _document(record, actor)})


@router.post("/{view}/remove", response_model=ViewAnswer, responses=ERRORS)
def drop_view(
    request: Request,
    parts: PartsOf,
    shop: Shop,
    view: ViewId,
    said: RemoveBody,
    token: CsrfToken = "",
) -> Response:
    """Forget one of your own."""
    del said
    needs = Permission.SEE_METRICS
    admission = parts.gate.admit(request, shop, needs, by_token=Permission.ANNOTATE)
    parts.check_form(request, token)
    now, actor = parts.context.clock.now(), actor_of(admission.visit.user_id)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        record = remove_view(session, shop, view, actor, now)
    return json_answer({"shop": shop, "view": _document(record, actor)})


def _document(record: SavedViewRecord, actor: str) -> dict[str, Any]:
    return {
        "view": str(record.view_id),
        "name": record.name,
        "page": record.page,
        "state": record.state,
        "shared": record.is_shared,
        "mine": record.actor == actor,
        "at": iso_utc(record.at),
    }
