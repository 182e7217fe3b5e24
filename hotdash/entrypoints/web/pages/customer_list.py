"""Who buys, as a table by pseudonym: names and addresses stay behind the page that shows one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.web import formatting
from hotdash.insights.people.customers import Customer, OrderLine, Sort, list_customers, orders_of
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/customers"
SORT_TITLES = {
    Sort.REVENUE: "Revenue",
    Sort.LAST: "Last order",
    Sort.ORDERS: "Orders",
}
_SHOWN_OF_KEY = 10


class SortError(HotdashError):
    code = "invalid_sort"


@dataclass(frozen=True, slots=True)
class CustomerRow:
    name: str
    url: str
    orders: str
    revenue: str
    first: str
    last: str
    channel: str
    segment: str


@dataclass(frozen=True, slots=True)
class SortView:
    title: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CustomerListView:
    rows: tuple[CustomerRow, ...]
    sorts: tuple[SortView, ...]
    sorted_by: str
    next_url: str | None
    first_url: str | None


@dataclass(frozen=True, slots=True)
class OrderRow:
    number: str
    url: str
    day: str
    units: str
    revenue: str
    note: str


def customer_list(
    session: Session, shop: VisitedShop, sort: str, cursor: str | None
) -> CustomerListView:
    chosen = _sort(sort)
    page = list_customers(session, shop.shop_id, chosen, cursor)
    return CustomerListView(
        rows=tuple(_row(each, shop) for each in page.customers),
        sorts=tuple(
            SortView(title, _url(shop, each), each is chosen) for each, title in SORT_TITLES.items()
        ),
        sorted_by=SORT_TITLES[chosen].lower(),
        next_url=_url(shop, chosen, page.next_cursor) if page.next_cursor else None,
        first_url=_url(shop, chosen) if cursor else None,
    )


def order_rows(session: Session, shop: VisitedShop, customer: str) -> Sequence[OrderRow]:
    return [_order(each, shop) for each in orders_of(session, shop.shop_id, customer)]


def _row(each: Customer, shop: VisitedShop) -> CustomerRow:
    asked = urlencode({"shop": shop.shop_id, "about": "customer", "number": each.key})
    return CustomerRow(
        name=each.key[:_SHOWN_OF_KEY],
        url=f"{PATH}?{asked}",
        orders=formatting.count(each.orders),
        revenue=formatting.money(each.revenue, shop.currency),
        first=_day(each.first_day),
        last=_day(each.last_day),
        channel=each.channel or formatting.MISSING,
        segment=(each.segment or formatting.MISSING).replace("_", " "),
    )


def _order(each: OrderLine, shop: VisitedShop) -> OrderRow:
    notes = ("cancelled" if each.is_cancelled else "", "" if each.is_counted else "not counted")
    return OrderRow(
        number=str(each.order_id),
        url=f"/attribution/orders/{each.order_id}?{urlencode({'shop': shop.shop_id})}",
        day=formatting.day_with_year(each.day),
        units=formatting.count(each.units),
        revenue=formatting.money(each.revenue, shop.currency),
        note=", ".join(filter(None, notes)),
    )


def _day(day: date | None) -> str:
    return formatting.day_with_year(day) if day else formatting.MISSING


def _sort(text: str) -> Sort:
    try:
        return Sort(text)
    except ValueError:
        raise SortError(
            f"Customers are not sorted by {text[:40]!r}.",
            hint=f"Use one of {', '.join(Sort)}.",
            field="sort",
        ) from None


def _url(shop: VisitedShop, sort: Sort, cursor: str | None = None) -> str:
    after = {"cursor": cursor} if cursor else {}
    return f"{PATH}?{urlencode({'shop': shop.shop_id, 'sort': sort.value} | after)}"
