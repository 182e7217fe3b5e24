"""One function per report: its rows, and a word per day about how exact they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hotdash.base.clock import days_between, local_day
from hotdash.base.progress import Task
from hotdash.connectors.contract import Event, SliceDays, Unreadable
from hotdash.connectors.ga4.client import Definition, Ga4Client, Report
from hotdash.connectors.ga4.reports import Quota, ReportMeta
from hotdash.connectors.ga4.tables import (
    PRODUCT_VIEWS,
    PROPERTIES,
    QUOTA,
    RECORD_TABLES,
    REPORT_DAYS,
    TRAFFIC,
)
from hotdash.connectors.records import (
    RecordReader,
    RecordTable,
    UnfitValueError,
    iso_day,
    json_text,
)

# Google processes a day until about two days after its end.
MAY_CHANGE = timedelta(hours=48)

TRAFFIC_REPORT = Definition(
    "traffic",
    (
        "date",
        "landingPage",
        "sessionSource",
        "sessionMedium",
        "sessionCampaignName",
        "sessionDefaultChannelGroup",
    ),
    (
        "sessions",
        "engagedSessions",
        "bounceRate",
        "activeUsers",
        "keyEvents",
        "ecommercePurchases",
        "purchaseRevenue",
    ),
)
PRODUCT_VIEWS_REPORT = Definition(
    "product_views",
    ("date", "pagePath"),
    ("screenPageViews", "activeUsers"),
    contains=("pagePath", "/products/"),
)


@dataclass
class Reading:
    """What the reports of one read share: whose days they are, and what changed in their shape so far."""

    client: Ga4Client
    profile: ReportMeta
    started: datetime
    readers: Mapping[str, RecordReader] = field(
        default_factory=lambda: {table.raw.name: RecordReader(table) for table in RECORD_TABLES}
    )

    def read(self, table: RecordTable, records: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
        return self.readers[table.raw.name].read(records, self.started)

    def may_change(self, day: date) -> bool:
        return day >= local_day(self.started - MAY_CHANGE, self.profile.timezone)


def property_row(reading: Reading) -> Iterator[Event]:
    record = {
        "property_id": reading.client.property_id,
        "timezone": reading.profile.timezone,
        "currency": reading.profile.currency,
    }
    return reading.read(PROPERTIES, [record])


def quota_row(reading: Reading, quota: Quota) -> Iterator[Event]:
    record = {
        "property_id": reading.client.property_id,
        "told_at": reading.started,
        "day_tokens_left": quota.per_day.remaining,
        "hour_tokens_left": quota.per_hour.remaining,
        "project_hour_tokens_left": quota.per_project_hour.remaining,
        "last_cost": quota.cost,
        "concurrent_left": quota.concurrent_left,
        "server_errors_left": quota.server_errors_left,
        "thresholded_left": quota.thresholded_left,
    }
    return reading.read(QUOTA, [record])


def traffic(reading: Reading, first: date, last: date, task: Task) -> Iterator[Event]:
    return _days(reading, TRAFFIC, TRAFFIC_REPORT, first, last, task)


def product_views(reading: Reading, first: date, last: date, task: Task) -> Iterator[Event]:
    return _days(reading, PRODUCT_VIEWS, PRODUCT_VIEWS_REPORT, first, last, task)


def report_days_told(reading: Reading, first: date, last: date) -> SliceDays:
    """Only when every report of these days was read, so that half a day never counts."""
    return SliceDays(REPORT_DAYS.raw, list(days_between(first, last)), reading.started)


def _days(
    reading: Reading,
    table: RecordTable,
    definition: Definition,
    first: date,
    last: date,
    task: Task,
) -> Iterator[Event]:
    report = reading.client.report(definition, first, last, task.advance)
    days = list(days_between(first, last))
    within, astray = _by_day(report, days)
    yield from reading.read(table, within)
    for record in astray:
        reason = f"date: {record['date']!r} is outside of the days asked for"
        yield Unreadable(table.raw, reason, json_text(record), reading.started)
    yield from reading.read(REPORT_DAYS, _report_days(reading, definition.name, report, days))
    yield SliceDays(table.raw, days, reading.started)


def _by_day(report: Report, days: Sequence[date]) -> tuple[list[Any], list[Any]]:
    """A row of a day that nobody asked for would count on a day that was never read whole."""
    asked = {f"{day:%Y%m%d}" for day in days}
    within: list[Any] = []
    astray: list[Any] = []
    for record in report.records:
        is_astray = _is_day(record.get("date")) and record["date"] not in asked
        (astray if is_astray else within).append(record)
    return within, astray


def _is_day(told: Any) -> bool:
    try:
        iso_day(told)
    except UnfitValueError:
        return False
    return True


def _report_days(
    reading: Reading, name: str, report: Report, days: Sequence[date]
) -> list[dict[str, Any]]:
    counts: dict[Any, int] = {}
    for record in report.records:
        counts[record.get("date")] = counts.get(record.get("date"), 0) + 1
    meta = report.meta
    return [
        {
            "day": day,
            "report": name,
            "rows": counts.get(f"{day:%Y%m%d}", 0),
            "property_id": reading.client.property_id,
            "timezone": meta.timezone or reading.profile.timezone,
            "currency": meta.currency or reading.profile.currency,
            "is_thresholded": meta.is_thresholded,
            "has_other_row": meta.has_other_row,
            "samples_read": meta.samples_read,
            "sampling_space": meta.sampling_space,
            "may_change": reading.may_change(day),
        }
        for day in days
    ]
