"""GET /studies: all of them with what each found; /studies/{name} is one, with its query."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.explore.page import sources_of
from hotdash.entrypoints.web.pages.explore.view import banner_of, rests_on, stale_sources
from hotdash.entrypoints.web.pages.studies import view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.study_shops import shops_counted, shops_needed
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.studies.catalog import study_called
from hotdash.reports.studies.answering import answer_studies, answer_study
from hotdash.reports.studies.contract import StudyAnswer
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/studies"
router = APIRouter(prefix=PATH, include_in_schema=False)


@router.get("")
def studies(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "studies"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    shops, now = shops_counted(visit), parts.context.clock.now()
    with parts.context.database.as_user(visit.user_id) as session:
        found = answer_studies(session, chosen.shop_id, shops, now)
    values = top_bar(visit, "studies") | {
        "shop": chosen,
        "cards": [view.card(each, _url(chosen, each.study.name)) for each in found],
    }
    return parts.pages.render(request, "studies.html", values)


@router.get("/{name}")
def study(request: Request, parts: PartsOf, name: str, shop: str) -> Response:
    visit = parts.gate.visit(request)
    chosen = shop_of(visit, shop, Permission.SEE_METRICS)
    asked, now = study_called(name), parts.context.clock.now()
    shops = shops_needed(visit, asked)
    with parts.context.database.as_user(visit.user_id) as session:
        found = answer_study(session, asked, chosen.shop_id, shops, now)
    values = top_bar(visit, "studies") | {
        "shop": chosen,
        "study": view.page(found),
        "path": f"{PATH}/{asked.name}",
        "all_url": _url(chosen),
        "json_url": f"/api/v1{_url(chosen, asked.name)}",
    }
    return parts.pages.render(request, "study.html", values | _standing(parts, found))


def _standing(parts: Parts, found: StudyAnswer) -> dict[str, Any]:
    standing, now = found.standing, parts.context.clock.now()
    if standing is None:
        return {"banner": None, "held": None, "foot": view.NO_PUBLICATION}
    titles, limits = sources_of(parts)
    return {
        "banner": banner_of(standing, stale_sources(standing, now, limits, titles), None, now),
        "held": standing.held,
        "foot": [*rests_on(standing, now, titles), f"Timezone {standing.timezone}"],
    }


def _url(shop: VisitedShop, name: str = "") -> str:
    path = f"{PATH}/{name}" if name else PATH
    return f"{path}?{urlencode({'shop': shop.shop_id})}"
