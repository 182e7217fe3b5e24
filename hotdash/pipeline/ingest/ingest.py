"""One source of one shop into the raw tables, exactly once however often it is interrupted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Connector
from hotdash.pipeline.ingest.landing import QUARANTINE, Stamp, landing_of
from hotdash.pipeline.ingest.loader import RawLoader
from hotdash.pipeline.ingest.reading import SourceReading
from hotdash.pipeline.ingest.shape import ensure_tables
from hotdash.storage.warehouse import load_ledger
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import Load, Reading
from hotdash.storage.warehouse.raw_tables import stored_rows

_log = get_logger(__name__)


@dataclass(frozen=True)
class IngestOutcome:
    """A load that was committed, and what it brought."""

    shop_id: str
    source: str
    load_id: str
    rows: Mapping[str, int]
    reading: Reading

    @property
    def unreadable(self) -> int:
        return self.rows.get(QUARANTINE, 0)


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
    """Go on where the newest committed load ended, or read everything anew.

    Whatever never committed is wiped first.
    """
    loader = RawLoader(warehouse, workdir)
    load_ledger.ensure_ledger(warehouse)
    discard_interrupted(warehouse, loader, clock)
    known = load_ledger.newest_reading(warehouse, shop_id, connector.vendor)
    cursor = None if reread or known is None else known.cursor
    load = Load(str(new_id()), shop_id, connector.vendor, run_id)
    source = SourceReading(connector, Stamp(shop_id, load.load_id), cursor, progress)
    load_ledger.begin(warehouse, load, clock.now())
    _store(warehouse, loader, source)
    reached = source.end()
    reading = Reading(reached.cursor, reached.complete_through)
    load_ledger.commit(warehouse, load, reading, source.rows.total(), clock.now())
    return IngestOutcome(shop_id, load.source, load.load_id, dict(source.rows), reading)


def discard_interrupted(warehouse: Warehouse, loader: RawLoader, clock: Clock) -> None:
    for lost in load_ledger.discard_pending(warehouse, clock.now(), loader.drop_packages):
        _log.warning("load_discarded", load_id=lost.load_id, shop_id=lost.shop_id, run=lost.run_id)


def _store(warehouse: Warehouse, loader: RawLoader, source: SourceReading) -> None:
    tables = landing_of(source.connector.tables)
    ensure_tables(warehouse, tables)
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
