"""One tile in full: its figures, its days, and its lists as tables."""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.address import address_of
from hotdash.entrypoints.web.gate import Admission
from hotdash.entrypoints.web.pages import today_view
from hotdash.entrypoints.web.pages.assigned_view import STILL_OPEN
from hotdash.entrypoints.web.pages.chart_view import chart_view
from hotdash.entrypoints.web.pages.list_view import list_view
from hotdash.entrypoints.web.pages.tile_view import tile_view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.ready_tiles import Asked
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.metrics.period import Period
from hotdash.insights.tiles.catalog import definition_of
from hotdash.storage.appdb.repositories.assignments import list_assignments

SEO = "seo-pulse"

router = APIRouter(include_in_schema=False)


@router.get("/tiles/{tile}")
def tile_page(
    request: Request,
    parts: PartsOf,
    tile: str,
    shop: str,
    range: str | None = None,
    compare: str | None = None,
) -> Response:
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    definition, period = definition_of(tile), Period.parse(range, compare)
    asked = Asked(admission.visit.user_id, shop, admission.edition, period)
    shown, now = parts.tiles.tile(tile, asked).value, parts.context.clock.now()
    days = parts.tiles.days(definition.metric, asked).value
    assigned = _assigned(parts, admission) if definition.name == SEO else None
    today_url = f"/today?{urlencode({'shop': shop})}"
    values = top_bar(admission.visit, "today")
    values |= {
        "shop": admission.shop,
        "ranges": today_view.range_choices(period),
        "compares": today_view.compare_choices(period),
        "banner": today_view.banner([shown], now, shop),
        "view_url": f"/tiles/{tile}",
        "today_url": today_url,
        "question": definition.question,
        "period_line": today_view.period_line(shown, period),
        "tile": tile_view(shown, shop, period, now, today_url),
        "next_action": shown.next_action.text,
        "lists": [list_view(each, shown, shop, assigned) for each in shown.lists],
        "shown_at": iso_utc(now),
        "here": address_of(request),
        "chart": chart_view(
            *(days, shop, period),
            vega_url=parts.bundle.url,
            may_export=may(admission.shop.role, Permission.EXPORT),
        ),
        "foot": today_view.foot([shown], days, now, parts.context.version),
    }
    return parts.pages.render(request, "tile_page.html", values)


def _assigned(parts: Parts, admission: Admission) -> dict[str, str] | None:
    """By landing page who works on it; nothing for whoever may not give one away."""
    if not may(admission.shop.role, Permission.DECIDE):
        return None
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = list_assignments(session, admission.shop.shop_id, STILL_OPEN)
    return {each.landing_page: each.assignee for each in found}
