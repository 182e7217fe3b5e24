"""Which workers live, which jobs are late or failed: the same for the command, /readyz and /metrics."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.jobs.job_table import SCHEDULE
from hotdash.jobs.watch import late_jobs
from hotdash.storage.appdb.repositories import jobs, workers
from hotdash.storage.appdb.repositories.jobs import JobRecord, ScheduleRecord
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database

Document = dict[str, Any]


@dataclass(frozen=True)
class WorkOverview:
    at: datetime
    workers: tuple[WorkerRecord, ...]
    schedules: tuple[ScheduleRecord, ...]
    overdue: tuple[str, ...]
    waiting: tuple[JobRecord, ...]
    ended: dict[str, JobRecord]
    completed_at: dict[str, datetime]

    @property
    def alive(self) -> int:
        return sum(each.is_alive(self.at) for each in self.workers)

    @property
    def failed(self) -> list[str]:
        return [name for name, job in self.ended.items() if job.status == jobs.FAILED]


def work_overview(database: Database, now: datetime) -> WorkOverview:
    with database.jobs() as session:
        schedules, waiting = jobs.list_schedules(session), jobs.waiting_jobs(session)
        return WorkOverview(
            now,
            tuple(workers.list_workers(session)),
            tuple(schedules),
            tuple(each.job.name for each in late_jobs(SCHEDULE, schedules, waiting, now)),
            tuple(waiting),
            jobs.newest_of_each_job(session),
            jobs.last_completed(session),
        )


def describe_workers(overview: WorkOverview) -> list[Document]:
    return [
        {
            "worker": str(each.worker_id),
            "host": each.host,
            "pid": each.pid,
            "lanes": list(each.roles),
            "version": each.version,
            "alive": each.is_alive(overview.at),
            "started_at": iso_utc(each.started_at),
            "seen_at": iso_utc(each.seen_at),
        }
        for each in overview.workers
    ]


def describe_jobs(overview: WorkOverview) -> list[Document]:
    at_work = {each.job: each.status for each in overview.waiting}
    return [
        {
            "job": each.name,
            "cron": each.cron,
            "timezone": each.timezone,
            "last_slot": _told(each.last_slot),
            "next_slot": _told(each.next_slot),
            "paused": each.pause_reason,
            "overdue": each.name in overview.overdue,
            "at_work": at_work.get(each.name),
            **_ended(overview.ended.get(each.name)),
        }
        for each in overview.schedules
    ]


def _ended(job: JobRecord | None) -> Document:
    if job is None:
        return {"last_status": None, "last_finished_at": None, "last_error": None}
    return {
        "last_status": job.status,
        "last_finished_at": _told(job.finished_at),
        "last_error": job.error,
    }


def _told(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None
