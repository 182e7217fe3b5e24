"""The Google Ads connector: one ad account, its whole history first and then what may still be restated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotdash.base.clock import Clock, local_day
from hotdash.base.logging import get_logger
from hotdash.base.progress import Progress
from hotdash.connectors.account_days import AccountDays, cursor_since, require_timezone
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached
from hotdash.connectors.google_ads.client import SCOPE, VENDOR, GoogleAdsClient
from hotdash.connectors.google_ads.errors import ScopeMissingError
from hotdash.connectors.google_ads.resources import (
    Customer,
    Reading,
    campaign_days,
    campaigns,
    customer_of,
    customers,
)
from hotdash.connectors.google_ads.tables import CAMPAIGN_DAYS, CAMPAIGNS, CUSTOMERS, TABLES
from hotdash.connectors.spec import Scope
from hotdash.connectors.windows import Window

_log = get_logger(__name__)

SCOPES = (Scope(SCOPE, "all of Google's ad spend, clicks and claimed conversions"),)
# Google's usual window from click to conversion, and two days more for those it hears of late.
RESTATED_FOR = timedelta(days=30 + 2)
QUERY_DAYS = 183
# Google Ads keeps daily rows for eleven years.
LONGEST_HISTORY_DAYS = 4_000
# Operations a day that a Cloud project has before anybody asks for more.
EXPLORER_QUOTA = 2_880


@dataclass(frozen=True)
class GoogleAdsConnector:
    client: GoogleAdsClient
    history_days: int
    clock: Clock

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        """Scopes first: without them the account is not there either."""
        granted = self.client.tokens.granted()
        missing = [scope for scope in SCOPES if scope.name not in granted]
        if not missing:
            try:
                self._customer()
            except ScopeMissingError:
                missing = list(SCOPES)
        return [MissingScope(scope.name, scope.costs) for scope in missing]

    def cursor_since(self, since: datetime) -> Cursor:
        return cursor_since(since)

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started, asked_before = self.clock.now(), self.client.operations
        customer = self._customer()
        reached = min(started, self.client.answered_at or started)
        today = local_day(reached, customer.timezone)
        reading = Reading(self.client, self.clock, progress, customer)
        days = AccountDays(
            self.client.customer_id, customer.timezone, self.history_days, RESTATED_FOR
        )
        yield from customers(reading)
        yield from campaigns(reading)
        window = Window(days.to_read(cursor, today).first, today)
        yield from campaign_days(reading, list(window.cut(QUERY_DAYS)))
        self._say_operations(asked_before)
        yield Reached(days.reached(today), reached)

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        """Of the days `day:campaign_id` names the whole day is read again."""
        reading = Reading(self.client, self.clock, progress, self._customer())
        if table == CUSTOMERS.raw:
            yield from customers(reading)
        elif table == CAMPAIGNS.raw:
            yield from campaigns(reading, vendor_ids)
        elif table == CAMPAIGN_DAYS.raw:
            days = sorted({date.fromisoformat(each.split(":")[0]) for each in vendor_ids})
            yield from campaign_days(reading, [Window(day, day) for day in days])

    def _customer(self) -> Customer:
        customer = customer_of(self.client)
        require_timezone("Google Ads", self.client.customer_id, customer.timezone)
        return customer

    def _say_operations(self, asked_before: int) -> None:
        """The quota belongs to the Cloud project, and nothing in the answers tells what is left."""
        _log.info(
            "google_ads_operations",
            shop_id=self.client.shop_id,
            operations=self.client.operations - asked_before,
            explorer_quota_a_day=EXPLORER_QUOTA,
        )
