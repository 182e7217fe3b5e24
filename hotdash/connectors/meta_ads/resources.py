"""What is read of an ad account, table by table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import pyarrow as pa

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.contract import (
    Deleted,
    Drift,
    DriftKind,
    Event,
    SliceDays,
)
from hotdash.connectors.meta_ads.client import Answer, MetaAdsClient
from hotdash.connectors.meta_ads.counts import differences
from hotdash.connectors.meta_ads.errors import GoneError
from hotdash.connectors.meta_ads.insights import Insights, Report
from hotdash.connectors.meta_ads.tables import (
    ACCOUNT_FIELDS,
    ACCOUNT_TIMEZONE,
    ACCOUNTS,
    ACTION_KEYS,
    CAMPAIGN_DAYS,
    CAMPAIGN_FIELDS,
    CAMPAIGNS,
    purchases,
)
from hotdash.connectors.records import RecordReader, UnfitValueError, told
from hotdash.connectors.windows import Window

_RECOUNTS = 2
_CAMPAIGN_KEY = pa.schema([("campaign_id", pa.int64())])
_STATES = ["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"]


@dataclass(frozen=True)
class Account:
    """Whose days and money the insights are."""

    account_id: str
    currency: str
    timezone: str
    record: Answer


@dataclass(frozen=True)
class Reading:
    client: MetaAdsClient
    clock: Clock
    progress: Progress
    account: Account


def account_of(client: MetaAdsClient, account_id: str) -> Account:
    record = client.get("account", f"act_{account_id}", fields=",".join(ACCOUNT_FIELDS))
    told = [record.get(name) for name in ("currency", ACCOUNT_TIMEZONE)]
    if not all(isinstance(value, str) and value for value in told):
        raise VendorAnswerError(
            f"Meta does not tell the currency and timezone of act_{account_id}.",
            hint="Check the ad account in the Business settings; its days cannot be read without.",
        )
    return Account(account_id, str(told[0]), str(told[1]), record)


def accounts(reading: Reading) -> Iterator[Event]:
    yield from told(ACCOUNTS, [reading.account.record], reading.clock.now())


def campaigns(reading: Reading) -> Iterator[Event]:
    """All of them at every read: they are few, and Meta cannot be asked for what changed."""
    path = f"act_{reading.account.account_id}/campaigns"
    reader = RecordReader(CAMPAIGNS)
    with reading.progress.task("Meta campaigns") as task:
        for page in reading.client.pages(
            "campaigns", path, fields=",".join(CAMPAIGN_FIELDS), effective_status=_STATES
        ):
            yield from told(CAMPAIGNS, page.records, reading.clock.now(), reader)
            task.advance(len(page.records))


def campaigns_by_id(reading: Reading, ids: Sequence[str]) -> Iterator[Event]:
    reader = RecordReader(CAMPAIGNS)
    for campaign_id in ids:
        now = reading.clock.now()
        try:
            record = reading.client.get("campaign", campaign_id, fields=",".join(CAMPAIGN_FIELDS))
        except GoneError:
            gone = [{"campaign_id": int(campaign_id)}]
            yield Deleted(CAMPAIGNS.raw, pa.Table.from_pylist(gone, schema=_CAMPAIGN_KEY), now)
        else:
            yield from told(CAMPAIGNS, [record], now, reader)


def campaign_days(
    reading: Reading, windows: Sequence[Window], today: date | None = None
) -> Iterator[Event]:
    """Closed days are held against the account's own sums; today still moves while it is read."""
    insights = Insights(reading.client, reading.account.account_id)
    reader = RecordReader(CAMPAIGN_DAYS)
    with reading.progress.task("Meta campaign days", total=_length(windows)) as task:
        for report in insights.reports(windows):
            asked_at = reading.clock.now()
            counted = _counted(reading, insights, report)
            yield from _day_events(reading, reader, counted, asked_at)
            task.advance(report.window.length)
        if today is not None:
            asked_at = reading.clock.now()
            for report in insights.reports([Window(today, today)]):
                yield from _day_events(reading, reader, report, asked_at)


def _length(windows: Iterable[Window]) -> int:
    return sum(window.length for window in windows)


def _counted(reading: Reading, insights: Insights, report: Report) -> Report:
    """A difference is counted again, because Meta may be writing; one that stays is an error."""
    found = differences(report.records, insights.totals(report.window))
    for _ in range(_RECOUNTS):
        if not found:
            return report
        again = list(insights.reports([report.window]))
        report = Report(report.window, [row for each in again for row in each.records])
        found = differences(report.records, insights.totals(report.window))
    if not found:
        return report
    raise VendorAnswerError(
        f"Meta's campaigns of {reading.client.shop_id} do not add up to their account: {found[0]}"
        f"{f', and {len(found) - 1} more' if len(found) > 1 else ''}.",
        hint="Nothing of it was kept; run again later. If it stays, report this message.",
    )


def _day_events(
    reading: Reading, reader: RecordReader, report: Report, at: datetime
) -> Iterator[Event]:
    records = [_in_timezone(each, reading.account.timezone) for each in report.records]
    yield from told(CAMPAIGN_DAYS, records, at, reader)
    yield from _unknown_windows(records, at)
    yield SliceDays(CAMPAIGN_DAYS.raw, report.window.days, at)


def _in_timezone(record: Any, timezone: str) -> Any:
    if not isinstance(record, dict):
        return record
    return {**cast("Answer", record), ACCOUNT_TIMEZONE: timezone}


def _unknown_windows(records: Sequence[Any], at: datetime) -> Iterator[Drift]:
    """The reader sees the keys of a record; those of its purchases are looked at here."""
    unknown = {
        f"{name}.{key}"
        for record in records
        if isinstance(record, dict)
        for name in ("actions", "action_values")
        for key in _purchase_keys(cast("Answer", record).get(name)) - ACTION_KEYS
    }
    for field in sorted(unknown):
        yield Drift(CAMPAIGN_DAYS.raw, DriftKind.ADDED, field, f"{field} is new, not kept", at)


def _purchase_keys(actions: Any) -> set[str]:
    try:
        return set(purchases(actions) or ()) if actions else set()
    except UnfitValueError:
        return set()
