"""GET /attribution: which channel and campaign brought the orders, what platforms claim, and which links say nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission
from hotdash.connectors.registry import registry as connectors
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.attribution import view
from hotdash.entrypoints.web.pages.attribution.state import PATH, State, order_id
from hotdash.entrypoints.web.pages.explore.view import banner_of, stale_sources
from hotdash.entrypoints.web.pages.today_view import range_choices
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.attribution.channels import Attribution, ChannelCredits, CreditedOrder
from hotdash.insights.attribution.compare import Comparison, compare_sources
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MetricName, Question
from hotdash.insights.tiles.situation import load_news
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(include_in_schema=False)
_MOST_ORDERS, _MOST_DAYS, _MOST_LINKS = 20, 40, 25


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Everything of one snapshot, so that tables cannot disagree."""

    house: Attribution
    credits: ChannelCredits
    orders: list[CreditedOrder]
    comparison: Comparison
    answer: Answer


@router.get(PATH)
def attribution(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    range: str | None = None,
    model: str | None = None,
    window: str | None = None,
    by: str | None = None,
    channel: str | None = None,
    before: str | None = None,
    days_from: str | None = None,
    links_from: str | None = None,
    order: str | None = None,
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "attribution"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    state, problem = State(chosen.shop_id), None
    try:
        state = State.parse(
            chosen.shop_id,
            range=range,
            model=model,
            window=window,
            by=by,
            channel=channel,
            before=before,
            days_from=days_from,
            links_from=links_from,
        )
        if order:
            return see_other(state.order_url(order_id(order)))
    except HotdashError as error:
        problem = problem_of(error)
    return _page(request, parts, visit, chosen, state, problem)


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    state: State,
    problem: Problem | None,
) -> Response:
    now = parts.context.clock.now()
    with parts.context.database.as_user(visit.user_id) as session:
        house = Attribution(session, shop.shop_id, state.period, now)
        values = top_bar(visit, "attribution") | {
            "shop": shop,
            "state": state,
            "here": state.url,
            "problem": problem,
            "banner": None,
            "credits": None,
            "ranges": range_choices(state.period),
            "models": view.model_choices(state.model),
            "windows": view.window_choices(state, house.decided),
            "splits": view.split_choices(state.split),
        }
        if house.is_published:
            loaded = _load(session, house, state, now)
            values |= _shown(parts, state, loaded, now) | _lists(house, state, loaded)
            values["banner"] = _banner(session, parts, loaded, now)
    return parts.pages.render(
        request, "attribution.html", values, problem.status if problem else 200
    )


def _load(session: Session, house: Attribution, state: State, now: datetime) -> _Loaded:
    shop_id, days = house.shop.shop_id, house.window
    question = Question(
        shops=(shop_id,), metrics=(MetricName("cac"), MetricName("roas")), period=state.period
    )
    asked = state.asked
    return _Loaded(
        house,
        house.credits(asked),
        house.orders(asked, state.channel, state.before, _MOST_ORDERS + 1),
        compare_sources(session, shop_id, days.first, days.last),
        query(session, question, now),
    )


def _shown(parts: Parts, state: State, loaded: _Loaded, now: datetime) -> dict[str, Any]:
    found, shop = loaded.credits, loaded.house.shop
    cac = loaded.answer.only("cac")
    days = formatting.day_span(found.window.first, found.window.last)
    return {
        "credits": found,
        "period_line": f"{days} · {formatting.place(shop.timezone)} time · today excluded",
        "rows": view.row_views(found, state),
        "left_out": max(0, len(found.rows) - view.MOST_ROWS),
        "total": view.total_view(found, state),
        "rate": formatting.percent(found.rate),
        "sourced": formatting.money(found.sourced.amount, shop.currency),
        "roas": view.times(found.total.roas),
        "cac": formatting.money(cac.value, shop.currency),
        "cac_why": cac.why,
        "notes": view.notes(found),
        "foot": [
            *(
                f"{_titles().get(source, source)} complete up to "
                f"{formatting.shop_time(at, shop.timezone)} ({formatting.ago(at, now)})"
                for source, at in sorted(shop.as_of.items())
            ),
            f"Build {str(shop.build)[:8]}",
            f"Currency {shop.currency}",
            f"Hotdash {parts.context.version}",
        ],
    }


def _lists(house: Attribution, state: State, loaded: _Loaded) -> dict[str, Any]:
    shop, orders = house.shop, loaded.orders[:_MOST_ORDERS]
    claims = list(reversed(loaded.comparison.rows))
    shown = claims[state.days_from : state.days_from + _MOST_DAYS]
    links, count = house.links(_MOST_LINKS, state.links_from)
    has_more = len(loaded.orders) > _MOST_ORDERS
    more_days = state.days_from + _MOST_DAYS < len(claims)
    more_links = state.links_from + _MOST_LINKS < count
    return {
        "orders": view.order_rows(orders, state, shop.currency, shop.timezone),
        "older_url": state.but(before=orders[-1].order_id).url if has_more else None,
        "every_order_url": state.but(channel=None, before=None).url,
        "says": loaded.comparison.says,
        "campaigns": view.claims_by_campaign(loaded.comparison)[: view.MOST_ROWS],
        "claims": view.claims_by_day(shown),
        "earlier_url": state.but(days_from=state.days_from + _MOST_DAYS).url if more_days else None,
        "links": view.link_views(links),
        "links_count": count,
        "more_links_url": state.but(links_from=state.links_from + _MOST_LINKS).url
        if more_links
        else None,
    }


def _banner(session: Session, parts: Parts, loaded: _Loaded, now: datetime) -> object:
    """As Explore has it: untrusted beats changing, changing beats old."""
    shop = loaded.answer.shops[0]
    limits: dict[str, timedelta] = {
        vendor: spec.fresh_soft for vendor, spec in connectors().items()
    }
    limits[SHOPIFY] = parts.context.orders_fresh_within
    news = load_news(session, shop.shop_id, loaded.answer.metrics[0].marts)
    under_way = news.reprocessing(is_published=True)
    return banner_of(shop, stale_sources(shop, now, limits, _titles()), under_way, now)


def _titles() -> dict[str, str]:
    return {vendor: spec.title for vendor, spec in connectors().items()}
