"""What a job of the worker works with, and who is told what came of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.logging import get_logger
from hotdash.base.progress import Progress, SilentProgress
from hotdash.governance.secrets.expiry import Ending
from hotdash.jobs.backups import BackupDesk
from hotdash.jobs.mirror import MirrorDesk
from hotdash.jobs.parity import ParityDesk
from hotdash.jobs.queue import Lane
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.jobs.run_backfill import BackfillWork
from hotdash.pipeline.lease import Patience
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.session import Database

_log = get_logger(__name__)


class WatchKind(StrEnum):
    STALE = "stale"
    DEAD_WORKER = "dead_worker"
    OVERDUE = "overdue"
    REMINDER = "reminder"
    MIRROR = "mirror"
    REFUSED = "refused"
    ENDING = "ending"


@dataclass(frozen=True)
class Watched:
    """Something that nobody's build would tell: it is said with the shops it concerns and its mend."""

    kind: WatchKind
    name: str
    sentence: str
    mend: str
    shops: tuple[str, ...] = ()
    is_hard: bool = False


def _log_failure(job: JobRecord, error: Exception) -> None:
    _log.error("job_failed", job=job.job, slot=job.slot, shops=list(job.shops), error=str(error))


def _log_success(job: JobRecord) -> None:
    _log.info("job_completed", job=job.job, slot=job.slot, shops=list(job.shops))


def _log_watched(found: Sequence[Watched]) -> None:
    for each in found:
        _log.warning("watched", kind=each.kind, name=each.name, told=each.sentence)


def _log_stumble(error: Exception, is_last: bool) -> None:
    _log.error("worker_stumble", error=type(error).__name__, is_last=is_last)


def _say_nothing() -> None:
    """A worker that stands says so by its heartbeat."""


def _no_endings() -> Sequence[Ending]:
    """Where nothing is sealed, nothing ends."""
    return ()


@dataclass(frozen=True)
class Hooks:
    """What other parts of the house do at these moments. `tell_watched` is told everything that holds now."""

    tell_failure: Callable[[JobRecord, Exception], None] = _log_failure
    tell_success: Callable[[JobRecord], None] = _log_success
    tell_watched: Callable[[Sequence[Watched]], None] = _log_watched
    remind: Callable[[Sequence[Watched]], None] = _log_watched
    tell_stumble: Callable[[Exception, bool], None] = _log_stumble
    tell_standing: Callable[[], None] = _say_nothing
    nightly: Sequence[Callable[[], object]] = ()
    weekly: Sequence[Callable[[], object]] = ()
    seal_audit: Callable[[], object] = _say_nothing
    archive_audit: Callable[[], object] = _say_nothing
    answer_privacy: Callable[[], object] = _say_nothing
    packets: Sequence[Callable[[], object]] = ()
    anomalies: Callable[[], object] = _say_nothing
    knowledge: Callable[[], object] = _say_nothing


@dataclass(frozen=True)
class JobContext:
    """`refreshing` opens the warehouse for one job: between two of them others get their turn."""

    database: Database
    clock: Clock
    refreshing: Callable[[], AbstractContextManager[RefreshContext]]
    sync_every: Mapping[str, timedelta]
    limits: Mapping[str, FreshnessLimit] = field(default_factory=dict[str, FreshnessLimit])
    hooks: Hooks = field(default_factory=Hooks)
    progress: Progress = field(default_factory=SilentProgress)
    patience: Patience = field(default_factory=lambda: Patience(timedelta(hours=6)))
    backfilling: Callable[[], AbstractContextManager[BackfillWork]] | None = None
    mirror: MirrorDesk | None = None
    home: Path | None = None
    parity: ParityDesk | None = None
    endings: Callable[[], Sequence[Ending]] = _no_endings
    backups: BackupDesk | None = None

    def name_run(self, job: JobRecord) -> Callable[[UUID], None]:
        """Whoever waits for the job sees its steps from the first one on."""

        def named(run_id: UUID) -> None:
            with self.database.jobs() as session:
                jobs.name_run(session, job.job_id, run_id)

        return named


@dataclass(frozen=True)
class Job:
    """`work` may be done twice where a worker dies: it is the same work then."""

    name: str
    lane: Lane
    work: Callable[[JobContext, JobRecord], object]
