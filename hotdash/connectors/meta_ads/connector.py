"""The Meta Ads connector: one ad account, its whole history first and then what Meta may still restate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hotdash.base.clock import Clock, local_day
from hotdash.base.progress import Progress
from hotdash.connectors.account_days import AccountDays, cursor_since, require_timezone
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached
from hotdash.connectors.meta_ads.client import VENDOR, MetaAdsClient
from hotdash.connectors.meta_ads.insights import AT_ONCE_DAYS, JOB_DAYS
from hotdash.connectors.meta_ads.resources import (
    Account,
    Reading,
    account_of,
    accounts,
    campaign_days,
    campaigns,
    campaigns_by_id,
)
from hotdash.connectors.meta_ads.tables import ACCOUNTS, CAMPAIGN_DAYS, CAMPAIGNS, TABLES
from hotdash.connectors.spec import Scope
from hotdash.connectors.windows import Window

SCOPES = (Scope("ads_read", "all of Meta's ad spend, clicks and claimed purchases"),)
# The longest attribution window, and two days more for purchases that Meta hears of late.
RESTATED_FOR = timedelta(days=28 + 2)
# Meta keeps insights for 37 months.
LONGEST_HISTORY_DAYS = 1_125
_MOST_AT_ONCE = 3


@dataclass(frozen=True)
class MetaAdsConnector:
    client: MetaAdsClient
    account_id: str
    history_days: int
    clock: Clock

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        """Permissions first: without them the account is not there either."""
        granted = {
            permission.get("permission")
            for page in self.client.pages("permissions", "me/permissions")
            for permission in page.records
            if permission.get("status") == "granted"
        }
        missing = [scope for scope in SCOPES if scope.name not in granted]
        if not missing:
            self._account()
        return [MissingScope(scope.name, scope.costs) for scope in missing]

    def cursor_since(self, since: datetime) -> Cursor:
        return cursor_since(since)

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started = self.clock.now()
        account = self._account()
        reached = min(started, self.client.answered_at or started)
        today = local_day(reached, account.timezone)
        reading = Reading(self.client, self.clock, progress, account)
        yield from accounts(reading)
        yield from campaigns(reading)
        days = AccountDays(self.account_id, account.timezone, self.history_days, RESTATED_FOR)
        closed = days.to_read(cursor, today)
        most = JOB_DAYS if closed.length > _MOST_AT_ONCE * AT_ONCE_DAYS else AT_ONCE_DAYS
        yield from campaign_days(reading, list(closed.cut(most)), today)
        yield Reached(days.reached(today), reached)

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        """Of the days `day:campaign_id` names the whole day is read again."""
        reading = Reading(self.client, self.clock, progress, self._account())
        if table == ACCOUNTS.raw:
            yield from accounts(reading)
        elif table == CAMPAIGNS.raw:
            yield from campaigns_by_id(reading, vendor_ids)
        elif table == CAMPAIGN_DAYS.raw:
            days = sorted({date.fromisoformat(each.split(":")[0]) for each in vendor_ids})
            yield from campaign_days(reading, [Window(day, day) for day in days])

    def _account(self) -> Account:
        account = account_of(self.client, self.account_id)
        require_timezone("Meta", f"act_{self.account_id}", account.timezone)
        return account
