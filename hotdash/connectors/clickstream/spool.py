"""The spool of the collector, read by the transactions that wrote it: none late, none twice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import pyarrow as pa

from hotdash.base.clock import Clock, days_between, iso_utc
from hotdash.connectors.clickstream.tables import COUNTS, TOUCHES
from hotdash.connectors.contract import Event, Rows, SliceDays
from hotdash.connectors.records import RecordReader

_COUNTED_AGAIN = timedelta(days=1)


class Horizon(Protocol):
    """Transactions below `before` have ended; the next ones are numbered from `newest` on."""

    @property
    def before(self) -> int: ...
    @property
    def newest(self) -> int: ...


class SpooledClick(Protocol):
    @property
    def received_at(self) -> datetime: ...
    @property
    def event(self) -> Mapping[str, Any]: ...


class CountedClicks(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def events(self) -> int: ...


class Spool(Protocol):
    def register(self, origins: Sequence[str]) -> str: ...
    def horizon(self) -> Horizon: ...
    def pages(self, since: int, before: int) -> Iterator[Sequence[SpooledClick]]: ...
    def oldest_left_behind(self, before: int) -> datetime | None: ...
    def first_counted_day(self) -> date | None: ...
    def counts(self, since: date) -> Sequence[CountedClicks]: ...


@dataclass(frozen=True)
class SpoolReading:
    """`since` is where the last committed read ended."""

    spool: Spool
    clock: Clock
    since: int
    horizon: Horizon
    began_at: datetime

    @classmethod
    def begun(cls, spool: Spool, clock: Clock, since: int) -> "SpoolReading":
        began_at, horizon = clock.now(), spool.horizon()
        if since > horizon.newest:
            # The app database was put back from a backup: what its spool holds now is all news.
            since = 0
        return cls(spool, clock, since, horizon, began_at)

    def touches(self, reader: RecordReader) -> Iterator[Event]:
        for page in self.spool.pages(self.since, self.horizon.before):
            records = [{**click.event, "received_at": iso_utc(click.received_at)} for click in page]
            yield from reader.read(records, self.clock.now())

    def counts(self, counted_through: date | None) -> Iterator[Event]:
        """Days still open are told again; a bot of yesterday may be counted a moment after midnight."""
        today = self.clock.now().date()
        first = counted_through or self.spool.first_counted_day() or today
        first = min(first, today) - _COUNTED_AGAIN
        fetched_at = self.clock.now()
        counted = [each for each in self.spool.counts(first) if each.day <= today]
        rows = [{"day": each.day, "kind": each.kind, "events": each.events} for each in counted]
        if rows:
            yield Rows(COUNTS, pa.Table.from_pylist(rows, schema=COUNTS.schema), fetched_at)
        yield SliceDays(COUNTS, list(days_between(first, today)), fetched_at)

    @property
    def complete_through(self) -> datetime:
        """Everything before; a click that is seen but not safe to read past waits for the next read."""
        left = self.spool.oldest_left_behind(self.horizon.before)
        return self.began_at if left is None else min(left, self.began_at)


def touch_reader() -> RecordReader:
    return RecordReader(TOUCHES)
