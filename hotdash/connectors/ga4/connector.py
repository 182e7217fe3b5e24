"""The Google Analytics connector: ended days of the property, the last three of them read again each time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hotdash.base.clock import Clock, local_day
from hotdash.base.progress import Progress, Task
from hotdash.connectors.calling import Caller, VendorAnswerError
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached
from hotdash.connectors.ga4.client import Ga4Client, seconds_to_next_hour
from hotdash.connectors.ga4.data_api import READ_SCOPE, VENDOR
from hotdash.connectors.ga4.resources import (
    Reading,
    product_views,
    property_row,
    quota_row,
    report_days_told,
    traffic,
)
from hotdash.connectors.ga4.tables import TABLES
from hotdash.connectors.google_calls import QuotaUsedUpError

_DAY = "day"
RESTATED_DAYS = 3
HISTORY_DAYS = 730
DAYS_AT_ONCE = 31
LONGEST_QUOTA_WAIT = 120.0
_ONE_DAY = timedelta(days=1)
SCOPE_COSTS = "sessions, product views and purchases as Google Analytics counts them"


@dataclass(frozen=True)
class Habits:
    """How much is read at once, how far back, and how long a used up quota is waited for."""

    history_days: int = HISTORY_DAYS
    days_at_once: int = DAYS_AT_ONCE
    longest_quota_wait: float = LONGEST_QUOTA_WAIT


class Ga4Connector:
    def __init__(
        self, client: Ga4Client, caller: Caller, clock: Clock, habits: Habits | None = None
    ) -> None:
        self._client = client
        self._caller = caller
        self._clock = clock
        self._habits = habits or Habits()

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    def check(self) -> Sequence[MissingScope]:
        try:
            granted = self._client.transport.granted()
            if granted is not None and READ_SCOPE not in _widened(granted):
                return [MissingScope(READ_SCOPE, SCOPE_COSTS)]
            self._client.profile()
            return ()
        finally:
            self._client.transport.close()

    def cursor_since(self, since: datetime) -> Cursor:
        """The property's timezone is not known here: the day before is early enough anywhere."""
        return {_DAY: str(local_day(since, "UTC") - _ONE_DAY)}

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        try:
            yield from self._read(cursor, progress)
        finally:
            self._client.transport.close()

    def _read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        started = self._clock.now()
        profile = self._client.profile()
        _require_zone(profile.timezone)
        reading = Reading(self._client, profile, started)
        last = local_day(started, profile.timezone) - _ONE_DAY
        first = self._first_day(cursor, last)
        yield from property_row(reading)
        reached = first - _ONE_DAY
        with progress.task("Google Analytics", None) as task:
            while reached < last:
                until = min(reached + self._habits.days_at_once * _ONE_DAY, last)
                try:
                    events = self._patiently(reading, reached + _ONE_DAY, until, task)
                except QuotaUsedUpError:
                    if reached < first:
                        raise
                    task.say(f"the quota is used up after {reached}; the next run goes on there")
                    break
                yield from events
                reached = until
        if self._client.quota is not None:
            yield from quota_row(reading, self._client.quota)
        yield Reached({_DAY: str(reached)}, _end_of(reached, profile.timezone))

    def _first_day(self, cursor: Cursor | None, last: date) -> date:
        """A cursor from the future is one of an older clock: what it claims to have is read again."""
        if cursor is None:
            return last - (self._habits.history_days - 1) * _ONE_DAY
        return min(date.fromisoformat(cursor[_DAY]), last) - (RESTATED_DAYS - 1) * _ONE_DAY

    def _patiently(self, reading: Reading, first: date, last: date, task: Task) -> list[Event]:
        """All reports of these days or none; a quota that comes back soon is waited for once."""
        try:
            return self._all_reports(reading, first, last, task)
        except QuotaUsedUpError:
            wait = seconds_to_next_hour(self._clock.now())
            if wait > self._habits.longest_quota_wait:
                raise
            task.say(f"waiting {wait:.0f} s for the quota of the next hour")
            self._caller.sleep(wait)
            return self._all_reports(reading, first, last, task)

    def _all_reports(self, reading: Reading, first: date, last: date, task: Task) -> list[Event]:
        return [
            *traffic(reading, first, last, task),
            *product_views(reading, first, last, task),
            report_days_told(reading, first, last),
        ]


def _widened(granted: Sequence[str]) -> list[str]:
    """Whoever may edit may read."""
    whole = READ_SCOPE.removesuffix(".readonly")
    return [READ_SCOPE if scope in (whole, f"{whole}.edit") else scope for scope in granted]


def _end_of(day: date, timezone: str) -> datetime:
    after = datetime.combine(day + _ONE_DAY, time(), ZoneInfo(timezone))
    return after.astimezone(UTC)


def _require_zone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise VendorAnswerError(
            f"Google Analytics counts the property's days in {timezone!r}, which is no timezone.",
            hint="Choose another one under Admin → Property details.",
        ) from error
