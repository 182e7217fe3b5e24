"""A worker: says that it lives, takes what is offered, and, where it leads, asks for what is due."""

import os
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger, told_as
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.job_table import job_called
from hotdash.jobs.queue import Lane, Queue
from hotdash.jobs.scheduler import Leadership, Scheduler, dead_workers, lead
from hotdash.storage.appdb.repositories import jobs, workers
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.workers import WorkerRecord

ROUND_SECONDS = 0.5
HEARTBEAT_SECONDS = 3.0
FORGETS_EVERY = timedelta(hours=1)
DONE_KEPT = timedelta(days=1)
# With waits that double up to half a minute: a minute and a half, then whoever restarts it may try.
STUMBLES_BEFORE_END = 8
LONGEST_PAUSE_SECONDS = 32.0
# A database that restarts is back sooner; what lasts longer is told.
LONG_WAIT = timedelta(minutes=10)
TELLS_AGAIN_AFTER = timedelta(minutes=1)

_log = get_logger(__name__)


@dataclass
class _Waiting:
    """For a database that restarts, or for something that does not come back by itself."""

    error: HotdashError
    since: datetime
    tried_at: datetime
    is_told: bool = False


class WorkerEndedError(UnavailableError):
    code = "worker_ended"


OpenQueue = Callable[["Worker"], Queue]


class Worker:
    def __init__(self, context: JobContext, lanes: Collection[Lane], version: str) -> None:
        self.context = context
        self.lanes = frozenset(lanes)
        self.record = WorkerRecord(
            new_id(),
            socket.gethostname(),
            os.getpid(),
            tuple(sorted(lane.value for lane in lanes)),
            version,
            context.clock.now(),
            context.clock.now(),
        )
        self._forgets_at = context.clock.now()
        self._stumbles = 0
        self._may_have_told = True
        self._waiting: _Waiting | None = None
        self._stop = threading.Event()

    @property
    def worker_id(self) -> UUID:
        return self.record.worker_id

    def stop(self) -> None:
        self._stop.set()

    def work(self, open_queue: OpenQueue, scheduler: Scheduler) -> None:
        """Until it is told to stop. What is at work then is left to whoever takes it over."""
        queue = open_queue(self)
        # Before it may take a job: what an unknown worker leaves behind is taken over by nobody.
        self._say_alive()
        heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        heart.start()
        try:
            if not self._stop.is_set():
                queue.listen()
                self._go_round(queue, scheduler)
        finally:
            is_told_to = self._stop.is_set()
            self._stop.set()
            heart.join()
            queue.close()
            self._leave(is_told_to)

    def _go_round(self, queue: Queue, scheduler: Scheduler) -> None:
        scheduler.begin()
        with Leadership(self.context.database) as leadership:
            while not self._stop.is_set():
                self._round(queue, leadership, scheduler)
                self._stop.wait(self._pause_seconds)

    @property
    def _pause_seconds(self) -> float:
        return min(ROUND_SECONDS * 2.0**self._stumbles, LONGEST_PAUSE_SECONDS)

    def carry_out(self, job_id: UUID) -> None:
        """One job to its end, whatever that is: an error is its outcome, not the worker's."""
        context = self.context
        with context.database.jobs() as session:
            job = jobs.begin_job(session, job_id, self.worker_id, context.clock.now())
        if job is None:
            return
        _log.info("job_started", job=job.job, slot=job.slot)
        error: Exception | None = None
        try:
            job_called(job.job).work(context, job)
        except Exception as raised:
            is_known = isinstance(raised, HotdashError)
            _log.error("job_raised", job=job.job, slot=job.slot, exc_info=not is_known)
            error = raised
        self._finish(job, error)

    def _finish(self, job: JobRecord, error: Exception | None) -> None:
        context, failed_with = self.context, told_as(error) if error else None
        with context.database.jobs() as session:
            is_mine = jobs.finish_job(
                session, job.job_id, self.worker_id, context.clock.now(), failed_with
            )
            told = jobs.find_job(session, job.job_id) or job
        if not is_mine:
            return
        try:
            if error is not None:
                context.hooks.tell_failure(told, error)
            else:
                context.hooks.tell_success(told)
        except Exception as refused:
            # The job has ended; whatever a channel or the database does, that stands.
            _log.error("job_not_told", job=job.job, error=told_as(refused))

    def _round(self, queue: Queue, leadership: Leadership, scheduler: Scheduler) -> None:
        try:
            self._look_around(queue, leadership, scheduler)
        except HotdashError as error:
            self._wait(error)
        except Exception as error:
            self._stumble(error)
        else:
            self._stand_again()

    def _look_around(self, queue: Queue, leadership: Leadership, scheduler: Scheduler) -> None:
        if lead(leadership, scheduler):
            self._take_over(queue)
            self._forget(queue)
        with self.context.database.jobs() as session:
            waiting = jobs.waiting_jobs(session)
        queue.offer(each for each in waiting if each.status == jobs.QUEUED)

    def _wait(self, error: HotdashError) -> None:
        now = self.context.clock.now()
        self._waiting = self._waiting or _Waiting(error, now, now)
        _log.warning("worker_waits", since=iso_utc(self._waiting.since), error=str(error))
        if now >= self._waiting.tried_at + TELLS_AGAIN_AFTER:
            self._tell_long_wait(self._waiting, now)

    def _tell_long_wait(self, waiting: _Waiting, now: datetime) -> None:
        """Once; where what is waited for is what keeps alerts, when it is back."""
        if waiting.is_told or now - waiting.since < LONG_WAIT:
            return
        waiting.tried_at = now
        waiting.is_told = self._tell(lambda: self.context.hooks.tell_stumble(waiting.error, False))
        self._may_have_told = self._may_have_told or waiting.is_told

    def _stumble(self, error: Exception) -> None:
        """Once is told and gone on from; who stumbles at every step says so and ends."""
        self._stumbles += 1
        _log.error("worker_stumbled", times=self._stumbles, exc_info=error)
        is_last = self._stumbles >= STUMBLES_BEFORE_END
        self._may_have_told = True
        if self._stumbles == 1 or is_last:
            self._tell(lambda: self.context.hooks.tell_stumble(error, is_last))
        if is_last:
            raise WorkerEndedError(
                f"This worker ends: {self._stumbles} of its rounds in a row failed, the last with "
                f"{type(error).__name__}.",
                hint="The log has the details. Mend the cause, then start it again.",
            ) from error

    def _stand_again(self) -> None:
        """Also the first round of all: the one before this worker may have ended over it."""
        self._stumbles = 0
        if self._waiting is not None:
            self._tell_long_wait(self._waiting, self.context.clock.now())
            self._waiting = None
        if self._may_have_told:
            self._may_have_told = not self._tell(self.context.hooks.tell_standing)

    def _tell(self, told: Callable[[], None]) -> bool:
        try:
            told()
        except Exception as refused:
            _log.error("worker_not_told", error=told_as(refused))
            return False
        return True

    def _take_over(self, queue: Queue) -> None:
        dead = dead_workers(self.context.database, self.context.clock, self.worker_id)
        if dead:
            queue.take_over(dead)

    def _forget(self, queue: Queue) -> None:
        now = self.context.clock.now()
        if now >= self._forgets_at:
            queue.forget(now - DONE_KEPT)
            self._forgets_at = now + FORGETS_EVERY

    def _leave(self, is_told_to: bool) -> None:
        """Whoever had nothing at work is gone without a word; what is at work is taken over at once.

        Who ended over an error of its own stays on the list as dead, or nobody would miss it.
        """
        with self.context.database.jobs() as session:
            mine = [job for job in jobs.waiting_jobs(session) if job.worker_id == self.worker_id]
            if mine or not is_told_to:
                workers.call_silent(session, self.worker_id, self.context.clock.now())
            else:
                workers.forget_worker(session, self.worker_id)

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            try:
                self._say_alive()
            except Exception as error:
                # A heart that stops is a worker taken for dead while it works.
                _log.warning("heartbeat_missed", error=told_as(error))

    def _say_alive(self) -> None:
        at: datetime = self.context.clock.now()
        with self.context.database.jobs() as session:
            workers.say_alive(session, self.record, at)
