"""Today: what to do now, the seven tiles of the shop, and one metric by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages import today_view
from hotdash.entrypoints.web.pages.anomalies import view as anomaly_view
from hotdash.entrypoints.web.pages.answered_view import answered_view
from hotdash.entrypoints.web.pages.asked_view import (
    AskedView,
    answering_view,
    asked_view,
)
from hotdash.entrypoints.web.pages.chart_view import ChartView, SwitchView, chart_view
from hotdash.entrypoints.web.pages.tile_view import tile_view
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.ready_tiles import Asked
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.chart import SWITCHED, MetricDays
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord
from hotdash.storage.appdb.repositories.backfills import RUNNING, EventRecord, newest_events
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(include_in_schema=False)
_SALES = tuple(TILES).index("sales-pulse")


@router.get("/")
def home(request: Request, parts: PartsOf) -> Response:
    visit = parts.gate.find_visit(request)
    if visit is None:
        return see_other("/sign-in")
    return _today(request, parts, visit, None, Period(), None)


@router.get("/today")
def today(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    range: str | None = None,
    compare: str | None = None,
    chart: str | None = None,
    answered: str = "",
) -> Response:
    visit = parts.gate.visit(request, shop)
    period = Period.parse(range, compare)
    return _today(request, parts, visit, shop, period, chart, answered)


@dataclass(frozen=True, slots=True)
class _View:
    """What is looked at, and by whom: all of it stands in the address."""

    parts: Parts
    visit: Visit
    shop: VisitedShop
    period: Period

    @property
    def asked(self) -> Asked:
        edition = self.visit.edition or ""
        return Asked(self.visit.user_id, self.shop.shop_id, edition, self.period)

    def url(self, chart: str) -> str:
        asked = {
            "shop": self.shop.shop_id,
            "range": self.period.range.value,
            "compare": self.period.compare.value,
            "chart": chart,
        }
        return f"/today?{urlencode(asked)}"


def _today(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop_id: str | None,
    period: Period,
    chart: str | None,
    answered: str = "",
) -> Response:
    wanted = shop_id or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "today"))
    # Which edition is current is told of the shop that is named, and only now one is.
    known = visit if shop_id else parts.gate.visit(request, wanted)
    shop = shop_of(known, wanted, Permission.SEE_METRICS)
    parts.opened.note(request, visit.user_id, shop.shop_id)
    view = _View(parts, known, shop, period)
    values = top_bar(known, "today") | {
        "answered": answered_view(parts.context.database, known.user_id, shop.shop_id, answered)
    }
    return parts.pages.render(request, "today.html", values | _values(view, chart or SWITCHED[0]))


def _values(view: _View, chart: str) -> dict[str, Any]:
    parts, period, shop = view.parts, view.period, view.shop
    now = parts.context.clock.now()
    tiles = [ready.value for ready in parts.tiles.tiles(tuple(TILES), view.asked)]
    days = parts.tiles.days(chart, view.asked).value
    sales = tiles[_SALES]
    beside = parts.tiles.beside(view.asked, today_view.MOST_DECISIONS)
    asked = [asked_view(each, sales.timezone, now) for each in beside.waiting]
    shown = today_view.banner(tiles, now, shop.shop_id)
    running = None
    if shown and shown.state == "reprocessing":
        with parts.context.database.as_user(view.visit.user_id) as session:
            running = _running(session, shop)
    decisions = today_view.do_now(tiles, shop.shop_id, period, asked)
    return {
        "shop": shop,
        "view_url": "/today",
        "ranges": today_view.range_choices(period),
        "compares": today_view.compare_choices(period),
        "banner": today_view.named_backfill(shown, running, shop.shop_id)
        or today_view.changed(registry().get(sales.metric, sales.metric_version), now.date()),
        "decisions": decisions,
        "answering": answering_view(
            [each for each in decisions if isinstance(each, AskedView)],
            *(shop.shop_id, now, view.url(chart)),
            may_decide=may(shop.role, Permission.DECIDE),
        ),
        "unusual": [
            anomaly_view.row_of(each)
            for each in today_view.not_above(beside.unusual, beside.waiting, decisions)
        ],
        "anomalies_url": anomaly_view.url_of(shop.shop_id),
        "looks_again": today_view.looks_again(tiles),
        "period_line": today_view.period_line(sales, period),
        "tiles": [tile_view(tile, shop.shop_id, period, now) for tile in tiles],
        "chart": _chart(view, days, beside.annotations),
        "chosen_chart": chart,
        "foot": today_view.foot(tiles, days, now, parts.context.version),
    }


def _running(session: Session, shop: VisitedShop) -> EventRecord | None:
    if not may(shop.role, Permission.SEE_BACKFILLS):
        return None
    events = newest_events(session, [shop.shop_id])
    return next((each for each in events if each.status == RUNNING), None)


def _chart(view: _View, days: MetricDays, annotations: Sequence[AnnotationRecord]) -> ChartView:
    return chart_view(
        days,
        view.shop.shop_id,
        view.period,
        vega_url=view.parts.bundle.url,
        may_export=may(view.shop.role, Permission.EXPORT),
        switches=tuple(_switch(view, name, days.metric.name) for name in SWITCHED),
        annotations=annotations,
    )


def _switch(view: _View, name: str, chosen: str) -> SwitchView:
    return SwitchView(registry().get(name).title, f"{view.url(name)}#days", name == chosen)
