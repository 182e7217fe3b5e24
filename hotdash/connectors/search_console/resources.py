"""One function per table; both tables of a day are read before the day is told as complete."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hotdash.base.clock import days_between
from hotdash.base.progress import Task
from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.contract import Event, SliceDays, Unreadable
from hotdash.connectors.google_calls import Answer
from hotdash.connectors.records import (
    RecordReader,
    RecordTable,
    UnfitValueError,
    iso_day,
    json_text,
    whole,
)
from hotdash.connectors.search_console.client import (
    BY_PAGE,
    BY_PROPERTY,
    Found,
    SearchConsoleClient,
)
from hotdash.connectors.search_console.tables import DAYS, QUERIES, SITES

TIMEZONE = "America/Los_Angeles"
_READINGS = 3
_RECORD_TABLES = (QUERIES, DAYS, SITES)


@dataclass
class Reading:
    """What the tables of one read share, and what changed in their shape so far."""

    client: SearchConsoleClient
    started: datetime
    readers: Mapping[str, RecordReader] = field(
        default_factory=lambda: {table.raw.name: RecordReader(table) for table in _RECORD_TABLES}
    )

    def read(self, table: RecordTable, records: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
        return self.readers[table.raw.name].read(records, self.started)


def site_row(reading: Reading, site: Answer) -> Iterator[Event]:
    return reading.read(SITES, [{**site, "timezone": TIMEZONE}])


def searches(reading: Reading, first: date, last: date, task: Task) -> Iterator[Event]:
    """Queries and the days' totals: the totals are higher, because rare queries are never named."""
    queries, by_page = _agreeing(reading.client, first, last)
    by_property = reading.client.totals(first, last, BY_PROPERTY)
    task.advance(len(queries.records))
    days = list(days_between(first, last))
    yield from _rows(reading, QUERIES, queries.records, days)
    yield from _rows(reading, DAYS, [*by_property.records, *by_page.records], days)
    for table in (QUERIES, DAYS):
        yield SliceDays(table.raw, days, reading.started)


def _agreeing(client: SearchConsoleClient, first: date, last: date) -> tuple[Found, Found]:
    """Google's own count of a day's clicks holds all those of its named queries."""
    excess = ""
    for reading in range(_READINGS):
        if reading:
            client.again(reading)
        queries, by_page = client.queries(first, last), client.totals(first, last, BY_PAGE)
        excess = _excess(queries, by_page)
        if not excess:
            return queries, by_page
    raise VendorAnswerError(
        f"Search Console's numbers of {client.shop_id} do not add up: {excess}.",
        hint="Nothing of it was kept. Run again; if it stays, report this message.",
    )


def _excess(queries: Found, totals: Found) -> str:
    named, counted = _clicks_by_day(queries), _clicks_by_day(totals)
    over = [
        f"on {day} the queries have {clicks} clicks and the day {counted.get(day, 0)}"
        for day, clicks in sorted(named.items())
        if clicks > counted.get(day, 0)
    ]
    return over[0] if over else ""


def _clicks_by_day(found: Found) -> dict[str, int]:
    """Of what can be read; the rest is quarantined and seen there."""
    clicks: dict[str, int] = {}
    for record in found.records:
        try:
            day = str(iso_day(record.get("date")))
            clicks[day] = clicks.get(day, 0) + whole(record.get("clicks"))
        except UnfitValueError:
            continue
    return clicks


def _rows(
    reading: Reading, table: RecordTable, records: Sequence[Mapping[str, Any]], days: Sequence[date]
) -> Iterator[Event]:
    asked = {str(day) for day in days}
    within = [record for record in records if _is_within(record, asked)]
    yield from reading.read(table, within)
    for record in records:
        if not _is_within(record, asked):
            reason = f"date: {record['date']!r} is outside of the days asked for"
            yield Unreadable(table.raw, reason, json_text(record), reading.started)


def _is_within(record: Mapping[str, Any], asked: set[str]) -> bool:
    """What is no day at all is left to the strict reading, which says why."""
    try:
        return str(iso_day(record.get("date"))) in asked
    except UnfitValueError:
        return True
