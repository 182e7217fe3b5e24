"""What is read of a Google Ads account, table by table."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError
from hotdash.connectors.contract import Deleted, Event, SliceDays
from hotdash.connectors.google_ads import queries
from hotdash.connectors.google_ads.client import GoogleAdsClient, Result
from hotdash.connectors.google_ads.errors import Object
from hotdash.connectors.google_ads.tables import CAMPAIGN_DAYS, CAMPAIGNS, CUSTOMERS, flat
from hotdash.connectors.records import RecordReader, UnfitValueError, told, whole
from hotdash.connectors.windows import Window

_RECOUNTS = 2
_NOBODY: Object = {}
_COUNTED = ("costMicros", "clicks", "impressions")
_CAMPAIGN_KEY = pa.schema([("campaign_id", pa.int64())])


@dataclass(frozen=True)
class Customer:
    """Whose days and money the metrics are."""

    timezone: str
    record: Object


@dataclass(frozen=True)
class Reading:
    client: GoogleAdsClient
    clock: Clock
    progress: Progress
    customer: Customer


def customer_of(client: GoogleAdsClient) -> Customer:
    rows = [flat(row) for row in client.query("customer", queries.customer()).rows]
    record = cast("Object", rows[0]) if _is_one_object(rows) else _NOBODY
    if record.get("customer/manager") is True:
        raise VendorAccessError(
            f"{client.customer_id} of {client.shop_id} is a manager account, which has no ads.",
            hint="Enter the ad account's own id as customer_id, and this one as login_customer_id.",
            field="customer_id",
        )
    timezone = record.get("customer/timeZone")
    if not isinstance(timezone, str) or not record.get("customer/currencyCode"):
        raise VendorAnswerError(
            f"Google Ads does not tell the currency and timezone of {client.customer_id}.",
            hint="Check the account in Google Ads; its days cannot be read without.",
        )
    return Customer(timezone, record)


def _is_one_object(rows: Sequence[Any]) -> bool:
    return len(rows) == 1 and isinstance(rows[0], dict)


def customers(reading: Reading) -> Iterator[Event]:
    yield from told(CUSTOMERS, [reading.customer.record], reading.clock.now())


def campaigns(reading: Reading, ids: Sequence[str] = ()) -> Iterator[Event]:
    """All of them at every read, also the removed: they are few, and cost one operation."""
    numbers = [int(each) for each in ids]
    now = reading.clock.now()
    rows = reading.client.query("campaigns", queries.campaigns(numbers)).rows
    records = [flat(row) for row in rows]
    yield from told(CAMPAIGNS, records, now)
    gone = [{"campaign_id": each} for each in numbers if each not in _ids(records)]
    if gone:
        yield Deleted(CAMPAIGNS.raw, pa.Table.from_pylist(gone, schema=_CAMPAIGN_KEY), now)


def _ids(records: Iterable[Any]) -> set[int]:
    return {
        int(str(cast("Object", each).get("campaign/id", -1)))
        for each in records
        if isinstance(each, dict)
    }


def campaign_days(reading: Reading, windows: Sequence[Window]) -> Iterator[Event]:
    """Each stream is held against Google's own sums over it."""
    reader = RecordReader(CAMPAIGN_DAYS)
    days = sum(window.length for window in windows)
    with reading.progress.task("Google Ads campaign days", total=days) as task:
        for window in windows:
            asked_at = reading.clock.now()
            records = [flat(row) for row in _counted(reading.client, window).rows]
            yield from told(CAMPAIGN_DAYS, records, asked_at, reader)
            yield SliceDays(CAMPAIGN_DAYS.raw, window.days, asked_at)
            task.advance(window.length)


def _counted(client: GoogleAdsClient, window: Window) -> Result:
    """A difference is counted again; one that stays is an error."""
    found = ""
    for _ in range(_RECOUNTS + 1):
        result = client.query("campaign_days", queries.campaign_days(window), sums=True)
        found = difference(result)
        if not found:
            return result
    raise VendorAnswerError(
        f"Google Ads' rows of {client.shop_id} from {window.first} to {window.last} are not "
        f"all there: {found}.",
        hint="Nothing of it was kept; run again later. If it stays, report this message.",
    )


def difference(result: Result) -> str:
    """In words, where rows and their sums part ways; a figure somebody garbled is not counted."""
    if result.summary is None:
        return "the row of sums is missing" if result.rows else ""
    for figure in _COUNTED:
        try:
            here = sum(_figure(row, figure) for row in result.rows)
            there = _figure(result.summary, figure)
        except UnfitValueError:
            continue
        if here != there:
            return f"they come to {figure} {here} and Google counts {there}"
    return ""


def _figure(row: Any, name: str) -> int:
    record = flat(row)
    value = cast("Object", record).get(f"metrics/{name}") if isinstance(record, dict) else None
    return whole(value)
