"""GET /forecast: what the next weeks bring; /forecast/stock is the plan of the stock."""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.forecast import view
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.tiles import wording
from hotdash.storage.appdb.repositories.forecasts import (
    StockList,
    latest_forecasts,
    list_stock,
    stock_totals,
)
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/forecast"
ROWS = 100
router = APIRouter(prefix=PATH, include_in_schema=False)


@router.get("")
def forecast(request: Request, parts: PartsOf, shop: str | None = None) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "forecast"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    with parts.context.database.as_user(visit.user_id) as session:
        found = latest_forecasts(session, chosen.shop_id)
        totals = stock_totals(session, chosen.shop_id)
    newest = max((each.made_at for each in found.values()), default=None)
    values = top_bar(visit, "forecast") | {
        "shop": chosen,
        "cards": view.cards(found),
        "growth": view.growth_line(found),
        "demand": view.demand_lines(found),
        "stock": view.stock_standing(totals, chosen.currency) if totals.items else None,
        "made": wording.moment(newest, chosen.timezone) if newest else None,
    }
    return parts.pages.render(request, "forecast.html", values)


@router.get("/stock")
def stock(
    request: Request,
    parts: PartsOf,
    shop: str,
    list: StockList = StockList.WARNED,
    offset: int = 0,
) -> Response:
    visit = parts.gate.visit(request)
    chosen = shop_of(visit, shop, Permission.SEE_METRICS)
    start = max(offset, 0)
    with parts.context.database.as_user(visit.user_id) as session:
        totals = stock_totals(session, chosen.shop_id)
        told = latest_forecasts(session, chosen.shop_id)
        found = list_stock(session, chosen.shop_id, list, limit=ROWS + 1, offset=start)
    values = top_bar(visit, "forecast") | {
        "shop": chosen,
        "standing": view.stock_standing(totals, chosen.currency),
        "as_of": wording.day(totals.as_of_day) if totals.as_of_day else None,
        "held": view.item_ranges(told),
        "made": wording.moment(totals.made_at, chosen.timezone) if totals.made_at else None,
        "rows": view.stock_rows(found[:ROWS], chosen.currency),
        "chosen_list": list.value,
        "list_title": view.LIST_TITLES[list],
        "nothing": view.NOTHING[list],
        "is_surplus": list in (StockList.OVERSTOCK, StockList.DEAD),
        "lists": [
            (title, _url(chosen, each), each is list) for each, title in view.LIST_TITLES.items()
        ],
        "more_url": _url(chosen, list, start + ROWS) if len(found) > ROWS else None,
        "first_url": _url(chosen, list) if start else None,
    }
    return parts.pages.render(request, "stock_plan.html", values)


def _url(shop: VisitedShop, chosen: StockList, offset: int = 0) -> str:
    asked = {"shop": shop.shop_id, "list": chosen.value} | ({"offset": offset} if offset else {})
    return f"{PATH}/stock?{urlencode(asked)}"
