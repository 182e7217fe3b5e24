"""Revenue and its companions, day by day and summed, from the published components."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.metrics.publication import Published, Windows, load_published
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MetricName, Question


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


@dataclass(frozen=True, slots=True)
class Medians:
    current: Decimal | None
    base: Decimal | None


_FIGURES = ("revenue", "orders", "units", "refunds")
_MEDIAN = "median_order_value"


def load_revenue_days(
    session: Session, shop_id: str, period: Period, now: datetime
) -> list[RevenueDay]:
    published = load_published(session, shop_id)
    windows = published.windows(period, now)
    return days_beside(load_figures(session, published, windows, now), windows)


def load_figures(
    session: Session, published: Published, windows: Windows, now: datetime
) -> dict[date, Figures]:
    """By day: a complete day without orders is a true zero, any other missing day is missing."""
    answer = query(session, _asked(published, _FIGURES, by=("day",)), now, windows=windows)
    figures: dict[date, Figures] = {}
    for row in answer.rows:
        cells = [row.cells[name] for name in _FIGURES]
        base_day = row.base_days.first if row.base_days else None
        _add(figures, row.days.first, [cell.value for cell in cells])
        if base_day is not None:
            _add(figures, base_day, [cell.base for cell in cells])
    return figures


def load_medians(
    session: Session, published: Published, windows: Windows, now: datetime
) -> Medians:
    answer = query(session, _asked(published, (_MEDIAN,)), now, windows=windows)
    cell = answer.only(_MEDIAN)
    return Medians(cell.value, cell.base)


def _asked(published: Published, metrics: Sequence[str], by: tuple[str, ...] = ()) -> Question:
    return Question((published.shop_id,), tuple(map(MetricName, metrics)), by)


def _add(figures: dict[date, Figures], day: date, values: Sequence[Decimal | None]) -> None:
    """Half a figure is no figure."""
    revenue, orders, units, refunds = values
    if revenue is None or orders is None or units is None or refunds is None:
        return
    figures[day] = Figures(revenue, int(orders), int(units), refunds)


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
