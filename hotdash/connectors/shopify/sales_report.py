"""Shopify's own sales report by shop-local day, asked in ShopifyQL: what our figures are held against."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hotdash.base.clock import days_between, local_day
from hotdash.connectors.contract import Drift, DriftKind, Event, Rows, SliceDays, Unreadable
from hotdash.connectors.records import UnfitValueError, amount, iso_day, json_text, whole
from hotdash.connectors.shopify.arrow import rows_of
from hotdash.connectors.shopify.queries import query
from hotdash.connectors.shopify.reading import Reading
from hotdash.connectors.shopify.tables import SALES_REPORT_DAYS

SCOPE = "read_reports"
_DAYS_PER_QUERY = 366
_ALWAYS_AGAIN = 3
# Our column, and what ShopifyQL calls it.
_MEASURES: Mapping[str, str] = {
    "orders": "orders",
    "gross_sales": "gross_sales",
    "discounts": "discounts",
    "returns": "returns",
    "net_sales": "net_sales",
    "shipping": "shipping_charges",
    "taxes": "taxes",
    "total_sales": "total_sales",
}


def sales_report(reading: Reading, first: date | None) -> Iterator[Event]:
    """The days since the first order, the last read or the oldest day that was refused since.

    Late refunds are dated where they fall.
    """
    if first is None:
        return
    last = local_day(reading.reached, reading.timezone) - timedelta(days=1)
    first = min(first, last - timedelta(days=_ALWAYS_AGAIN - 1))
    days = sorted({*days_between(first, last), *(d for d in reading.touched_days if d <= last)})
    if SCOPE not in reading.scopes:
        reading.unreported_days.update(days)
        return
    with reading.progress.task("Sales report", total=len(days)) as task:
        for some in _spans(days):
            yield from _told(reading, some)
            task.advance(len(some))


def _spans(days: Sequence[date]) -> Iterator[list[date]]:
    """Days in a row, as many as one question may span."""
    span: list[date] = []
    for day in days:
        if span and (day - span[-1] != timedelta(days=1) or len(span) == _DAYS_PER_QUERY):
            yield span
            span = []
        span.append(day)
    if span:
        yield span


def _told(reading: Reading, days: Sequence[date]) -> Iterator[Event]:
    fetched_at = reading.clock.now()
    asked = (
        f"FROM sales SHOW {', '.join(_MEASURES.values())} TIMESERIES day "
        f"SINCE {days[0]} UNTIL {days[-1]} ORDER BY day"
    )
    answer = reading.client.ask(query("SalesReport"), query=asked)["shopifyqlQuery"]
    if answer is None or answer["parseErrors"] or answer["tableData"] is None:
        errors: list[str] = answer["parseErrors"] if answer else []
        said = "; ".join(errors) or "no table"
        yield Drift(SALES_REPORT_DAYS, DriftKind.DROPPED, "shopifyqlQuery", said, fetched_at)
        reading.unreported_days.update(days)
        return
    rows: list[dict[str, Any]] = []
    for record in answer["tableData"]["rows"]:
        try:
            rows.append(_row(record))
        except (UnfitValueError, LookupError, TypeError) as error:
            yield Unreadable(SALES_REPORT_DAYS, str(error), json_text(record), fetched_at)
    columns = {name: [row[name] for row in rows] for name in SALES_REPORT_DAYS.schema.names}
    yield Rows(SALES_REPORT_DAYS, rows_of(SALES_REPORT_DAYS.schema, columns), fetched_at)
    yield SliceDays(SALES_REPORT_DAYS, days, fetched_at)


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    money = {name: _money(record[told]) for name, told in _MEASURES.items() if name != "orders"}
    return {"day": iso_day(record["day"][:10]), "orders": whole(record["orders"]), **money}


def _money(value: Any) -> Decimal:
    """A day without sales may be told as empty."""
    return amount("0" if value is None else value)
