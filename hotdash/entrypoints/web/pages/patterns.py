"""GET /patterns: when a shop sells, how its customers come back, where its stock lies, and questions to begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.gate import shop_of
from hotdash.entrypoints.web.pages.explore.page import sources_of
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.entrypoints.web.pages.explore.view import banner_of, rests_on, stale_sources
from hotdash.entrypoints.web.pages.today_view import range_choices
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.metrics.period import Period
from hotdash.insights.patterns.patterns import OLDEST_AGE, Cohort, Hours, Patterns, load_patterns
from hotdash.insights.tiles.situation import load_news
from hotdash.storage.appdb.repositories.standings import Block, load_blocks

router = APIRouter(include_in_schema=False)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LEVELS = 4
QUESTIONS = {
    "Which products earn most?": "metric=revenue&by=&by=product&range=90d&compare=previous",
    "Which products keep most?": "metric=gross_margin&by=&by=product&range=90d&compare=previous",
    "Which countries moved revenue?": "metric=revenue&by=&by=country&range=30d&compare=previous",
    "Which categories are given back?": "metric=refund_rate&by=&by=category&range=90d&compare=previous",
    "Do pro builders order less?": "metric=orders&by=week&range=90d&compare=previous&filter=segment:pro_builder",
    "Which campaigns pay for themselves?": "metric=roas&by=&by=campaign&range=30d&compare=previous",
    "Which pages lose organic clicks?": "metric=organic_clicks&by=&by=page&range=30d&compare=previous",
    "Which carrier is late?": "metric=on_time_rate&by=&by=carrier&range=90d&compare=previous",
    "What does the year look like?": "metric=revenue&by=month&range=12m&compare=year",
}


@dataclass(frozen=True, slots=True)
class HeatCell:
    """level 0 is nothing, 4 the most there is."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    name: str
    cells: tuple[HeatCell, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Heat:
    heads: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class _Standing:
    """Of the marts that the page shows, as Explore tells it of those of an answer."""

    shop_id: str
    timezone: str
    builds: Mapping[str, UUID | None]
    as_of: Mapping[str, datetime]
    blocked: Mapping[str, Block]


@router.get("/patterns")
def patterns(
    request: Request, parts: PartsOf, shop: str | None = None, range: str | None = None
) -> Response:
    visit = parts.gate.visit(request)
    wanted = shop or next(iter(visit.shops), None)
    if wanted is None:
        return parts.pages.render(request, "no_shop.html", top_bar(visit, "patterns"))
    chosen = shop_of(visit, wanted, Permission.SEE_METRICS)
    period, now = Period.parse(range), parts.context.clock.now()
    with parts.context.database.as_user(visit.user_id) as session:
        found = load_patterns(session, chosen.shop_id, period, now)
        marts = list(found.publications)
        blocked = load_blocks(session, [chosen.shop_id], marts).get(chosen.shop_id, {})
        news = load_news(session, chosen.shop_id, marts)
    stands = _stands(found, blocked)
    titles, limits = sources_of(parts)
    values = top_bar(visit, "patterns") | {
        "shop": chosen,
        "ranges": range_choices(period),
        "hours": hours_heat(found.hours) if found.hours and found.hours.orders else None,
        "days": _days(found.hours),
        "cohorts": cohort_heat(found.cohorts) if found.cohorts else None,
        "stock": stock_heat(found) if found.stock else None,
        "questions": {title: _url(chosen.shop_id, asked) for title, asked in QUESTIONS.items()},
        "banner": banner_of(
            stands,
            stale_sources(stands, now, limits, titles),
            news.reprocessing(is_published=any(stands.builds.values())),
            now,
        ),
        "held": next((each.held.reason for each in found.publications.values() if each.held), None),
        "foot": [*rests_on(stands, now, titles), f"Timezone {stands.timezone}"],
    }
    return parts.pages.render(request, "patterns.html", values)


def _url(shop_id: str, asked: str) -> str:
    return ExploreState.read(asked).but(shop=shop_id).url


def _days(hours: Hours | None) -> str:
    return formatting.day_span(hours.window.first, hours.window.last) if hours else ""


def hours_heat(hours: Hours) -> Heat:
    """Pairs of hours, so that a week fits a phone."""
    pairs = range(0, 24, 2)
    counts = {
        (weekday, start): hours.orders.get((weekday, start), 0)
        + hours.orders.get((weekday, start + 1), 0)
        for weekday in range(1, 8)
        for start in pairs
    }
    most = max(counts.values(), default=0)
    return Heat(
        tuple(f"{start:02d}" for start in pairs),
        tuple(
            HeatRow(
                name,
                tuple(
                    HeatCell(
                        formatting.count(counts[weekday, start]),
                        level_of(Decimal(counts[weekday, start]), Decimal(most)),
                    )
                    for start in pairs
                ),
                formatting.count(sum(counts[weekday, start] for start in pairs)),
            )
            for weekday, name in enumerate(_WEEKDAYS, start=1)
        ),
    )


def level_of(value: Decimal | None, most: Decimal) -> int:
    """Quarters of the most there is; anything at all is at least the lightest."""
    if value is None or value <= 0 or most <= 0:
        return 0
    return min(_LEVELS, 1 + int(value * _LEVELS / most)) if value < most else _LEVELS


def cohort_heat(cohorts: tuple[Cohort, ...]) -> Heat:
    """The first month is left out: everybody orders in it."""
    ages = range(1, OLDEST_AGE + 1)
    most = max(
        (share for each in cohorts for age, share in each.shares.items() if age), default=Decimal(0)
    )
    return Heat(
        tuple(str(age) for age in ages),
        tuple(
            HeatRow(
                f"{each.month:%b %Y}",
                tuple(
                    HeatCell(formatting.percent(share), level_of(share, most))
                    if (share := each.shares.get(age)) is not None
                    else HeatCell("", 0)
                    for age in ages
                ),
                formatting.count(each.customers),
            )
            for each in cohorts
        ),
    )


def stock_heat(found: Patterns) -> Heat:
    """Units that can be sold, by category and location."""
    stock = found.stock
    categories = sorted({category or "" for category, _ in stock})
    locations = sorted({location or "" for _, location in stock})
    units: Mapping[tuple[str, str], int] = {
        (category or "", location or ""): cell.available
        for (category, location), cell in stock.items()
    }
    most = Decimal(max(units.values(), default=0))
    return Heat(
        tuple(location or "(none)" for location in locations),
        tuple(
            HeatRow(
                category or "(none)",
                tuple(
                    HeatCell(
                        formatting.count(units.get((category, location))),
                        level_of(Decimal(units.get((category, location), 0)), most),
                    )
                    for location in locations
                ),
                formatting.count(sum(units.get((category, location), 0) for location in locations)),
            )
            for category in categories
        ),
    )


def _stands(found: Patterns, blocked: Mapping[str, Block]) -> _Standing:
    """A source is as old as in the mart that knows least of it."""
    as_of: dict[str, datetime] = {}
    for each in found.publications.values():
        for source, at in each.as_of.items():
            as_of[source] = min(at, as_of.get(source, at))
    builds = {mart: each.build for mart, each in found.publications.items()}
    one = next(iter(found.publications.values()))
    return _Standing(one.shop_id, one.timezone, builds, as_of, blocked)
