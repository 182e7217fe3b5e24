"""Shopify's own sales report by day, for queries of the form FROM sales SHOW … TIMESERIES day SINCE … UNTIL …."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hotdash.base.clock import days_between, local_day
from hotdash.simulators.order_parts import tax_on
from hotdash.simulators.orders import Line, Order, Shop, epoch, instant
from hotdash.simulators.world import ShopWorld

_QUERY = re.compile(
    r"\s*FROM\s+sales\s+SHOW\s+(?P<shown>[\w\s,]+?)\s+TIMESERIES\s+day"
    r"\s+SINCE\s+(?P<first>\d{4}-\d{2}-\d{2})\s+UNTIL\s+(?P<last>\d{4}-\d{2}-\d{2})"
    r"(\s+ORDER\s+BY\s+day)?\s*",
    re.IGNORECASE,
)
_LATEST_REFUND = 60 * 86_400
_MARGIN = 5 * 86_400
_MEASURES = (
    "gross_sales",
    "discounts",
    "returns",
    "net_sales",
    "shipping_charges",
    "taxes",
    "total_sales",
)
_SHOWN = ("orders", *_MEASURES)
_TITLES = {"day": "Day", "orders": "Orders"}


class Column(NamedTuple):
    name: str
    kind: str
    title: str


class ReportTable(NamedTuple):
    columns: list[Column]
    rows: list[dict[str, str]]


class Report(NamedTuple):
    errors: list[str]
    table: ReportTable | None


@dataclass
class _Day:
    orders: int = 0
    minor: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_MEASURES, 0))

    def add(self, measure: str, minor: int) -> None:
        self.minor[measure] += minor

    def totals(self) -> Mapping[str, int]:
        net = self.minor["gross_sales"] + self.minor["discounts"] + self.minor["returns"]
        total = net + self.minor["shipping_charges"] + self.minor["taxes"]
        return {**self.minor, "net_sales": net, "total_sales": total}


def report(query: str, world: ShopWorld, now: int) -> Report:
    asked = _QUERY.fullmatch(query)
    if asked is None:
        return Report([f"Parse error near {query[:20]!r}."], None)
    shown = [name.strip() for name in asked["shown"].split(",")]
    unknown = [name for name in shown if name not in _SHOWN]
    if unknown:
        return Report([f"Column {unknown[0]} not found."], None)
    days = list(days_between(*(date.fromisoformat(asked[end]) for end in ("first", "last"))))
    counted = _counted(world, days, now)
    rows = [
        {"day": str(day), **{name: _written(world.shop, counted[day], name) for name in shown}}
        for day in days
    ]
    return Report([], ReportTable([_column(name) for name in ("day", *shown)], rows))


def _column(name: str) -> Column:
    kind = {"day": "DAY_TIMESTAMP", "orders": "INTEGER"}.get(name, "MONEY")
    return Column(name, kind, _TITLES.get(name, name.replace("_", " ").capitalize()))


def _written(shop: Shop, day: _Day, name: str) -> str:
    return str(day.orders) if name == "orders" else str(shop.money(day.totals()[name]))


def _counted(world: ShopWorld, days: list[date], now: int) -> dict[date, _Day]:
    counted = {day: _Day() for day in days}
    zone = ZoneInfo(world.shop.timezone)
    first = epoch(datetime(days[0].year, days[0].month, days[0].day, tzinfo=zone))
    after = days[-1] + timedelta(days=1)
    last = epoch(datetime(after.year, after.month, after.day, tzinfo=zone))
    placed = world.placed_between(first - _LATEST_REFUND, min(last + _MARGIN, now), now)
    for order in placed:
        if not order.is_test:
            _add(order, counted)
    return counted


def _add(order: Order, counted: Mapping[date, _Day]) -> None:
    day = counted.get(local_day(instant(order.processed_at), order.shop.timezone))
    if day is not None:
        day.orders += 1
        for measure, minor in _sold(order):
            day.add(measure, minor)
    for refund in order.refunds:
        back = counted.get(local_day(instant(refund.processed_at), order.shop.timezone))
        if back is not None:
            for measure, minor in _given_back(order, refund):
                back.add(measure, minor)


def _sold(order: Order) -> Iterator[tuple[str, int]]:
    """Before tax, also where prices contain it; gift cards are no sale yet."""
    shop = order.shop
    for line in order.lines:
        if line.is_gift_card:
            continue
        gross = _without_tax(shop, line, line.original_total)
        net = line.original_total - line.discount_total
        net -= line.tax_total if shop.taxes_included else 0
        yield "gross_sales", gross
        yield "discounts", net - gross
        yield "taxes", line.tax_total
    for each in order.shipping_lines:
        if not each.is_removed:
            tax = each.tax_total if shop.taxes_included else 0
            yield "shipping_charges", each.discounted_amount - tax
            yield "taxes", each.tax_total


def _without_tax(shop: Shop, line: Line, minor: int) -> int:
    return minor - tax_on(shop, minor, line.tax_rate) if shop.taxes_included else minor


def _given_back(order: Order, refund: Any) -> Iterator[tuple[str, int]]:
    included = order.shop.taxes_included
    cards = {line.line_id for line in order.lines if line.is_gift_card}
    for line in refund.lines:
        if line.line_id not in cards:
            yield "returns", -(line.subtotal - (line.total_tax if included else 0))
            yield "taxes", -line.total_tax
    for each in refund.shipping_lines:
        yield "shipping_charges", -(each.subtotal - (each.tax_amount if included else 0))
        yield "taxes", -each.tax_amount
    for adjustment in refund.adjustments:
        yield "returns", adjustment.amount
        yield "taxes", adjustment.tax_amount
