"""The customers of a shop as a list: by pseudonym, what they bought, when last, and what brought them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from sqlalchemy.orm import Session

from hotdash.base.cursors import CursorError
from hotdash.insights.metrics.publication import Published, load_publications
from hotdash.insights.statements import statement

CUSTOMERS, ORDERS, CREDITS = "dim_customers", "fct_orders", "fct_attributed_orders"
PAGE_SIZE = 50
MOST_ORDERS = 200
_LONGEST_CURSOR = 300


class Sort(StrEnum):
    """What comes first."""

    REVENUE = "revenue"
    LAST = "last"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class Customer:
    """Revenue after discounts and refunds, with shipping, without tax; the channel of the first order."""

    key: str
    orders: int
    revenue: Decimal
    first_day: date | None
    last_day: date | None
    segment: str | None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Without a build nothing is published."""

    customers: Sequence[Customer]
    next_cursor: str | None
    published: Published


@dataclass(frozen=True, slots=True)
class OrderLine:
    order_id: int
    day: date
    units: int
    revenue: Decimal
    is_counted: bool
    is_cancelled: bool


def list_customers(
    session: Session, shop_id: str, sort: Sort, cursor: str | None = None, most: int = PAGE_SIZE
) -> CustomerPage:
    """Paged by place: however far somebody turns, a page takes as long as the first."""
    place, key = _place_of(cursor)
    found = load_publications(session, [shop_id], [CUSTOMERS, ORDERS, CREDITS])
    published = {mart: each for (_, mart), each in found.items()}
    own = published[CUSTOMERS]
    if not own.parts:
        return CustomerPage((), None, own)
    asked = {
        **_of(own),
        "sort": sort.value,
        "after_place": place,
        "after_key": key,
        "most": most + 1,
    }
    rows = session.execute(statement(__file__, "customers.sql"), asked).all()
    shown = rows[:most]
    channels = _channels(session, published, {row.customer_key: row.acquired_day for row in shown})
    customers = [
        Customer(
            row.customer_key,
            row.counted_orders,
            row.revenue,
            row.first_order_day,
            row.last_order_day,
            row.segment,
            channels.get(row.customer_key),
        )
        for row in shown
    ]
    more = f"{shown[-1].place:f}|{shown[-1].customer_key}" if len(rows) > most else None
    return CustomerPage(customers, more, own)


def orders_of(session: Session, shop_id: str, customer: str) -> list[OrderLine]:
    found = load_publications(session, [shop_id], [ORDERS])
    asked = {**_of(found[shop_id, ORDERS]), "customer": customer, "most": MOST_ORDERS}
    return [
        OrderLine(
            row.order_id, row.day, row.units or 0, row.revenue, row.is_counted, row.is_cancelled
        )
        for row in session.execute(statement(__file__, "orders.sql"), asked)
    ]


def _channels(
    session: Session, published: Mapping[str, Published], acquired: Mapping[str, date | None]
) -> dict[str, str]:
    orders, credits = published[ORDERS], published[CREDITS]
    days = sorted({day for day in acquired.values() if day is not None})
    if not days or not orders.parts or not credits.parts:
        return {}
    asked = {
        "shop_id": orders.shop_id,
        "order_parts": list(orders.parts.values()),
        "credit_parts": list(credits.parts.values()),
        "days": days,
        "customers": list(acquired),
    }
    rows = session.execute(statement(__file__, "first_channels.sql"), asked)
    return {row.customer_key: row.channel for row in rows}


def _of(published: Published) -> dict[str, object]:
    return {"shop_id": published.shop_id, "parts": list(published.parts.values())}


def _place_of(cursor: str | None) -> tuple[Decimal | None, str]:
    if not cursor:
        return None, ""
    place, bar, key = cursor[:_LONGEST_CURSOR].partition("|")
    try:
        told = Decimal(place)
    except InvalidOperation:
        raise CursorError from None
    if not bar or not told.is_finite():
        raise CursorError
    return told, key
