"""One of all workers asks for what is due; whoever holds the lock is that one."""

import socket
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

import psycopg

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger
from hotdash.base.processes import is_gone
from hotdash.jobs.schedule import DueSlot, ScheduledJob, due_slots
from hotdash.jobs.watch import states_of
from hotdash.storage.appdb.repositories import jobs, leases, workers
from hotdash.storage.appdb.repositories.jobs import JobRequest
from hotdash.storage.appdb.session import Database

LOCK = "scheduler"
REQUESTED_BY = "scheduler"
# A job nobody took for so long does not keep the next slot from being asked for.
BUSY_FOR = timedelta(hours=1)
# Two heartbeats: a container may have this machine's name and processes that we cannot see.
SUSPECT_AFTER = timedelta(seconds=7)

_log = get_logger(__name__)


class Leadership:
    """A session's advisory lock: a leader that dies or loses its connection leads no longer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._let_go()

    def is_mine(self) -> bool:
        connection = self._connection
        if connection is not None and leases.still_locked(connection):
            return True
        self._let_go()
        connection = self._database.direct_connection()
        try:
            is_mine = leases.try_lock(connection, LOCK)
        except psycopg.Error as error:
            connection.close()
            raise UnavailableError(
                f"Who leads cannot be asked: {error}.", hint="Is the app database running?"
            ) from error
        if is_mine:
            self._connection = connection
        else:
            connection.close()
        return is_mine

    def _let_go(self) -> None:
        if self._connection is not None:
            leases.unlock(self._connection)
            self._connection.close()
            self._connection = None


class Scheduler:
    """Asks for each due slot in one transaction with the mark that it was asked for."""

    def __init__(self, database: Database, clock: Clock, schedule: Sequence[ScheduledJob]) -> None:
        self._database = database
        self._clock = clock
        self._schedule = schedule

    def begin(self) -> None:
        """Nights that lie before the first start of an installation are not caught up."""
        now = self._clock.now()
        with self._database.jobs() as session:
            for job in self._schedule:
                jobs.save_schedule(session, job.name, job.cron, job.timezone)
            known = states_of(jobs.list_schedules(session))
            for job in self._schedule:
                if known[job.name].last_slot is None and not job.begins_at_once:
                    jobs.move_schedule(session, job.name, job.newest_slot(now), job.next_slot(now))

    def ask_for_due(self) -> list[DueSlot]:
        now = self._clock.now()
        with self._database.jobs() as session:
            waiting = jobs.waiting_jobs(session)
            busy = {
                each.job
                for each in waiting
                if each.status == jobs.RUNNING or now - each.requested_at < BUSY_FOR
            }
            due = due_slots(self._schedule, states_of(jobs.list_schedules(session)), busy, now)
            for each in due:
                request = JobRequest(new_id(), each.job.name, each.key, REQUESTED_BY)
                jobs.request_job(session, request, now)
                jobs.move_schedule(session, each.job.name, each.slot, each.job.next_slot(now))
        return due


def dead_workers(database: Database, clock: Clock, myself: UUID) -> list[UUID]:
    """Who fell silent; sooner where the process was on this machine and is gone."""
    now = clock.now()
    dead: list[UUID] = []
    with database.jobs() as session:
        for each in workers.list_workers(session):
            if each.worker_id == myself:
                continue
            is_suspect = now - each.seen_at > SUSPECT_AFTER
            is_killed = is_suspect and each.host == socket.gethostname() and is_gone(each.pid)
            if is_killed:
                workers.call_silent(session, each.worker_id, now)
            if is_killed or not each.is_alive(now):
                dead.append(each.worker_id)
    return dead


def lead(leadership: Leadership, scheduler: Scheduler) -> bool:
    """One round, where this worker is the one; a database that is away is tried again the next time."""
    try:
        if not leadership.is_mine():
            return False
        for each in scheduler.ask_for_due():
            _log.info("job_due", job=each.job.name, slot=each.key)
    except HotdashError as error:
        _log.warning("scheduler_waits", error=str(error))
        return False
    return True
