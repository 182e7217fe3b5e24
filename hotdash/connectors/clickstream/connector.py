"""The clickstream connector: what the collector spooled, then the click files that are new or changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.clickstream.click_files import ClickFiles, Settings, as_cursor, seen_files
from hotdash.connectors.clickstream.spool import Spool, SpoolReading, touch_reader
from hotdash.connectors.clickstream.tables import TABLES
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached

VENDOR = "clickstream"
DRAINED_BEFORE = "drained_before"
_COUNTED_THROUGH = "counted_through"
_FILES = "files"


@dataclass(frozen=True)
class ClickstreamConnector:
    """Either side may be missing: a shop without a pixel has files only, and the other way round."""

    clock: Clock
    spool: Spool | None = None
    origins: Sequence[str] = ()
    files: Settings | None = None

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return TABLES

    @property
    def site_key(self) -> str | None:
        """What the pixel writes with; made when it is asked for first."""
        return None if self.spool is None else self.spool.register(self.origins)

    def check(self) -> Sequence[MissingScope]:
        """Makes the key and lets the origins write; looks whether the folder is there."""
        if self.files is not None:
            self.files.require_place()
        if self.spool is not None:
            self.spool.register(self.origins)
        return ()

    def cursor_since(self, since: datetime) -> Cursor:
        """What is no longer in the spool is in the warehouse; files are read anew."""
        del since
        return {}

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        known = dict(cursor or {})
        reached = self.clock.now()
        if self.spool is not None:
            reading = SpoolReading.begun(
                self.spool, self.clock, int(known.get(DRAINED_BEFORE, "0"))
            )
            with progress.task("Clicks"):
                yield from reading.touches(touch_reader())
            counted = known.get(_COUNTED_THROUGH)
            yield from reading.counts(date.fromisoformat(counted) if counted else None)
            known[DRAINED_BEFORE] = str(reading.horizon.before)
            known[_COUNTED_THROUGH] = reached.date().isoformat()
            reached = reading.complete_through
        if self.files is not None:
            self.files.require_place()
            files = ClickFiles(self.files, self.clock, progress, seen_files(known.get(_FILES)))
            yield from files.events()
            known[_FILES] = as_cursor(files.seen)
        yield Reached(known, reached)
