"""Runs of named, repeatable steps: what is finished is remembered, what died is taken up where it stopped."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger, logged_with
from hotdash.base.tracing import span
from hotdash.pipeline.lease import Lease, Patience, hold_lease
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


@dataclass(frozen=True)
class LeasePerStep:
    """What every step takes for itself and lets go of again, so that others get their turn between two."""

    resource: str
    patience: Patience


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
        per_step: LeasePerStep | None = None,
    ) -> None:
        self.run_id = run_id
        self.resumed = resumed
        self._database = database
        self._lease = lease
        self._clock = clock
        self._done = dict(done)
        self._per_step = per_step

    @property
    def done(self) -> Mapping[str, Detail]:
        """What each finished step left behind, in this process or in one before it."""
        return self._done

    def step(self, name: str, work: Callable[[], Detail]) -> Detail:
        """Do the work once; later steps and later processes read what it left, never memory."""
        if name in self._done:
            return self._done[name]
        self._lease.require_held()
        with self._step_lease() as lease:
            return self._take(name, work, lease)

    def _step_lease(self) -> AbstractContextManager[Lease | None]:
        if self._per_step is None:
            return nullcontext()
        asked = (self._database, self._per_step.resource, self._clock)
        return hold_lease(*asked, patience=self._per_step.patience)

    def _take(self, name: str, work: Callable[[], Detail], lease: Lease | None) -> Detail:
        if lease is not None:
            lease.name_run(self.run_id)
        with self._database.jobs() as session:
            attempt = runs.start_step(session, self.run_id, name, self._clock.now())
        ids = {"run_id": str(self.run_id), "step": name}
        with logged_with(**ids), span(name, **ids):
            _log.info("step_started", attempt=attempt)
            detail = self._attempt(name, work, lease)
        with self._database.jobs() as session:
            runs.finish_step(session, self.run_id, name, detail, self._clock.now())
        self._done[name] = detail
        return detail

    def _attempt(self, name: str, work: Callable[[], Detail], lease: Lease | None) -> Detail:
        try:
            detail = _as_stored(work())
            self._lease.require_held()
            if lease is not None:
                lease.require_held()
        except Exception as error:
            is_known = isinstance(error, HotdashError)
            _log.error("step_failed", error=str(error), exc_info=not is_known)
            with suppress(HotdashError), self._database.jobs() as session:
                runs.fail_step(session, self.run_id, name, str(error), self._clock.now())
            raise
        return detail


@contextmanager
def durable_run(
    database: Database,
    resource: str,
    request: RunRequest,
    clock: Clock,
    *,
    patience: Patience | None = None,
    lease_per_step: LeasePerStep | None = None,
) -> Generator[DurableRun]:
    """The only run on this resource. An exception closes it as failed; a death leaves it to be resumed.

    A run that takes its lease step by step needs a resource of its own, like `backfill:<shop>`: one
    that named the warehouse itself would be closed as dead by whoever has the warehouse between two.
    """
    if lease_per_step is not None and lease_per_step.resource == resource:
        raise ValueError(f"{resource} is what the steps take; name the run's own resource")
    with hold_lease(database, resource, clock, patience=patience) as lease:
        opened = _Opening(database, lease, clock, resource, request, lease_per_step)
        run = opened.resumed() or opened.started()
        lease.name_run(run.run_id)
        try:
            yield run
        except Exception as error:
            with suppress(HotdashError), database.jobs() as session:
                runs.finish_run(session, run.run_id, RunStatus.FAILED, clock.now(), str(error))
            raise
        with database.jobs() as session:
            runs.finish_run(session, run.run_id, RunStatus.COMPLETED, clock.now())


@dataclass(frozen=True)
class _Opening:
    database: Database
    lease: Lease
    clock: Clock
    resource: str
    request: RunRequest
    per_step: LeasePerStep | None

    def started(self) -> DurableRun:
        run_id = new_id()
        asked = _as_stored(self.request.detail)
        with self.database.jobs() as session:
            now = self.clock.now()
            started = (self.resource, self.request.kind, self.request.shops, now)
            runs.start_run(session, run_id, *started)
            session.flush()
            runs.start_step(session, run_id, REQUEST, now)
            runs.finish_step(session, run_id, REQUEST, asked, now)
        return self._run(run_id, {REQUEST: asked}, resumed=False)

    def resumed(self) -> DurableRun | None:
        """Of the dead runs the newest goes on when it is young and asked for the same; others are closed."""
        chosen: DurableRun | None = None
        with self.database.jobs() as session:
            for dead in runs.running(session, self.resource):
                done = {
                    step.step: step.detail
                    for step in runs.steps_of(session, dead.run_id)
                    if step.status is RunStatus.COMPLETED
                }
                is_young = self.clock.now() - dead.started_at <= self.request.resumed_within
                if chosen is None and is_young and _is_same(dead, done, self.request):
                    chosen = self._run(dead.run_id, done, resumed=True)
                else:
                    gone = "The process died; another run took over what it had loaded."
                    now = self.clock.now()
                    runs.finish_run(session, dead.run_id, RunStatus.FAILED, now, gone)
        return chosen

    def _run(self, run_id: UUID, done: Mapping[str, Detail], *, resumed: bool) -> DurableRun:
        made = (self.database, self.lease, self.clock, run_id, done)
        return DurableRun(*made, resumed=resumed, per_step=self.per_step)


def _is_same(dead: RunRecord, done: Mapping[str, Detail], request: RunRequest) -> bool:
    asked = (dead.kind, dead.shops, done.get(REQUEST))
    return asked == (request.kind, request.shops, _as_stored(request.detail))


def _as_stored(detail: Detail) -> Detail:
    """What a later process will read is what this one goes on with."""
    return json.loads(json.dumps(detail))
