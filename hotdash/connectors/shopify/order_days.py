"""Shopify's own count of orders for each closed shop-local day: what our own is held against."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hotdash.base.clock import days_between, local_day, parse_iso
from hotdash.connectors.contract import CountedDays, Event, Rows, SliceDays
from hotdash.connectors.shopify.arrow import rows_of
from hotdash.connectors.shopify.errors import ShopifyAnswerError
from hotdash.connectors.shopify.queries import Moment, order_counts, query
from hotdash.connectors.shopify.reading import Reading
from hotdash.connectors.shopify.tables import ORDER_DAYS, ORDERS

COUNTED = CountedDays(ORDERS, "processed_at", ORDER_DAYS, "orders")
_DAYS_PER_QUERY = 100
_ALWAYS_AGAIN = 3


def first_order_day(reading: Reading) -> date | None:
    nodes = reading.client.ask(query("FirstOrder"))["orders"]["nodes"]
    return local_day(parse_iso(nodes[0]["processedAt"]), reading.timezone) if nodes else None


def all_order_days(reading: Reading, first: date | None) -> Iterator[Event]:
    """Every day from the shop's first order to yesterday."""
    if first is not None:
        yield from counted(reading, list(days_between(first, _yesterday(reading))))


def order_days_since(reading: Reading, since: datetime) -> Iterator[Event]:
    """The days of the orders just read, those that closed since, and in any case the last ones."""
    last = _yesterday(reading)
    first = min(local_day(since, reading.timezone), last - timedelta(days=_ALWAYS_AGAIN - 1))
    recent = days_between(first, last)
    closed = {day for day in reading.touched_days if day <= last}
    yield from counted(reading, sorted(closed.union(recent)))


def counted(reading: Reading, days: Sequence[date]) -> Iterator[Event]:
    with reading.progress.task("Order counts", total=len(days)) as task:
        for start in range(0, len(days), _DAYS_PER_QUERY):
            some = days[start : start + _DAYS_PER_QUERY]
            fetched_at = reading.clock.now()
            counts = _counts(reading, some)
            kept = [(day, count) for day, count in zip(some, counts, strict=True) if count]
            columns = {"day": [day for day, _ in kept], "orders": [count for _, count in kept]}
            data = rows_of(ORDER_DAYS.schema, columns)
            yield Rows(ORDER_DAYS, data, fetched_at)
            yield SliceDays(ORDER_DAYS, some, fetched_at)
            task.advance(len(some))


def _counts(reading: Reading, days: Sequence[date]) -> list[int]:
    asked = order_counts([span_of(day, reading.timezone) for day in days])
    answer = reading.client.ask(asked)
    counts = [answer[f"c{place}"] for place in range(len(days))]
    if any(count is None or count["precision"] != "EXACT" for count in counts):
        raise ShopifyAnswerError(reading.client.shop, asked.name, "a count that is not exact")
    return [count["count"] for count in counts]


def span_of(day: date, timezone: str) -> Moment:
    return Moment(_midnight(day, timezone), _midnight(day + timedelta(days=1), timezone))


def _midnight(day: date, timezone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))


def _yesterday(reading: Reading) -> date:
    """Midnight may pass while we read: a day is closed only if it was before the first question."""
    return local_day(reading.reached, reading.timezone) - timedelta(days=1)
