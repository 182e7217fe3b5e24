"""GET /scorecard: what Hotdash promises, measured on this installation, and what nobody measured yet."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.reports.scorecard.contract import Measured
from hotdash.reports.scorecard.measure import measure
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/scorecard"
router = APIRouter(include_in_schema=False)
_STATES = {True: "ok", False: "act", None: "empty"}
_NEEDS = {"/backfills": Permission.SEE_BACKFILLS}


@dataclass(frozen=True, slots=True)
class FigureView:
    title: str
    state: str
    word: str
    goal: str
    value: str | None
    detail: str
    days: str
    would_fill: str
    source: str
    url: str | None


@router.get(PATH)
def scorecard(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "programme"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    # As the page Sources does: how long a run took is told to no web role, and is no secret of the shop.
    with parts.context.database.jobs() as session:
        found = measure(session, chosen.shop_id, chosen.timezone, parts.context.clock.now())
    values = top_bar(visit, "programme") | {
        "shop": chosen,
        "figures": [_view(each, chosen) for each in found.figures],
        "summary": ", ".join(f"{number} {word}" for word, number in found.counts.items()),
    }
    return parts.pages.render(request, "scorecard.html", values)


def _view(each: Measured, shop: VisitedShop) -> FigureView:
    promise, window = each.promise, each.window
    return FigureView(
        title=promise.title,
        state=_STATES[each.is_kept],
        word=each.word.capitalize(),
        goal=promise.goal,
        value=each.value,
        detail=each.detail,
        days=formatting.day_span(window.first, window.last) if window else "",
        would_fill=each.would_fill,
        source=promise.source,
        url=_url(promise.page, shop),
    )


def _url(page: str, shop: VisitedShop) -> str | None:
    """None where there is no page, or where it is not for this role."""
    path, hash_, place = page.partition("#")
    if not path or not may(shop.role, _NEEDS.get(path, Permission.SEE_METRICS)):
        return None
    return f"{path}?{urlencode({'shop': shop.shop_id})}{hash_}{place}"
