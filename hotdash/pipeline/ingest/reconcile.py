"""The vendor's own counts held against what is stored: what is missing is fetched, what vanished is marked deleted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import pyarrow as pa

from hotdash.base.clock import days_between, local_day
from hotdash.base.errors import HotdashError
from hotdash.connectors.contract import (
    Connector,
    CountedDays,
    Counts,
    Deleted,
    Event,
    RawTable,
    Refetches,
    Rows,
    SliceDays,
)
from hotdash.pipeline.ingest.ingest import Ingest, IngestOutcome
from hotdash.pipeline.ingest.landing import columns_of
from hotdash.pipeline.ingest.reading import SourceFailedError
from hotdash.storage.warehouse import reconciliation as stored
from hotdash.storage.warehouse.reconciliation import Entities

DAYS_LISTED = 60

Answer = TypeVar("Answer")

_arrow: Any = pa  # its stubs leave tables of mixed types unknown


@dataclass(frozen=True)
class DayLeft:
    """A day on which vendor and warehouse still do not agree."""

    day: date
    told: int
    stored: int


@dataclass(frozen=True)
class Reconciliation:
    """`listed` days were compared id by id; a repair is a load of its own, where one was needed."""

    compared: int
    listed: int = 0
    fetched: int = 0
    vanished: int = 0
    left: Sequence[DayLeft] = ()
    repair: IngestOutcome | None = None


@dataclass(frozen=True)
class _Difference:
    """What only one of the two has."""

    missing: set[str] = field(default_factory=set[str])
    vanished: set[str] = field(default_factory=set[str])
    days: set[date] = field(default_factory=set[date])

    @property
    def ids(self) -> list[str]:
        return sorted(self.missing | self.vanished)


def reconcile(
    ingest: Ingest, connector: Connector, outcome: IngestOutcome
) -> Reconciliation | None:
    """After a load its closed days; once a day all of them, and the ids of the last sixty.

    Nothing where the vendor does not count.
    """
    if not isinstance(connector, Counts):
        return None
    timezone = _asked(connector.days_timezone)
    if not stored.knows_timezone(ingest.warehouse, timezone):
        raise SourceFailedError(
            f"The warehouse does not know the timezone {timezone} of {outcome.shop_id}, "
            "so its days cannot be compared.",
            hint="Choose another timezone in the shop's settings, or update Hotdash.",
        )
    return _Reconciling(ingest, connector, connector, outcome, timezone).done()


@dataclass(frozen=True)
class _Reconciling:
    ingest: Ingest
    connector: Connector
    counting: Counts
    outcome: IngestOutcome
    timezone: str

    def done(self) -> Reconciliation:
        daily = self._days_due()
        told = self._told(None if daily else self.outcome.load_id)
        differing = self._differing(told)
        recounted = self._recounted(differing)
        still = self._differing(_counts_in(recounted, self.counted.counts, self.counted.count))
        listed = sorted({*still, *daily})
        difference = self._difference(listed)
        repair = self._repaired(differing, recounted, difference, daily)
        left = self._left(told.keys() | difference.days) if repair or still else ()
        return Reconciliation(
            compared=len(told),
            listed=len(listed),
            fetched=len(difference.missing) if isinstance(self.connector, Refetches) else 0,
            vanished=len(difference.vanished),
            left=left,
            repair=repair,
        )

    @property
    def counted(self) -> CountedDays:
        return self.counting.counted

    @property
    def table(self) -> RawTable:
        return self.counted.entities

    @property
    def entities(self) -> Entities:
        names = self.table.schema.names
        version = "coalesce(updated_at, fetched_at)" if "updated_at" in names else "fetched_at"
        return Entities(
            self.outcome.shop_id,
            self.table.name,
            self.table.key,
            self.counted.instant,
            version,
            self.timezone,
        )

    def _days_due(self) -> list[date]:
        """The closed days whose ids are to be compared today, if that was not done yet."""
        warehouse, shop_id = self.ingest.warehouse, self.outcome.shop_id
        last = stored.listed_at(warehouse, shop_id, self.outcome.source, self.table.name)
        today = self._local(self.ingest.clock.now())
        if last is None or self._local(last) >= today:
            return []
        return list(days_between(today - timedelta(days=DAYS_LISTED), today - timedelta(days=1)))

    def _local(self, instant: datetime) -> date:
        return local_day(instant, self.timezone)

    def _told(self, load_id: str | None) -> dict[date, int]:
        counts = self.counted.counts.name
        return stored.told_counts(
            self.ingest.warehouse, self.outcome.shop_id, counts, self.counted.count, load_id
        )

    def _differing(self, told: Mapping[date, int]) -> list[date]:
        if not told:
            return []
        ours = stored.stored_counts(self.ingest.warehouse, self.entities)
        return sorted(day for day, count in told.items() if count != ours.get(day, 0))

    def _recounted(self, days: Sequence[date]) -> list[Event]:
        """Counts may lag behind writes, so a difference is counted a second time."""
        if not days:
            return []
        return _asked(lambda: list(self.counting.count_again(days, self.ingest.progress)))

    def _difference(self, days: Sequence[date]) -> _Difference:
        difference = _Difference()
        ours = stored.stored_ids(self.ingest.warehouse, self.entities, days)
        shop_id, name = self.outcome.shop_id, self.table.name
        refused = stored.refused_ids(self.ingest.warehouse, shop_id, name) if days else set[str]()
        with self.ingest.progress.task("Days compared", total=len(days)) as task:
            for day in days:
                theirs = set(_asked(partial(self.counting.ids_of_day, self.table, day)))
                missing, vanished = theirs - ours[day] - refused, ours[day] - theirs
                difference.missing.update(missing)
                difference.vanished.update(vanished)
                if missing or vanished:
                    difference.days.add(day)
                task.advance()
        return difference

    def _repaired(
        self,
        differing: Sequence[date],
        recounted: Sequence[Event],
        difference: _Difference,
        daily: Sequence[date],
    ) -> IngestOutcome | None:
        """One load with everything in it, so that counts and entities become valid together."""
        listed = [SliceDays(self.table, daily, self.ingest.clock.now())] if daily else []
        wanted, tombstones = self._wanted(difference)
        if not wanted and not tombstones:
            if not (listed or self._is_news(recounted)):
                return None
            return self._load({}, [], chain(recounted, listed))
        days = sorted({*differing, *difference.days})
        return self._load(wanted, tombstones, chain(self._counted_lazily(days), listed))

    def _load(
        self,
        wanted: Mapping[str, Sequence[str]],
        tombstones: Sequence[Deleted],
        recounted: Iterable[Event],
    ) -> IngestOutcome:
        return self.ingest.repair(
            self.connector, self.outcome.shop_id, wanted, tombstones, recounted
        )

    def _counted_lazily(self, days: Sequence[date]) -> Iterator[Event]:
        yield from self.counting.count_again(days, self.ingest.progress)

    def _wanted(
        self, difference: _Difference
    ) -> tuple[Mapping[str, Sequence[str]], Sequence[Deleted]]:
        """What the vendor can be asked for is never called deleted by us: it may be of another day."""
        if not difference.ids:
            return {}, ()
        if isinstance(self.connector, Refetches):
            return {self.table.name: difference.ids}, ()
        if not difference.vanished:
            return {}, ()
        keys = _keys_of(self.table, sorted(difference.vanished))
        return {}, (Deleted(self.table, keys, self.ingest.clock.now()),)

    def _is_news(self, recounted: Sequence[Event]) -> bool:
        again = _counts_in(recounted, self.counted.counts, self.counted.count)
        told = self._told(None)
        return any(told.get(day) != count for day, count in again.items())

    def _left(self, days: Iterable[date]) -> list[DayLeft]:
        told = self._told(None)
        ours = stored.stored_counts(self.ingest.warehouse, self.entities)
        return [
            DayLeft(day, told[day], ours.get(day, 0))
            for day in sorted(days)
            if day in told and told[day] != ours.get(day, 0)
        ]


def _counts_in(events: Iterable[Event], table: RawTable, count: str) -> dict[date, int]:
    """Of every day that was counted, also of those that have none."""
    counts: dict[date, int] = {}
    for event in events:
        if isinstance(event, SliceDays) and event.table == table:
            counts.update({day: counts.get(day, 0) for day in event.days})
        elif isinstance(event, Rows) and event.table == table:
            counts.update({row["day"]: row[count] for row in event.data.to_pylist()})
    return counts


def _keys_of(table: RawTable, vendor_ids: Sequence[str]) -> pa.Table:
    """Vendor ids are the table's key columns as text, joined by colons."""
    kinds = columns_of(table.schema)
    parts = [vendor_id.split(":", len(table.key) - 1) for vendor_id in vendor_ids]
    return _arrow.table(
        {
            name: _arrow.array([part[place] for part in parts]).cast(kinds[name])
            for place, name in enumerate(table.key)
        }
    )


def _asked(question: Callable[[], Answer]) -> Answer:
    """What the vendor answers; its failure is the source's, not the run's."""
    try:
        return question()
    except HotdashError as error:
        raise SourceFailedError.known(error) from error
    except Exception as error:
        raise SourceFailedError(
            f"Comparing with the vendor failed: {type(error).__name__}: {error}.",
            hint="The log has the whole error; run again.",
        ) from error
