"""A run beside a living worker is the worker's: it is asked for, followed, and told of as if it were ours."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.progress import Progress
from hotdash.jobs.job_table import RUN
from hotdash.jobs.queue import Lane
from hotdash.jobs.run_report import RunReport, report_of
from hotdash.storage.appdb.repositories import jobs, runs, workers
from hotdash.storage.appdb.repositories.jobs import JobRecord, JobRequest
from hotdash.storage.appdb.repositories.runs import RunStatus, StepRecord
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database

LOOK_SECONDS = 0.3
# Another worker has taken over by then, or there is none.
WITHOUT_WORKER = timedelta(minutes=1)


class JobFailedError(HotdashError):
    code = "job_failed"


@dataclass(frozen=True)
class HandOver:
    database: Database
    clock: Clock
    pause: Callable[[float], None] = time.sleep

    def worker(self) -> WorkerRecord | None:
        """A living one that has the warehouse; none, and whoever asks does the run itself."""
        now = self.clock.now()
        with self.database.jobs() as session:
            known = workers.list_workers(session)
        able = (each for each in known if Lane.WAREHOUSE.value in each.roles)
        return next((each for each in able if each.is_alive(now)), None)

    def ask(self, arguments: Mapping[str, Any], requested_by: str) -> UUID:
        job_id = new_id()
        shops: list[str] = list(arguments.get("shops") or ())
        request = JobRequest(job_id, RUN, f"asked {job_id}", requested_by, shops, arguments)
        with self.database.jobs() as session:
            jobs.request_job(session, request, self.clock.now())
        return job_id

    def follow(self, job_id: UUID, progress: Progress) -> RunReport:
        """Until it is over. Whoever stops following stops nothing."""
        heard_at = self.clock.now()
        with ExitStack() as stack:
            shown = _ShownSteps(stack, progress)
            while True:
                job, steps = self._look(job_id)
                shown.show(steps)
                if job.is_over:
                    break
                if self.worker() is not None:
                    heard_at = self.clock.now()
                elif self.clock.now() - heard_at > WITHOUT_WORKER:
                    raise _left_alone(job)
                self.pause(LOOK_SECONDS)
        return self._told(job)

    def _look(self, job_id: UUID) -> tuple[JobRecord, list[StepRecord]]:
        with self.database.jobs() as session:
            job = jobs.find_job(session, job_id)
            if job is None:
                raise UnavailableError(
                    f"The job {job_id} is gone from app.job_runs.", hint="Ask for the run again."
                )
            return job, runs.steps_of(session, job.run_id) if job.run_id else []

    def _told(self, job: JobRecord) -> RunReport:
        if job.error is not None or job.run_id is None:
            raise JobFailedError(
                job.error or "The worker did nothing.",
                hint="`hotdash status` shows the steps of the run; `hotdash run --here` does it "
                "in this process.",
            )
        with self.database.jobs() as session:
            run = runs.find_run(session, job.run_id)
            steps = runs.steps_of(session, job.run_id)
        if run is None or run.finished_at is None:
            raise UnavailableError(
                f"Run {job.run_id} has no end on record.", hint="Look at `hotdash status`."
            )
        done = {each.step: each.detail for each in steps if each.status is RunStatus.COMPLETED}
        began = job.started_at or run.started_at
        seconds = (run.finished_at - run.started_at).total_seconds()
        return report_of(
            job.run_id, run.shops, done, seconds=seconds, resumed=run.started_at < began
        )


class _ShownSteps:
    """Each step of the worker's run as a task of ours; the one before ends when the next begins."""

    def __init__(self, stack: ExitStack, progress: Progress) -> None:
        self._stack = stack
        self._progress = progress
        self._open: ExitStack | None = None
        self._known: set[str] = set()

    def show(self, steps: list[StepRecord]) -> None:
        for step in steps:
            if step.step in self._known:
                continue
            self._known.add(step.step)
            if self._open is not None:
                self._open.close()
            self._open = self._stack.enter_context(ExitStack())
            self._open.enter_context(self._progress.task(step.step))


def _left_alone(job: JobRecord) -> UnavailableError:
    return UnavailableError(
        f"The worker that had this run ({job.status}) is gone, and no other has come for a minute.",
        hint="Start one with `hotdash worker`; it finishes this run. Or do it here: "
        "`hotdash run --here`.",
    )
