"""GET /decisions/model: what the shop's answers taught, for its owners; POST freezes it, begins anew, hands it out."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.model_view import model_view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.jobs.learn import change_model, event_called
from hotdash.jobs.training_set import export_training_set
from hotdash.storage.appdb.repositories.recommender import ModelRecord, find_model
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

PATH = "/decisions/model"
router = APIRouter(prefix=PATH, include_in_schema=False)
Text = Annotated[str, Form()]


@router.get("")
def model(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "decisions"))
    return _page(request, parts, visit, shop_of(visit, wanted, Permission.MANAGE_SHOP))


@router.get("/export.json")
def export(request: Request, parts: PartsOf, shop: str) -> Response:
    """The model whole: what somebody else would need to go on with it."""
    admission = parts.gate.admit(request, shop, Permission.MANAGE_SHOP)
    found = _found(parts, admission.visit, shop)
    told = {
        "shop": shop,
        "model": dict(found.model) if found else None,
        "card": dict(found.card) if found else None,
    }
    return _file(orjson.dumps(told), "application/json", f"model-{shop}.json")


@router.post("/change")
def change(
    request: Request, parts: PartsOf, shop: Text = "", change: Text = "", csrf: Text = ""
) -> Response:
    """Begin anew, freeze, or let it go on."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    chosen = shop_of(visit, shop, Permission.MANAGE_SHOP)
    database, clock = parts.context.database, parts.context.clock
    try:
        change_model(database, shop, event_called(change), actor_of(visit.user_id), clock)
    except HotdashError as error:
        return _page(request, parts, visit, chosen, problem_of(error))
    return see_other(f"{PATH}?shop={shop}")


@router.post("/training-set")
def training_set(request: Request, parts: PartsOf, shop: Text = "", csrf: Text = "") -> Response:
    """All lines and their datasheet, in one archive."""
    visit = parts.gate.visit(request)
    parts.check_form(request, csrf)
    shop_of(visit, shop, Permission.MANAGE_SHOP)
    made = export_training_set(
        parts.context.database, shop, actor_of(visit.user_id), parts.context.clock
    )
    return _file(made.zipped(), "application/zip", f"training-set-{shop}.zip")


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    problem: Problem | None = None,
) -> Response:
    found = _found(parts, visit, shop.shop_id)
    values = top_bar(visit, "decisions") | {
        "shop": shop,
        "problem": problem,
        "model": model_view(found.card, shop.timezone) if found else None,
        "path": PATH,
    }
    return parts.pages.render(request, "model.html", values, problem.status if problem else 200)


def _found(parts: Parts, visit: Visit, shop_id: str) -> ModelRecord | None:
    with parts.context.database.as_user(visit.user_id) as session:
        return find_model(session, shop_id)


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(
        body,
        media_type=media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        },
    )
