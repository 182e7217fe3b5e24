"""The worker's turn at the mirror, and what of it people are to hear."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hotdash.base.clock import iso_utc
from hotdash.decisions.mirror.answers import NEEDS_A_PERSON, State
from hotdash.jobs.job_context import JobContext, Watched, WatchKind
from hotdash.jobs.mirror import BusyError, NoMirrorError, run
from hotdash.storage.appdb.repositories import mirror_outbox, mirrors
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.mirrors import MirrorRecord
from hotdash.storage.appdb.session import Database

JOB = "mirror"
# What passes by itself is told when it has lasted so long.
_PASSES_WITHIN = timedelta(hours=1)
_PASSING = frozenset({State.THROTTLED, State.UNREACHABLE})
_REDRIVE = (
    "Read why with `hotdash mirror status`, mend it in the project, then run "
    "`hotdash mirror redrive`."
)


def send_mirror(context: JobContext, job: JobRecord) -> None:
    """Most installations have none; and whoever sends by hand is not disturbed."""
    if context.mirror is None:
        return
    try:
        run(context.mirror, job.job_id, asked_for=False)
    except (NoMirrorError, BusyError):
        return


def mirror_troubles(database: Database, now: datetime) -> Iterator[Watched]:
    with database.jobs() as session:
        mirror, dead = mirrors.read_mirror(session), mirror_outbox.count_dead(session)
    if mirror is None:
        return
    lasts = now - mirror.since
    if mirror.state in NEEDS_A_PERSON or (mirror.state in _PASSING and lasts > _PASSES_WITHIN):
        yield Watched(WatchKind.MIRROR, JOB, _told(mirror), mirror.mend or "")
    if dead:
        yield Watched(
            WatchKind.MIRROR, "mirror_rows", f"The mirror refused {dead} rows for good.", _REDRIVE
        )


def _told(mirror: MirrorRecord) -> str:
    return f"Nothing is mirrored since {iso_utc(mirror.since)}: {mirror.reason or mirror.state}"
