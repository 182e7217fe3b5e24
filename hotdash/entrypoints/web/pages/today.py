"""Today: what to do now, the pulse of the shop, and its revenue by day."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages import today_view
from hotdash.entrypoints.web.pages.chart_view import chart_view
from hotdash.entrypoints.web.pages.tile_view import tile_view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.contract import Tile
from hotdash.insights.tiles.sales_pulse import MART, load_sales_pulse
from hotdash.insights.tiles.situation import PublicationNews, load_news
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord, list_annotations
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, parts: PartsOf) -> Response:
    visit = parts.gate.find_visit(request)
    if visit is None:
        return see_other("/sign-in")
    return _today(request, parts, visit, None, Period())


@router.get("/today")
def today(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    range: str | None = None,
    compare: str | None = None,
) -> Response:
    visit = parts.gate.visit(request)
    return _today(request, parts, visit, shop, Period.parse(range, compare))


def _today(
    request: Request, parts: Parts, visit: Visit, shop_id: str | None, period: Period
) -> Response:
    wanted = shop_id or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "today"))
    shop = shop_of(visit, wanted, Permission.SEE_METRICS)
    tile, news, annotations = _load(parts, visit, shop, period)
    values = top_bar(visit, "today")
    values |= _values(parts, shop, period, tile, news, annotations)
    return parts.pages.render(request, "today.html", values)


def _load(
    parts: Parts, visit: Visit, shop: VisitedShop, period: Period
) -> tuple[Tile, PublicationNews, Sequence[AnnotationRecord]]:
    now, fresh = parts.context.clock.now(), parts.context.orders_fresh_within
    with parts.context.database.as_user(visit.user_id) as session:
        tile = load_sales_pulse(session, shop.shop_id, period, now, fresh_within=fresh)
        news = load_news(session, shop.shop_id, MART)
        return tile, news, list_annotations(session, shop.shop_id)


def _values(
    parts: Parts,
    shop: VisitedShop,
    period: Period,
    tile: Tile,
    news: PublicationNews,
    annotations: Sequence[AnnotationRecord],
) -> dict[str, Any]:
    now, blocked = parts.context.clock.now(), news.blocked
    under_way = news.reprocessing(is_published=tile.build is not None)
    failed = tuple(check.sentence for check in blocked.checks) if blocked else ()
    return {
        "shop": shop,
        "ranges": today_view.range_choices(period),
        "compares": today_view.compare_choices(period),
        "banner": today_view.banner(tile, blocked, under_way, now)
        or today_view.changed(registry().get(tile.metric, tile.metric_version), now.date()),
        "decisions": today_view.decisions(tile, blocked),
        "looks_again": today_view.looks_again(tile),
        "period_line": today_view.period_line(tile, period),
        "tile": tile_view(tile, now, failed),
        "chart": chart_view(
            tile,
            shop.shop_id,
            period,
            vega_url=parts.bundle.url,
            may_export=may(shop.role, Permission.EXPORT),
            annotations=annotations,
        ),
        "foot": today_view.foot(tile, now, parts.context.version),
    }
