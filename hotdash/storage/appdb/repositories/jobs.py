"""What is to be done, who does it, and what became of it; and up to which slot each schedule has got."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import JobRun, Schedule

QUEUED, RUNNING, COMPLETED, FAILED = "queued", "running", "completed", "failed"
WAITING = (QUEUED, RUNNING)


@dataclass(frozen=True, slots=True)
class JobRecord:
    job_id: UUID
    job: str
    slot: str
    shops: tuple[str, ...]
    arguments: Mapping[str, Any]
    requested_by: str
    requested_at: datetime
    status: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    run_id: UUID | None = None
    worker_id: UUID | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        return self.status not in WAITING


@dataclass(frozen=True, slots=True)
class JobRequest:
    job_id: UUID
    job: str
    slot: str
    requested_by: str
    shops: Sequence[str] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class ScheduleRecord:
    name: str
    cron: str
    timezone: str
    last_slot: datetime | None
    next_slot: datetime | None
    paused_by: str | None
    pause_reason: str | None


def request_job(session: Session, request: JobRequest, at: datetime) -> bool:
    """False where this slot of this job was asked for before: whoever comes first does it."""
    asked = insert(JobRun).values(
        job_id=request.job_id,
        job=request.job,
        slot=request.slot,
        shops=list(request.shops),
        arguments=dict(request.arguments),
        requested_by=request.requested_by,
        requested_at=at,
        status=QUEUED,
    )
    once = asked.on_conflict_do_nothing(index_elements=[JobRun.job, JobRun.slot])
    return session.execute(once.returning(JobRun.job_id)).scalar_one_or_none() is not None


def waiting_jobs(session: Session) -> list[JobRecord]:
    """Queued or begun, in the order they were asked for."""
    found = session.scalars(
        select(JobRun)
        .where(JobRun.status.in_(WAITING))
        .order_by(JobRun.requested_at, JobRun.job_id)
    )
    return [_job(row) for row in found]


def newest_jobs(session: Session, job: str, shop_id: str, limit: int) -> list[JobRecord]:
    """Of one job and shop, whatever became of them, the newest first."""
    found = session.scalars(
        select(JobRun)
        .where(JobRun.job == job, JobRun.shops.contains([shop_id]))
        .order_by(JobRun.requested_at.desc(), JobRun.job_id.desc())
        .limit(limit)
    )
    return [_job(row) for row in found]


def find_job(session: Session, job_id: UUID) -> JobRecord | None:
    row = session.scalar(select(JobRun).where(JobRun.job_id == job_id))
    return _job(row) if row else None


def begin_job(session: Session, job_id: UUID, worker_id: UUID, at: datetime) -> JobRecord | None:
    """None where it is over: what is offered twice is done once. Taken over, its beginning stays."""
    begun = (
        update(JobRun)
        .where(JobRun.job_id == job_id, JobRun.status.in_(WAITING))
        .values(
            status=RUNNING, worker_id=worker_id, started_at=func.coalesce(JobRun.started_at, at)
        )
        .returning(JobRun)
    )
    row = session.scalar(begun)
    return _job(row) if row else None


def settle_on(
    session: Session, job_id: UUID, arguments: Mapping[str, Any], shops: Sequence[str]
) -> None:
    """What the job chose to do; whoever takes it over does the same."""
    session.execute(
        update(JobRun)
        .where(JobRun.job_id == job_id)
        .values(arguments=dict(arguments), shops=list(shops))
    )


def name_run(session: Session, job_id: UUID, run_id: UUID) -> None:
    session.execute(update(JobRun).where(JobRun.job_id == job_id).values(run_id=run_id))


def finish_job(
    session: Session, job_id: UUID, worker_id: UUID, at: datetime, error: str | None = None
) -> bool:
    """False where another worker has taken it over meanwhile: its word counts."""
    done = (
        update(JobRun)
        .where(JobRun.job_id == job_id, JobRun.worker_id == worker_id, JobRun.status == RUNNING)
        .values(status=FAILED if error else COMPLETED, finished_at=at, error=error)
        .returning(JobRun.job_id)
    )
    return session.execute(done).scalar_one_or_none() is not None


def newest_of_each_job(session: Session) -> dict[str, JobRecord]:
    """How each job ended the last time that it ended."""
    found = session.scalars(
        select(JobRun)
        .ext(distinct_on(JobRun.job))
        .where(JobRun.status.not_in(WAITING))
        .order_by(JobRun.job, JobRun.finished_at.desc(), JobRun.job_id)
    )
    return {row.job: _job(row) for row in found}


def last_completed(session: Session) -> dict[str, datetime]:
    rows = session.execute(
        select(JobRun.job, func.max(JobRun.finished_at))
        .where(JobRun.status == COMPLETED)
        .group_by(JobRun.job)
    )
    return {job: at for job, at in rows if at is not None}


def forget_jobs(session: Session, finished_before: datetime) -> int:
    gone = (
        delete(JobRun)
        .where(JobRun.status.not_in(WAITING), JobRun.finished_at < finished_before)
        .returning(JobRun.job_id)
    )
    return len(session.scalars(gone).all())


def save_schedule(session: Session, name: str, cron: str, timezone: str) -> None:
    """The code says when; up to where it has got and whether it is paused stays."""
    row = insert(Schedule).values(name=name, cron=cron, timezone=timezone)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Schedule.name], set_={"cron": cron, "timezone": timezone}
        )
    )


def move_schedule(session: Session, name: str, slot: datetime, next_slot: datetime) -> None:
    session.execute(
        update(Schedule).where(Schedule.name == name).values(last_slot=slot, next_slot=next_slot)
    )


def list_schedules(session: Session) -> list[ScheduleRecord]:
    return [
        ScheduleRecord(
            row.name,
            row.cron,
            row.timezone,
            row.last_slot,
            row.next_slot,
            row.paused_by,
            row.pause_reason,
        )
        for row in session.scalars(select(Schedule).order_by(Schedule.name))
    ]


def _job(row: JobRun) -> JobRecord:
    return JobRecord(
        job_id=row.job_id,
        job=row.job,
        slot=row.slot,
        shops=tuple(row.shops),
        arguments=row.arguments,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        run_id=row.run_id,
        worker_id=row.worker_id,
        error=row.error,
    )
