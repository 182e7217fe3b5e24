"""Rounds that fail unforeseen, and workers that died: nobody works or is missed in silence."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from hotdash.base.clock import FixedClock
from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.jobs.job_context import Hooks, JobContext, Watched
from hotdash.jobs.queue import Lane
from hotdash.jobs.scheduler import Scheduler
from hotdash.jobs.worker import Worker, WorkerEndedError
from hotdash.storage.appdb.repositories import workers
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.told_shopify import NOW
from tests.fixtures.working import carried_out, no_warehouse


@pytest.fixture
def context(database: Database) -> JobContext:
    return JobContext(database, FixedClock(NOW + timedelta(hours=1)), no_warehouse, {})


@dataclass
class StumblingQueue:
    """Its first rounds fail in a way that nobody foresaw; then the worker is told to stop."""

    worker: Worker
    falls: int
    rounds: int = 0

    def listen(self) -> None: ...

    def offer(self, jobs: Iterable[JobRecord]) -> None:
        self.rounds += 1
        if self.rounds <= self.falls:
            raise KeyError("a lane of another version")
        if self.rounds == self.falls + 3:
            self.worker.stop()

    def take_over(self, dead: Iterable[UUID]) -> None:
        del dead

    def forget(self, finished_before: datetime) -> None:
        del finished_before

    def close(self) -> None: ...


class AwayQueue(StumblingQueue):
    """Every round takes three minutes, and in the first ones it cannot be reached."""

    @property
    def is_away(self) -> bool:
        return self.rounds <= self.falls

    def offer(self, jobs: Iterable[JobRecord]) -> None:
        clock = self.worker.context.clock
        assert isinstance(clock, FixedClock)
        clock.advance(timedelta(minutes=3))
        with contextlib.suppress(KeyError):
            super().offer(jobs)
        if self.is_away:
            raise UnavailableError("The queue is away.", hint="Wait.")


class TestRounds:
    @pytest.fixture(autouse=True)
    def _quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hotdash.jobs.worker.ROUND_SECONDS", 0.001)

    def work(
        self, context: JobContext, falls: int, queue: type[StumblingQueue] = StumblingQueue
    ) -> list[str]:
        """What was told of the rounds."""
        told: list[str] = []
        hooks = Hooks(
            tell_stumble=lambda error, is_last: told.append(f"{type(error).__name__} {is_last}"),
            tell_standing=lambda: told.append("stands"),
        )
        made = Worker(replace(context, hooks=hooks), {Lane.LIGHT}, "1")
        scheduler = Scheduler(context.database, context.clock, ())
        try:
            made.work(lambda worker: queue(worker, falls), scheduler)
        except WorkerEndedError as ended:
            told.append(str(ended))
        return told

    def test_one_that_fails_unforeseen_is_told_and_gone_on_from(self, context: JobContext) -> None:
        assert self.work(context, 0) == ["stands"]
        assert self.work(context, 2) == ["KeyError False", "stands"]
        with context.database.jobs() as session:
            assert workers.list_workers(session) == []

    def test_one_after_the_other_that_fails_ends_it_aloud(self, context: JobContext) -> None:
        first, last, ended = self.work(context, 100)
        assert (first, last) == ("KeyError False", "KeyError True")
        assert "8 of its rounds in a row failed, the last with KeyError." in ended
        assert "lane" not in ended, "a library's words may hold a key"
        with context.database.jobs() as session:
            [dead] = workers.list_workers(session)
        assert not dead.is_alive(context.clock.now())

    def test_it_is_called_alive_when_it_can_work_and_before_it_takes_anything(
        self, context: JobContext
    ) -> None:
        known: dict[str, list[UUID]] = {}

        def note(moment: str) -> None:
            with context.database.jobs() as session:
                known[moment] = [each.worker_id for each in workers.list_workers(session)]

        class Noting(StumblingQueue):
            def listen(self) -> None:
                note("listens")

        def opened(worker: Worker) -> Noting:
            note("opens")
            return Noting(worker, 0)

        made = Worker(context, {Lane.LIGHT}, "1")
        made.work(opened, Scheduler(context.database, context.clock, ()))
        assert known == {"opens": [], "listens": [made.worker_id]}

    def test_one_whose_queue_takes_nothing_is_missed(self, context: JobContext) -> None:
        class Away(StumblingQueue):
            def listen(self) -> None:
                raise UnavailableError("The queue is away.", hint="Wait.")

        made = Worker(context, {Lane.LIGHT}, "1")
        with pytest.raises(UnavailableError, match="away"):
            made.work(
                lambda worker: Away(worker, 0), Scheduler(context.database, context.clock, ())
            )
        with context.database.jobs() as session:
            [dead] = workers.list_workers(session)
        assert not dead.is_alive(context.clock.now())

    def test_one_that_is_stopped_while_it_begins_takes_nothing_and_leaves_the_list(
        self, context: JobContext
    ) -> None:
        class Listening(StumblingQueue):
            def listen(self) -> None:
                raise AssertionError("it was told to stop")

        def opened(worker: Worker) -> Listening:
            worker.stop()
            return Listening(worker, 0)

        Worker(context, {Lane.LIGHT}, "1").work(
            opened, Scheduler(context.database, context.clock, ())
        )
        with context.database.jobs() as session:
            assert workers.list_workers(session) == []

    def test_one_that_waits_for_long_is_told_once(self, context: JobContext) -> None:
        assert self.work(context, 3, AwayQueue) == ["stands"]
        assert self.work(context, 9, AwayQueue) == ["UnavailableError False", "stands"]

    def test_a_long_wait_that_could_not_be_told_is_told_when_it_is_over(
        self, context: JobContext
    ) -> None:
        queues, told = list[AwayQueue](), list[str]()

        def opened(worker: Worker) -> AwayQueue:
            queues.append(AwayQueue(worker, 9))
            return queues[0]

        def tell(error: Exception, is_last: bool) -> None:
            if queues[0].is_away:
                raise UnavailableError("The database is away.", hint="Wait.")
            told.append(f"{error} {is_last}")

        made = Worker(replace(context, hooks=Hooks(tell_stumble=tell)), {Lane.LIGHT}, "1")
        made.work(opened, Scheduler(context.database, context.clock, ()))
        assert told == ["The queue is away. Wait. False"]

    def test_what_was_not_told_is_told_later(self, context: JobContext) -> None:
        tried: list[str] = []

        def stands() -> None:
            tried.append("stands")
            if len(tried) == 1:
                raise OperationalError("select 1", {}, ValueError("away"))

        made = Worker(replace(context, hooks=Hooks(tell_standing=stands)), {Lane.LIGHT}, "1")
        scheduler = Scheduler(context.database, context.clock, ())
        made.work(lambda worker: StumblingQueue(worker, 0), scheduler)
        assert tried == ["stands", "stands"]

    def test_nobody_who_cannot_be_told_ends_it(self, context: JobContext) -> None:
        def refuse(*_: object) -> None:
            raise OperationalError("select 1", {}, ValueError("away"))

        deaf = replace(context, hooks=Hooks(tell_stumble=refuse, tell_standing=refuse))
        made = Worker(deaf, {Lane.LIGHT}, "1")
        scheduler = Scheduler(context.database, context.clock, ())
        made.work(lambda worker: StumblingQueue(worker, 1), scheduler)


def watched(context: JobContext, slot: str) -> list[str]:
    """What the watch finds at this moment, by name."""
    found: list[Watched] = []

    def hear(told: Sequence[Watched]) -> None:
        found.extend(told)

    context = replace(context, hooks=Hooks(tell_watched=hear))
    carried_out(context, "watch", slot)
    return [each.name for each in found]


def test_a_dead_worker_is_told_for_as_long_as_nobody_does_its_work(database: Database) -> None:
    clock = FixedClock(NOW)
    context = JobContext(database, clock, no_warehouse, {})
    gone = WorkerRecord(new_id(), "gone", 7, ("warehouse",), "1", clock.now(), clock.now())
    able = replace(gone, worker_id=new_id(), host="there")
    with database.jobs() as session:
        workers.say_alive(session, gone, clock.now())
    for slot in ("first", "second", "third"):
        clock.advance(timedelta(hours=2))
        assert watched(context, slot) == ["process 7 on gone"]
    with database.jobs() as session:
        workers.say_alive(session, able, clock.now())
    assert watched(context, "covered") == []
    with database.jobs() as session:
        assert [each.host for each in workers.list_workers(session)] == ["there"]
