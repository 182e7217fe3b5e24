"""One source of one shop into the raw tables, exactly once however often it is interrupted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import NotFoundError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger
from hotdash.base.progress import Progress
from hotdash.connectors.contract import (
    Connector,
    Cursor,
    Deleted,
    Drift,
    Event,
    Reached,
    Refetches,
    Rewinds,
)
from hotdash.connectors.registry import all_tables
from hotdash.pipeline.ingest.landing import QUARANTINE, Stamp, landing_of
from hotdash.pipeline.ingest.loader import RawLoader
from hotdash.pipeline.ingest.reading import Refusals, SourceReading
from hotdash.pipeline.ingest.shape import ensure_tables
from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import Load, Reading
from hotdash.storage.warehouse.raw_tables import stored_rows

_log = get_logger(__name__)


Wanted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class IngestOutcome:
    """A load that was committed, and what it brought."""

    shop_id: str
    source: str
    load_id: str
    rows: Mapping[str, int]
    reading: Reading
    drifts: Sequence[Drift] = ()
    refusals: Refusals = field(default_factory=Refusals)

    @property
    def unreadable(self) -> int:
        return self.rows.get(QUARANTINE, 0)


@dataclass(frozen=True)
class Ingest:
    """Everything a load needs beside what is read."""

    warehouse: Warehouse
    clock: Clock
    progress: Progress
    workdir: Path
    run_id: str

    def read(
        self,
        connector: Connector,
        shop_id: str,
        *,
        reread: bool = False,
        since: datetime | None = None,
        wanted: Wanted | None = None,
    ) -> IngestOutcome:
        """Go on where the newest committed load ended, or read everything anew.

        The wanted are vendor ids per table, read again beside what changed. Whatever never
        committed is wiped first.
        """
        known = self._newest_reading(connector, shop_id)
        cursor = None if reread or known is None else known.cursor
        # A later instant would leave out what lies between; the cursor is right for that.
        if since is not None and known and cursor and since < known.complete_through:
            cursor = _cursor_since(connector, since)
        news = self._news(connector, cursor, wanted or {})
        return self._load(connector, shop_id, news, is_whole=cursor is None)

    def repair(
        self,
        connector: Connector,
        shop_id: str,
        wanted: Wanted,
        vanished: Sequence[Deleted] = (),
        recounted: Iterable[Event] = (),
    ) -> IngestOutcome:
        """Only the wanted are read again, the vanished get their tombstones, and then is counted.

        The cursor stays.
        """
        known = self._newest_reading(connector, shop_id)
        if known is None:
            raise NotFoundError(
                f"{connector.vendor} of {shop_id} was never read, so there is nothing to mend.",
                hint="Run `hotdash run` first.",
            )
        events = chain(
            self._fetched_again(connector, wanted),
            vanished,
            recounted,
            [Reached(known.cursor, known.complete_through)],
        )
        return self._load(connector, shop_id, events)

    def _newest_reading(self, connector: Connector, shop_id: str) -> Reading | None:
        load_ledger.ensure_ledger(self.warehouse)
        return load_ledger.newest_reading(self.warehouse, shop_id, connector.vendor)

    def _load(
        self,
        connector: Connector,
        shop_id: str,
        events: Iterable[Event],
        *,
        is_whole: bool = False,
    ) -> IngestOutcome:
        warehouse, clock = self.warehouse, self.clock
        loader = RawLoader(warehouse, self.workdir)
        discard_interrupted(warehouse, loader, clock)
        load = Load(str(new_id()), shop_id, connector.vendor, self.run_id)
        source = SourceReading(connector, Stamp(shop_id, load.load_id), events)
        load_ledger.begin(warehouse, load, clock.now())
        if is_whole:
            load_ledger.note_whole(warehouse, load, clock.now())
        _store(warehouse, loader, source)
        reached = source.end()
        reading = Reading(reached.cursor, reached.complete_through)
        load_ledger.commit(warehouse, load, reading, source.rows.total(), clock.now())
        return IngestOutcome(
            shop_id,
            load.source,
            load.load_id,
            dict(source.rows),
            reading,
            source.drifts,
            source.refusals,
        )

    def _news(self, connector: Connector, cursor: Cursor | None, wanted: Wanted) -> Iterator[Event]:
        yield from self._fetched_again(connector, wanted)
        yield from connector.read(cursor, self.progress)

    def _fetched_again(self, connector: Connector, wanted: Wanted) -> Iterator[Event]:
        if isinstance(connector, Refetches):
            for table in connector.tables:
                if ids := wanted.get(table.name):
                    yield from connector.refetch(table, ids, self.progress)


def _cursor_since(connector: Connector, since: datetime) -> Cursor:
    if not isinstance(connector, Rewinds):
        raise NotFoundError(
            f"{connector.vendor} cannot be read again from an instant on.",
            hint="Read it whole: `hotdash sync --full`.",
        )
    return connector.cursor_since(since)


def ingest(
    warehouse: Warehouse,
    connector: Connector,
    shop_id: str,
    run_id: str,
    clock: Clock,
    progress: Progress,
    workdir: Path,
    *,
    reread: bool = False,
) -> IngestOutcome:
    work = Ingest(warehouse, clock, progress, workdir, run_id)
    return work.read(connector, shop_id, reread=reread)


def discard_interrupted(warehouse: Warehouse, loader: RawLoader, clock: Clock) -> None:
    for lost in load_ledger.discard_pending(warehouse, clock.now(), loader.drop_packages):
        _log.warning("load_discarded", load_id=lost.load_id, shop_id=lost.shop_id, run=lost.run_id)


def _store(warehouse: Warehouse, loader: RawLoader, source: SourceReading) -> None:
    tables = landing_of(source.connector.tables)
    # The dbt project reads the tables of all our vendors, also of those that are not connected.
    ensure_tables(warehouse, {**landing_of(all_tables()), **tables})
    loader.load(tables, source.batches())
    _require_stored(warehouse, source)


def _require_stored(warehouse: Warehouse, source: SourceReading) -> None:
    """A loader that retries after a lost answer may store twice: counted before it can count."""
    stored = stored_rows(warehouse, source.stamp.load_id, source.rows.keys())
    for table, told in source.rows.items():
        if stored[table] != told:
            raise UnavailableError(
                f"The warehouse holds {stored[table]} rows of {table} where {told} were loaded.",
                hint="None of them counts; run again.",
            )
