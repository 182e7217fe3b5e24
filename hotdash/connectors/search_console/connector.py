"""The Search Console connector: complete Pacific days, the last three of them read again each time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotdash.base.clock import Clock, local_day
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached
from hotdash.connectors.google_calls import QuotaUsedUpError
from hotdash.connectors.search_console.client import (
    BY_PROPERTY,
    READ_SCOPE,
    VENDOR,
    SearchConsoleClient,
)
from hotdash.connectors.search_console.resources import TIMEZONE, Reading, searches, site_row
from hotdash.connectors.search_console.tables import TABLES

_DAY = "day"
_ONE_DAY = timedelta(days=1)
RESTATED_DAYS = 3
# Google keeps sixteen months.
HISTORY_DAYS = 486
DAYS_AT_ONCE = 10
# How far back the first day that is still being counted may lie, and what is complete without a word of it.
_LOOKED_BACK = 10
_SURELY_COMPLETE_AFTER = 3
SCOPE_COSTS = "what people searched for, clicks and positions in Google Search"


class SearchConsoleConnector:
    def __init__(
        self, client: SearchConsoleClient, clock: Clock, *, history_days: int = HISTORY_DAYS
    ) -> None:
        self._client = client
        self._clock = clock
        self._history_days = history_days

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        if not {READ_SCOPE, READ_SCOPE.removesuffix(".readonly")} & set(self._client.granted()):
            return [MissingScope(READ_SCOPE, SCOPE_COSTS)]
        self._client.site()
        return ()

    def cursor_since(self, since: datetime) -> Cursor:
        return {_DAY: str(local_day(since, TIMEZONE) - _ONE_DAY)}

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started = self._clock.now()
        reading = Reading(self._client, started)
        yield from site_row(reading, self._client.site())
        last = self._last_complete(started)
        first = self._first_day(cursor, last)
        reached = first - _ONE_DAY
        with progress.task("Search Console", None) as task:
            while reached < last:
                until = min(reached + DAYS_AT_ONCE * _ONE_DAY, last)
                try:
                    events = list(searches(reading, reached + _ONE_DAY, until, task))
                except QuotaUsedUpError:
                    if reached < first:
                        raise
                    task.say(f"the quota is used up after {reached}; the next run goes on there")
                    break
                yield from events
                reached = until
        yield Reached({_DAY: str(reached)}, _end_of(reached))

    def _last_complete(self, started: datetime) -> date:
        """Google says from which day on it still counts; where it says nothing, three days are waited."""
        today = local_day(started, TIMEZONE)
        found = self._client.totals(today - _LOOKED_BACK * _ONE_DAY, today, BY_PROPERTY)
        if found.first_incomplete is not None:
            return min(found.first_incomplete, today) - _ONE_DAY
        return today - _SURELY_COMPLETE_AFTER * _ONE_DAY

    def _first_day(self, cursor: Cursor | None, last: date) -> date:
        """A cursor from the future is one of an older clock: what it claims to have is read again."""
        if cursor is None:
            return last - (self._history_days - 1) * _ONE_DAY
        return min(date.fromisoformat(cursor[_DAY]), last) - (RESTATED_DAYS - 1) * _ONE_DAY


def _end_of(day: date) -> datetime:
    after = datetime.combine(day + _ONE_DAY, time(), ZoneInfo(TIMEZONE))
    return after.astimezone(UTC)
