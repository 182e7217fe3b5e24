"""dbos on the app database: one execution per job among any number of machines, and none lost with a machine.

Imported by the worker only: nobody else waits for it.
"""

import time
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from dbos import DBOS, DBOSConfig, SetWorkflowID
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from hotdash.base.clock import iso_utc
from hotdash.base.errors import UnavailableError
from hotdash.base.logging import get_logger, told_as
from hotdash.jobs.queue import CarryOut, Lane
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.session import Database

SCHEMA = "dbos"
_APP = "hotdash"
# A workflow of ours only names a row of app.job_runs: whoever takes it over may be of another version.
_VERSION = "1"
_POLL_SECONDS = 0.25
_AGAIN_SECONDS = 1.0
_FORGOTTEN_AT_ONCE = 1000
_NEEDLESS = 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";'

_log = get_logger(__name__)


class DbosQueue:
    def __init__(
        self,
        database: Database,
        worker_id: UUID,
        lanes: Collection[Lane],
        carry_out: CarryOut,
        lane_of: Callable[[str], Lane],
    ) -> None:
        self._lanes = sorted(lanes)
        self._lane_of = lane_of
        self._offered: set[UUID] = set()
        self._engine = _without_extension(database.session_engine())
        config: DBOSConfig = {
            "name": _APP,
            "system_database_engine": self._engine,
            "dbos_system_schema": SCHEMA,
            "application_version": _VERSION,
            "executor_id": str(worker_id),
            "use_listen_notify": False,
            "run_admin_server": False,
            "log_level": "ERROR",
        }
        DBOS(config=config)

        @DBOS.workflow(name="carry_out")
        def work(job_id: str) -> None:
            # A workflow that ended is never done again, so it does not end while nobody can say so.
            while not _done(carry_out, UUID(job_id)):
                time.sleep(_AGAIN_SECONDS)

        self._work = work

    def listen(self) -> None:
        DBOS.listen_queues([lane.value for lane in self._lanes])
        DBOS.launch()
        for lane in Lane:
            DBOS.register_queue(
                lane.value,
                worker_concurrency=1,
                polling_interval_sec=_POLL_SECONDS,
                on_conflict="always_update",
            )

    def offer(self, jobs: Iterable[JobRecord]) -> None:
        """The id of the workflow is the job and its slot: offered by many, it is done once."""
        waiting = list(jobs)
        self._offered &= {job.job_id for job in waiting}
        for job in waiting:
            if job.job_id not in self._offered:
                with _explained(), SetWorkflowID(f"{job.job}:{job.slot}"):
                    DBOS.enqueue_workflow(self._lane_of(job.job).value, self._work, str(job.job_id))
                self._offered.add(job.job_id)

    def take_over(self, dead: Sequence[UUID]) -> None:
        # Public only through its conductor; a conductor of theirs is what we do not need.
        recover: Callable[[list[str]], Any] = DBOS._recover_pending_workflows  # pyright: ignore[reportPrivateUsage]
        with _explained():
            recover([str(worker_id) for worker_id in dead])

    def forget(self, done_before: datetime) -> None:
        with _explained():
            done = DBOS.list_workflows(
                completed_before=iso_utc(done_before),
                limit=_FORGOTTEN_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if done:
                DBOS.delete_workflows([each.workflow_id for each in done])

    def close(self) -> None:
        """What is still at work is not waited for: it survives a kill, and so it survives this."""
        DBOS.destroy(workflow_completion_timeout_sec=0, destroy_registry=True)
        self._engine.dispose()


@contextmanager
def _explained() -> Generator[None]:
    """A server that restarts must not end a worker: it asks again in its next round."""
    try:
        yield
    except SQLAlchemyError as error:
        raise UnavailableError(
            f"The job queue cannot be reached: {error}.", hint="Is the app database running?"
        ) from error


def _done(carry_out: CarryOut, job_id: UUID) -> bool:
    try:
        carry_out(job_id)
    except Exception as error:
        # Whatever keeps its end from being written: a workflow that ended would lose the job.
        _log.warning("job_waits_for_database", job_id=str(job_id), error=told_as(error))
        return False
    return True


def _without_extension(engine: Engine) -> Engine:
    """Its first migration asks for an extension that nothing of it uses and the embedded server lacks."""

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def rewrite(*told: Any) -> tuple[str, Any]:
        statement, parameters = told[2], told[3]
        return statement.replace(_NEEDLESS, ""), parameters

    del rewrite
    return engine
