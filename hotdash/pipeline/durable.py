"""Runs of named, repeatable steps: what is finished is remembered, what died is taken up where it stopped."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger
from hotdash.pipeline.lease import Lease, hold_lease
from hotdash.storage.appdb.repositories import runs
from hotdash.storage.appdb.repositories.runs import RunRecord, RunStatus
from hotdash.storage.appdb.session import Database

Detail = Mapping[str, Any]

REQUEST = "request"

_log = get_logger(__name__)


@dataclass(frozen=True)
class RunRequest:
    """What somebody asked for; a dead run is resumed by whoever soon asks for the same."""

    kind: str
    shops: tuple[str, ...]
    detail: Detail = field(default_factory=dict[str, Any])
    resumed_within: timedelta = timedelta.max


class DurableRun:
    def __init__(
        self,
        database: Database,
        lease: Lease,
        clock: Clock,
        run_id: UUID,
        done: Mapping[str, Detail],
        *,
        resumed: bool,
    ) -> None:
        self.run_id = run_id
        self.resumed = resumed
        self._database = database
        self._lease = lease
        self._clock = clock
        self._done = dict(done)

    def step(self, name: str, work: Callable[[], Detail]) -> Detail:
        """Do the work once; later steps and later processes read what it left, never memory."""
        if name in self._done:
            return self._done[name]
        self._lease.require_held()
        with self._database.jobs() as session:
            attempt = runs.start_step(session, self.run_id, name, self._clock.now())
        _log.info("step_started", run_id=str(self.run_id), step=name, attempt=attempt)
        detail = self._attempt(name, work)
        with self._database.jobs() as session:
            runs.finish_step(session, self.run_id, name, detail, self._clock.now())
        self._done[name] = detail
        return detail

    def _attempt(self, name: str, work: Callable[[], Detail]) -> Detail:
        try:
            detail = _as_stored(work())
            self._lease.require_held()
        except Exception as error:
            is_known = isinstance(error, HotdashError)
            told = {"run_id": str(self.run_id), "step": name, "error": str(error)}
            _log.error("step_failed", **told, exc_info=not is_known)
            with suppress(HotdashError), self._database.jobs() as session:
                runs.fail_step(session, self.run_id, name, str(error), self._clock.now())
            raise
        return detail


@contextmanager
def durable_run(
    database: Database, resource: str, request: RunRequest, clock: Clock
) -> Generator[DurableRun]:
    """The only run on this resource. An exception closes it as failed; a death leaves it to be resumed."""
    with hold_lease(database, resource, clock) as lease:
        run = _resume(database, lease, resource, request, clock) or _start(
            database, lease, resource, request, clock
        )
        lease.name_run(run.run_id)
        try:
            yield run
        except Exception as error:
            with suppress(HotdashError), database.jobs() as session:
                runs.finish_run(session, run.run_id, RunStatus.FAILED, clock.now(), str(error))
            raise
        with database.jobs() as session:
            runs.finish_run(session, run.run_id, RunStatus.COMPLETED, clock.now())


def _start(
    database: Database, lease: Lease, resource: str, request: RunRequest, clock: Clock
) -> DurableRun:
    run_id = new_id()
    asked = _as_stored(request.detail)
    with database.jobs() as session:
        now = clock.now()
        runs.start_run(session, run_id, resource, request.kind, request.shops, now)
        session.flush()
        runs.start_step(session, run_id, REQUEST, now)
        runs.finish_step(session, run_id, REQUEST, asked, now)
    return DurableRun(database, lease, clock, run_id, {REQUEST: asked}, resumed=False)


def _resume(
    database: Database, lease: Lease, resource: str, request: RunRequest, clock: Clock
) -> DurableRun | None:
    """Of the dead runs the newest goes on when it is young and asked for the same; others are closed."""
    chosen: DurableRun | None = None
    with database.jobs() as session:
        for dead in runs.running(session, resource):
            done = {
                step.step: step.detail
                for step in runs.steps_of(session, dead.run_id)
                if step.status is RunStatus.COMPLETED
            }
            is_young = clock.now() - dead.started_at <= request.resumed_within
            if chosen is None and is_young and _is_same(dead, done, request):
                chosen = DurableRun(database, lease, clock, dead.run_id, done, resumed=True)
            else:
                gone = "The process died; another run took over what it had loaded."
                runs.finish_run(session, dead.run_id, RunStatus.FAILED, clock.now(), gone)
    return chosen


def _is_same(dead: RunRecord, done: Mapping[str, Detail], request: RunRequest) -> bool:
    asked = (dead.kind, dead.shops, done.get(REQUEST))
    return asked == (request.kind, request.shops, _as_stored(request.detail))


def _as_stored(detail: Detail) -> Detail:
    """What a later process will read is what this one goes on with."""
    return json.loads(json.dumps(detail))
