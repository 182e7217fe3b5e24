"""Revenue and its companions, day by day and summed, from the published components."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.metrics.publication import Published, Windows, load_published
from hotdash.insights.metrics.registry import Registry, registry
from hotdash.insights.statements import statement


@dataclass(frozen=True, slots=True)
class Figures:
    """Additive figures of a day or of several; averages are made from sums, never averaged."""

    revenue: Decimal
    orders: int
    units: int
    refunds: Decimal


@dataclass(frozen=True, slots=True)
class RevenueDay:
    """A day of the window beside the day it is compared with; None where nothing is known."""

    day: date
    figures: Figures | None
    base_day: date | None
    base: Figures | None

    @property
    def revenue(self) -> Decimal | None:
        return self.figures.revenue if self.figures else None

    @property
    def base_revenue(self) -> Decimal | None:
        return self.base.revenue if self.base else None


NOTHING = Figures(Decimal(0), 0, 0, Decimal(0))


def load_revenue_days(
    session: Session, shop_id: str, period: Period, now: datetime
) -> list[RevenueDay]:
    published = load_published(session, shop_id)
    windows = published.windows(period, now)
    return days_beside(load_figures(session, published, windows), windows)


def load_figures(session: Session, published: Published, windows: Windows) -> dict[date, Figures]:
    """By day: a complete day without orders is a true zero, any other missing day is missing."""
    found = session.execute(
        statement(__file__, "daily.sql"),
        {**windows.as_parameters(), **switch_defaults(), "shop_id": published.shop_id},
    )
    figures, seen = dict[date, Figures](), set[date]()
    for row in found.mappings():
        seen.add(row["day"])
        computed = figures_of(dict(row.items()), registry())
        if computed is not None:
            figures[row["day"]] = computed
    spans = [windows.current, *([windows.base] if windows.base else [])]
    for day in (day for span in spans for day in span.days()):
        if day not in seen and published.covers(day):
            figures[day] = NOTHING
    return figures


def switch_defaults() -> dict[str, str]:
    """What a shop that decided nothing has decided, as policies are written."""
    defaults = registry().get("revenue").defaults
    return {name: "true" if is_on else "false" for name, is_on in defaults.items()}


def figures_of(components: Mapping[Any, Any], metrics: Registry) -> Figures | None:
    """None when a component is missing: half a figure is no figure."""
    names = ("revenue", "orders", "units", "refunds")
    revenue, orders, units, refunds = (metrics.get(name).evaluate(components) for name in names)
    if revenue is None or orders is None or units is None or refunds is None:
        return None
    return Figures(revenue, int(orders), int(units), refunds)


def days_beside(figures: Mapping[date, Figures], windows: Windows) -> list[RevenueDay]:
    return [
        RevenueDay(
            day,
            figures.get(day),
            base_day,
            figures.get(base_day) if base_day else None,
        )
        for day, base_day in _pairs(windows.current, windows.base)
    ]


def _pairs(current: Window, base: Window | None) -> Iterable[tuple[date, date | None]]:
    for offset, day in enumerate(current.days()):
        other = base.first + timedelta(days=offset) if base else None
        yield day, other if base and other and other in base else None


def total(figures: Mapping[date, Figures], window: Window) -> Figures | None:
    """None when nothing is known about any of these days."""
    known = [figures[day] for day in window.days() if day in figures]
    if not known:
        return None
    return Figures(
        revenue=sum((each.revenue for each in known), Decimal(0)),
        orders=sum(each.orders for each in known),
        units=sum(each.units for each in known),
        refunds=sum((each.refunds for each in known), Decimal(0)),
    )
