"""The patterns of one shop, read from what is published in one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.metrics.publication import Published, load_publications
from hotdash.insights.statements import statement

ORDERS, COHORTS, STOCK = "fct_orders", "fct_cohorts", "fct_stock_levels"
OLDEST_AGE = 11
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Hours:
    """Counted orders by weekday (1 is Monday) and hour of the shop's clock; what is not there is nought."""

    window: Window
    orders: Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Cohort:
    """By age in months the share of its customers who ordered; a month nobody has lived through is not there."""

    month: date
    customers: int
    shares: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class StockCell:
    available: int
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Patterns:
    publications: Mapping[str, Published]
    hours: Hours | None
    cohorts: tuple[Cohort, ...]
    stock: Mapping[tuple[str | None, str | None], StockCell]


def load_patterns(session: Session, shop_id: str, period: Period, now: datetime) -> Patterns:
    found = load_publications(session, [shop_id], [ORDERS, COHORTS, STOCK])
    published = {mart: each for (_, mart), each in found.items()}
    return Patterns(
        published,
        _hours(session, published[ORDERS], period, now),
        _cohorts(session, published[COHORTS]),
        _stock(session, published[STOCK]),
    )


def _asked(published: Published) -> dict[str, object]:
    return {"shop_id": published.shop_id, "parts": list(published.parts.values())}


def _hours(session: Session, published: Published, period: Period, now: datetime) -> Hours | None:
    if not published.parts:
        return None
    window = published.windows(period, now).current
    days = {"first": window.first, "last": window.last, "timezone": published.timezone}
    rows = session.execute(statement(__file__, "hours.sql"), _asked(published) | days)
    return Hours(window, {(row.weekday, row.hour): row.orders for row in rows})


def _cohorts(session: Session, published: Published) -> tuple[Cohort, ...]:
    last = published.last_complete
    if not published.parts or last is None:
        return ()
    months = last.year * 12 + last.month - _MONTHS
    asked = {"first": date(months // 12, months % 12 + 1, 1), "oldest": OLDEST_AGE}
    rows = session.execute(statement(__file__, "cohorts.sql"), _asked(published) | asked)
    customers: dict[date, int] = {}
    shares: dict[date, dict[int, Decimal]] = {}
    for row in rows:
        customers[row.day] = row.customers
        if row.customers:
            share = Decimal(row.ordering_customers) / row.customers
            shares.setdefault(row.day, {})[row.age_months] = share
    return tuple(
        Cohort(month, count, shares.get(month, {})) for month, count in sorted(customers.items())
    )


def _stock(
    session: Session, published: Published
) -> dict[tuple[str | None, str | None], StockCell]:
    if not published.parts:
        return {}
    rows = session.execute(statement(__file__, "stock.sql"), _asked(published))
    return {
        (row.category, row.location): StockCell(int(row.available or 0), row.value) for row in rows
    }
