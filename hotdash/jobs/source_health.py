"""Whether a source is worth asking: a refused key is not tried again, one that keeps failing gets its rest."""

from dataclasses import dataclass
from datetime import timedelta

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import HotdashError
from hotdash.connectors.calling import VendorAccessError
from hotdash.jobs.run_report import SKIPPED
from hotdash.pipeline.durable import Detail
from hotdash.storage.appdb.repositories.source_states import (
    SourceStateRecord,
    State,
    Trouble,
    note_failing,
    note_rejected,
    note_working,
    source_state,
)
from hotdash.storage.appdb.session import Database

FAILURES_BEFORE_REST = 3
FIRST_REST = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=2)


@dataclass(frozen=True)
class SourceHealth:
    database: Database
    clock: Clock

    def reason_to_skip(self, shop_id: str, source: str) -> Detail | None:
        """None where the source is to be asked."""
        with self.database.jobs() as session:
            known = source_state(session, shop_id, source)
        if known is None or not self._rests(known):
            return None
        again = f" It is asked again at {iso_utc(known.retry_at)}." if known.retry_at else ""
        return {
            "status": SKIPPED,
            "source": source,
            "code": known.code,
            "error": f"{source} was not asked: {known.reason}{again}",
            "hint": known.hint,
        }

    def worked(self, shop_id: str, source: str) -> None:
        with self.database.jobs() as session:
            note_working(session, shop_id, source, self.clock.now())

    def failed(self, shop_id: str, source: str, error: HotdashError) -> None:
        """`error` as the source raised it; what it was raised for decides whether it may be tried again."""
        trouble = Trouble(error.code, error.message, error.hint)
        now = self.clock.now()
        with self.database.jobs() as session:
            if isinstance(error.__cause__, VendorAccessError):
                note_rejected(session, shop_id, source, trouble, now)
                return
            known = source_state(session, shop_id, source)
            before = known.failures if known and known.state is State.FAILING else 0
            rest = _rest(before + 1)
            note_failing(
                *(session, shop_id, source, trouble, now),
                failures=before + 1,
                retry_at=now + rest if rest else None,
            )

    def _rests(self, known: SourceStateRecord) -> bool:
        if known.state is State.REJECTED:
            return not known.is_entered_anew
        return known.retry_at is not None and known.retry_at > self.clock.now()


def _rest(failures: int) -> timedelta | None:
    """Doubled with every failure, so that a vendor that is down for a day is not asked all day."""
    if failures < FAILURES_BEFORE_REST:
        return None
    return min(LONGEST_REST, FIRST_REST * 2 ** min(failures - FAILURES_BEFORE_REST, 10))
