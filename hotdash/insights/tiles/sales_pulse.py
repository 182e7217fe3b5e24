"""Sales Pulse: revenue and its change, with orders, order values and refunds beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hotdash.base.money import Money
from hotdash.insights.metrics.daily import (
    Figures,
    Medians,
    days_beside,
    load_figures,
    load_medians,
    total,
)
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.period import Compare, Period, Window
from hotdash.insights.metrics.publication import Published, Windows, load_published
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.contract import (
    ContextItem,
    Delta,
    Direction,
    Fact,
    SeriesPoint,
    Tile,
    TileState,
    Verdict,
)
from hotdash.insights.tiles.situation import PublicationNews, load_news
from hotdash.insights.tiles.state import Pin, Situation, SourceMark, judge

TILE = "sales-pulse"
MART = "fct_revenue"
SOURCES = {"shopify": "Shopify orders"}
FRESH_WITHIN = timedelta(hours=1)
_RATIO = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class SalesFacts:
    """Everything the tile is computed from, read in one snapshot."""

    now: datetime
    period: Period
    windows: Windows
    published: Published
    news: PublicationNews
    figures: Mapping[date, Figures]
    medians: Medians
    fresh_within: timedelta = FRESH_WITHIN


def load_sales_pulse(
    session: Session,
    shop_id: str,
    period: Period,
    now: datetime,
    *,
    fresh_within: timedelta = FRESH_WITHIN,
) -> Tile:
    published = load_published(session, shop_id)
    windows = published.windows(period, now)
    return sales_pulse(
        SalesFacts(
            now=now,
            period=period,
            windows=windows,
            published=published,
            news=load_news(session, shop_id, MART),
            figures=load_figures(session, published, windows, now),
            medians=load_medians(session, published, windows, now),
            fresh_within=fresh_within,
        )
    )


def sales_pulse(facts: SalesFacts) -> Tile:
    metric = registry().get("revenue")
    published = facts.published
    current = total(facts.figures, facts.windows.current)
    base = _base(facts)
    against = _against(facts)
    delta = _delta(
        metric,
        current.revenue if current else None,
        base.revenue if base else None,
        against,
        published.currency,
    )
    is_nothing = current is None or (not current.orders and not current.revenue and not delta)
    value = None if is_nothing or current is None else _money(current.revenue, published.currency)
    judgement = judge(_situation(facts, metric, value, delta))
    return Tile(
        tile=TILE,
        title="Sales Pulse",
        state=judgement.state,
        metric=metric.name,
        metric_title=metric.title,
        metric_version=metric.version,
        value=value,
        unit=published.currency,
        direction=Direction(metric.direction),
        next_action=judgement.next_action,
        delta=delta,
        series=_series(facts),
        context=_context(facts, current, base, against),
        facts=_facts(facts),
        as_of=published.as_of,
        build=published.build,
        provisional=judgement.state in (TileState.REPROCESSING, TileState.DEGRADED),
        reasons=[*judgement.reasons, *_silences(facts, base)],
        window=facts.windows.current,
        base_window=facts.windows.base,
        timezone=published.timezone,
    )


def _situation(
    facts: SalesFacts, metric: Metric, value: Decimal | None, delta: Delta | None
) -> Situation:
    published = facts.published
    held = published.held
    return Situation(
        now=facts.now,
        timezone=published.timezone,
        metric_title=metric.title,
        direction=Direction(metric.direction),
        threshold=metric.thresholds.change,
        is_published=published.build is not None,
        sources=[
            SourceMark(title, published.as_of.get(source), facts.fresh_within)
            for source, title in SOURCES.items()
        ],
        missing=_missing(facts) if value is None else None,
        last_trusted=_last_trusted(facts, value),
        delta=delta,
        blocked=facts.news.blocked,
        reprocessing=facts.news.reprocessing(is_published=published.build is not None),
        pin=Pin(held.by, held.at, held.reason) if held else None,
    )


def _base(facts: SalesFacts) -> Figures | None:
    """A base that begins before the shop's first known day would make every shop grow."""
    window, first_day = facts.windows.base, facts.published.first_day
    if window is None or first_day is None or window.first < first_day:
        return None
    return total(facts.figures, window)


def _against(facts: SalesFacts) -> str:
    if facts.period.compare is Compare.YEAR:
        return "same days last year"
    return f"previous {facts.windows.current.length} days"


def _delta(
    metric: Metric, value: Decimal | None, base: Decimal | None, against: str, unit: str
) -> Delta | None:
    """None without a base, and for a base of zero or less: a share of it would say nothing."""
    if value is None or base is None or base <= 0:
        return None
    change = value - base
    ratio = (change / base).quantize(_RATIO, rounding=ROUND_HALF_UP)
    better = change > 0 if metric.direction == "up" else change < 0
    verdict = Verdict.SAME if not change else Verdict.BETTER if better else Verdict.WORSE
    if metric.unit != "money":
        return Delta(change, ratio, base, verdict, against)
    return Delta(_money(change, unit), ratio, _money(base, unit), verdict, against)


def _money(amount: Decimal, currency: str) -> Decimal:
    return Money(amount, currency).rounded().amount


def _series(facts: SalesFacts) -> list[SeriesPoint]:
    currency = facts.published.currency
    return [
        SeriesPoint(
            day.day,
            None if day.revenue is None else _money(day.revenue, currency),
            day.base_day,
            None if day.base_revenue is None else _money(day.base_revenue, currency),
        )
        for day in days_beside(facts.figures, facts.windows)
    ]


def _context(
    facts: SalesFacts, current: Figures | None, base: Figures | None, against: str
) -> list[ContextItem]:
    currency = facts.published.currency
    values: dict[str, tuple[Decimal | None, Decimal | None]] = {
        "orders": (_orders(current), _orders(base)),
        "aov": (_aov(current), _aov(base)),
        "median_order_value": (facts.medians.current, facts.medians.base if base else None),
        "refunds": (current.refunds if current else None, base.refunds if base else None),
    }
    return [
        _item(registry().get(name), value, base_value, against, currency)
        for name, (value, base_value) in values.items()
    ]


def _item(
    metric: Metric, value: Decimal | None, base: Decimal | None, against: str, currency: str
) -> ContextItem:
    is_money = metric.unit == "money"
    shown = _money(value, currency) if value is not None and is_money else value
    return ContextItem(
        metric.name,
        metric.title,
        shown,
        currency if is_money else metric.unit,
        _delta(metric, value, base, against, currency),
    )


def _orders(figures: Figures | None) -> Decimal | None:
    return None if figures is None else Decimal(figures.orders)


def _aov(figures: Figures | None) -> Decimal | None:
    if figures is None:
        return None
    sums = {"revenue": figures.revenue, "orders": figures.orders}
    return registry().get("aov").evaluate(sums)


def _facts(facts: SalesFacts) -> list[Fact]:
    window, published = facts.windows.current, facts.published
    told = [
        Fact(
            "period",
            f"{_day(window.first)} to {_day(window.last)}, {published.timezone} days, today excluded",
        )
    ]
    known: Sequence[tuple[date, Figures]] = [
        (day, facts.figures[day]) for day in window.days() if day in facts.figures
    ]
    if any(figures.orders for _, figures in known):
        best, figures = max(known, key=lambda each: (each[1].revenue, each[0]))
        amount = _money(figures.revenue, published.currency)
        told.append(Fact("best_day", f"Best day: {_day(best)} with {amount} {published.currency}"))
    return told


def _missing(facts: SalesFacts) -> str:
    if facts.published.first_day is None:
        return "The shop has no order that counts yet."
    return f"No order counted between {_span(facts.windows.current)}."


def _last_trusted(facts: SalesFacts, value: Decimal | None) -> str | None:
    if value is None or not facts.published.as_of:
        return None
    window, zone = facts.windows.current, ZoneInfo(facts.published.timezone)
    at = min(facts.published.as_of.values()).astimezone(zone)
    return (
        f"Last trusted: {value} {facts.published.currency} for the {window.length} days to "
        f"{_day(window.last)}, from data as of {at.day} {at:%b %Y %H:%M}."
    )


def _silences(facts: SalesFacts, base: Figures | None) -> list[str]:
    """Why there is no comparison, where one was asked for."""
    first_day, window = facts.published.first_day, facts.windows.base
    if window is None or base is not None or first_day is None:
        return []
    return [f"No comparison: the first known day is {_day(first_day)}."]


def _span(window: Window) -> str:
    return f"{_day(window.first)} and {_day(window.last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
