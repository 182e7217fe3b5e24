"""What a worker does with one job: its outcome is stored and told, and what is due is chosen once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.base.progress import SilentProgress
from hotdash.entrypoints.work_overview import work_overview
from hotdash.jobs.hand_over import HandOver, JobFailedError
from hotdash.jobs.job_context import Hooks, JobContext, Watched, WatchKind
from hotdash.jobs.job_table import JOBS, SCHEDULE
from hotdash.jobs.queue import Lane
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.jobs.schedule import due_slots
from hotdash.jobs.worker import Worker
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.storage.appdb.models import BackfillEvent, Credential
from hotdash.storage.appdb.repositories import jobs, workers
from hotdash.storage.appdb.repositories.alerts import NewAlert, end_alerts, open_alerts
from hotdash.storage.appdb.repositories.freshness import (
    LimitRecord,
    decide_limit,
    save_freshness,
)
from hotdash.storage.appdb.repositories.jobs import JobRecord, JobRequest
from hotdash.storage.appdb.repositories.source_states import note_working
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.run_states import FirstRun
from tests.fixtures.shops import add_shop
from tests.fixtures.told_shopify import NOW
from tests.fixtures.working import no_warehouse

SHOPS = ("hot-rod-an", "nordkurve-teile")
EVERY = {"shopify": timedelta(minutes=15)}


@dataclass
class Heard:
    failures: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    successes: list[str] = field(default_factory=list[str])
    watched: list[Watched] = field(default_factory=list[Watched])

    def failure(self, job: JobRecord, error: Exception) -> None:
        self.failures.append((job.job, str(error)))

    def watch(self, found: Sequence[Watched]) -> None:
        self.watched.extend(found)

    @property
    def hooks(self) -> Hooks:
        return Hooks(
            tell_failure=self.failure,
            tell_success=lambda job: self.successes.append(job.job),
            tell_watched=self.watch,
        )


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def context(database: Database, heard: Heard) -> JobContext:
    clock = FixedClock(NOW + timedelta(hours=1))
    return JobContext(database, clock, no_warehouse, EVERY, hooks=heard.hooks)


def asked(context: JobContext, job: str, slot: str = "once", **arguments: object) -> JobRequest:
    request = JobRequest(new_id(), job, slot, "a test", arguments=arguments)
    with context.database.jobs() as session:
        jobs.request_job(session, request, context.clock.now())
    return request


def carried_out(context: JobContext, request: JobRequest) -> JobRecord:
    Worker(context, set(Lane), "1").carry_out(request.job_id)
    with context.database.jobs() as session:
        job = jobs.find_job(session, request.job_id)
    assert job is not None
    return job


def connect(database: Database, shop_id: str) -> None:
    with database.jobs() as session:
        session.add(Credential(shop_id=shop_id, vendor="shopify", ciphertext=b"sealed"))


class TestOutcomes:
    def test_a_job_that_fails_is_stored_and_told_with_its_words(
        self, context: JobContext, heard: Heard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(context: JobContext, job: JobRecord) -> None:
            del context, job
            raise UnavailableError("The disk is full.", hint="Make room.")

        monkeypatch.setitem(JOBS, "tidy", replace(JOBS["tidy"], work=fail))
        job = carried_out(context, asked(context, "tidy"))
        assert (job.status, job.error) == ("failed", "The disk is full. Make room.")
        assert heard.failures == [("tidy", "The disk is full. Make room.")]
        assert heard.successes == []

    @pytest.mark.parametrize(
        ("raised", "kept"),
        [
            (
                UnavailableError("Nothing at postgresql://me:pa55word@db/x.", hint="Start it."),
                "Nothing at postgresql://me:***@db/x. Start it.",
            ),
            (ValueError("key=AbCd"), "ValueError"),
        ],
    )
    def test_no_key_is_kept_and_no_librarys_words(
        self,
        context: JobContext,
        monkeypatch: pytest.MonkeyPatch,
        raised: Exception,
        kept: str,
    ) -> None:
        def fail(context: JobContext, job: JobRecord) -> None:
            del context, job
            raise raised

        monkeypatch.setitem(JOBS, "tidy", replace(JOBS["tidy"], work=fail))
        told: list[Exception] = []
        hooks = Hooks(tell_failure=lambda job, error: told.append(error))
        job = carried_out(replace(context, hooks=hooks), asked(context, "tidy"))
        assert job.error == kept
        assert told == [raised], "the mend of the error goes with it"

    def test_nobody_who_cannot_be_told_undoes_the_end_of_a_job(self, context: JobContext) -> None:
        def refuse(job: JobRecord) -> None:
            raise OperationalError("select 1", {}, ValueError(job.job))

        deaf = replace(context, hooks=Hooks(tell_success=refuse))
        assert carried_out(deaf, asked(context, "weekly_digest")).status == "completed"

    def test_a_heart_that_misses_a_beat_goes_on(
        self, context: JobContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        beats: list[int] = []
        worker = Worker(context, set(Lane), "1")

        def say_alive(*_: object) -> None:
            beats.append(1)
            if len(beats) == 2:
                worker.stop()
            raise OperationalError("select 1", {}, ValueError("away"))

        monkeypatch.setattr("hotdash.jobs.worker.HEARTBEAT_SECONDS", 0.01)
        monkeypatch.setattr("hotdash.jobs.worker.workers.say_alive", say_alive)
        worker._beat()  # pyright: ignore[reportPrivateUsage]
        assert len(beats) == 2

    def test_a_job_of_another_version_fails_with_its_name(
        self, context: JobContext, heard: Heard
    ) -> None:
        job = carried_out(context, asked(context, "dance"))
        assert job.status == "failed"
        assert "'dance'" in (job.error or "")
        assert len(heard.failures) == 1

    def test_what_is_over_is_not_done_again(self, context: JobContext, heard: Heard) -> None:
        request = asked(context, "weekly_digest")
        carried_out(context, request)
        carried_out(context, request)
        assert heard.successes == ["weekly_digest"]

    def test_every_job_of_the_schedule_exists(self) -> None:
        assert {each.name for each in SCHEDULE} <= JOBS.keys()
        assert due_slots(SCHEDULE, {}, (), NOW), "something begins at once"


class TestWatch:
    def test_stale_dead_and_late_are_told_without_a_build(
        self, context: JobContext, database: Database, heard: Heard
    ) -> None:
        now = context.clock.now()
        limits = {"shopify": FreshnessLimit(timedelta(hours=1), timedelta(hours=24))}
        with database.jobs() as session:
            for shop_id, age in (("hot-rod-an", 3), ("kanto-garage", 25), ("nordkurve-teile", 1)):
                add_shop(session, shop_id)
                session.flush()
                mark = now - timedelta(hours=age)
                save_freshness(session, shop_id, "shopify", mark, at=now)
                session.add(Credential(shop_id=shop_id, vendor="shopify", ciphertext=b"sealed"))
            gone = WorkerRecord(new_id(), "elsewhere", 7, ("light",), "1", now, now)
            workers.say_alive(session, gone, now - timedelta(minutes=2))
            old = WorkerRecord(new_id(), "long ago", 8, ("light",), "1", now, now)
            workers.say_alive(session, old, now - timedelta(hours=2))
            jobs.save_schedule(session, "tidy", "20 3 * * *", "UTC")
            jobs.move_schedule(session, "tidy", now - timedelta(days=2), now)
        carried_out(replace(context, limits=limits), asked(context, "watch"))
        told = [(each.kind, each.name, each.shops, each.is_hard) for each in heard.watched]
        assert told[:2] == [
            (WatchKind.STALE, "shopify of hot-rod-an", ("hot-rod-an",), False),
            (WatchKind.STALE, "shopify of kanto-garage", ("kanto-garage",), True),
        ]
        hard = [each for each in told[2:] if each[3]]
        assert {each[0] for each in hard} == {WatchKind.DEAD_WORKER}, (
            "who is told when none is left"
        )
        assert {each[:2] for each in told[2:]} == {
            (WatchKind.DEAD_WORKER, "process 7 on elsewhere"),
            (WatchKind.DEAD_WORKER, "process 8 on long ago"),
            (WatchKind.OVERDUE, "tidy"),
        }
        with database.jobs() as session:
            left = [each.host for each in workers.list_workers(session)]
        assert left == ["elsewhere"], "of those whose work nobody does, the last is kept"

    def test_a_dead_worker_is_told_only_while_nobody_does_its_work(
        self, context: JobContext, database: Database, heard: Heard
    ) -> None:
        now = context.clock.now()
        both = WorkerRecord(new_id(), "gone", 7, ("light", "warehouse"), "1", now, now)
        light = replace(both, worker_id=new_id(), host="here", roles=("light",))
        able = replace(both, worker_id=new_id(), host="there", roles=("warehouse",))
        with database.jobs() as session:
            workers.say_alive(session, both, now - timedelta(minutes=2))
            workers.say_alive(session, light, now)
        carried_out(context, asked(context, "watch"))
        [told] = heard.watched
        assert (told.name, told.is_hard) == ("process 7 on gone", True)
        assert "nobody does its jobs (warehouse)" in told.sentence
        heard.watched.clear()
        with database.jobs() as session:
            workers.say_alive(session, able, now)
        carried_out(context, asked(context, "watch", "later"))
        assert heard.watched == []

    def test_what_was_asked_for_and_nobody_takes_is_late_too(
        self, context: JobContext, database: Database, heard: Heard
    ) -> None:
        """refresh_due may wait an hour, tidy three; what works is not late, nor what a person asked."""
        now = context.clock.now()
        with database.jobs() as session:
            for job, hours in (("refresh_due", 2), ("tidy", 2), ("run", 9), ("parity", 9)):
                request = JobRequest(new_id(), job, "once", "a test")
                jobs.request_job(session, request, now - timedelta(hours=hours))
            jobs.begin_job(session, request.job_id, new_id(), now)
            again = JobRequest(new_id(), "refresh_due", "again", "a test")
            jobs.request_job(session, again, now - timedelta(minutes=90))
        assert work_overview(database, now).overdue == ("refresh_due",)
        carried_out(context, asked(context, "watch"))
        [told] = heard.watched
        assert (told.kind, told.name) == (WatchKind.OVERDUE, "refresh_due")
        assert iso_utc(now - timedelta(hours=2)) in told.sentence

    def test_a_source_is_stale_where_it_is_connected_by_its_shops_limits_and_told_by_no_gate(
        self, context: JobContext, database: Database, heard: Heard
    ) -> None:
        now = context.clock.now()
        hours = timedelta(hours=1)
        limits = {"shopify": FreshnessLimit(hours, 24 * hours)}
        shops = ("decided", "left", "plain", "told")
        with database.jobs() as session:
            for shop_id in shops:
                add_shop(session, shop_id)
                save_freshness(session, shop_id, "shopify", now - 30 * hours, at=now)
            reason = "The shop is closed in winter."
            decided = LimitRecord("decided", "shopify", 6000, 9000, now, "user:ada", reason)
            decide_limit(session, decided)
            hard = NewAlert("told", "freshness_hard_shopify", "blocking", "Old.", "Look.", "data")
            open_alerts(session, [hard], now)
        for shop_id in shops:
            if shop_id != "left":
                connect(database, shop_id)
        carried_out(replace(context, limits=limits), asked(context, "watch"))
        assert [(each.name, each.is_hard) for each in heard.watched] == [("shopify of plain", True)]
        heard.watched.clear()
        with database.jobs() as session:
            end_alerts(session, "told", "check", ["freshness_hard_shopify"], now)
        carried_out(replace(context, limits=limits), asked(context, "watch", "later"))
        assert [each.name for each in heard.watched] == ["shopify of plain", "shopify of told"]


class TestRefreshDue:
    def test_where_nothing_is_due_the_warehouse_is_not_opened(
        self, context: JobContext, database: Database
    ) -> None:
        now = context.clock.now()
        with database.jobs() as session:
            for shop_id in SHOPS:
                add_shop(session, shop_id)
        for shop_id in SHOPS:
            connect(database, shop_id)
        with database.jobs() as session:
            note_working(session, "hot-rod-an", "shopify", now - timedelta(minutes=14))
            session.add(
                BackfillEvent(
                    shop_id="nordkurve-teile",
                    backfill_id=new_id(),
                    at=now,
                    status="running",
                    triggered_by="a test",
                    triggered_at=now,
                    date_from=now.date(),
                    date_to=now.date(),
                    reason="a test",
                    environment="development",
                    plan_hash="none",
                    refetch=False,
                )
            )
        job = carried_out(context, asked(context, "refresh_due"))
        assert (job.status, job.error) == ("completed", None)
        assert job.arguments == {"due_shops": [], "due_sources": []}

    def test_what_is_due_is_read_and_published_and_known_to_whoever_takes_over(
        self, first_run: FirstRun, heard: Heard
    ) -> None:
        with first_run.restored().opened() as work:
            context = self._context(work, heard)
            for shop_id in SHOPS:
                connect(context.database, shop_id)
            with context.database.jobs() as session:
                now = context.clock.now()
                note_working(session, "hot-rod-an", "shopify", now - timedelta(minutes=15))
                note_working(session, "nordkurve-teile", "shopify", now - timedelta(minutes=14))
            job = carried_out(context, asked(context, "refresh_due"))
            assert (job.status, job.error) == ("completed", None)
            assert job.shops == ("hot-rod-an",)
            assert job.arguments == {"due_shops": ["hot-rod-an"], "due_sources": ["shopify"]}
            assert job.run_id is not None
            assert heard.successes == ["refresh_due"]

            told = self._handed_over(context)
        assert told["resumed"] is False
        assert [shop["shop_id"] for shop in told["shops"]] == ["nordkurve-teile"]
        assert told["shops"][0]["sources"]["shopify"]["rows"]["shopify_orders"] > 0
        assert told["shops"][0]["marts"]["fct_revenue"]["outcome"]

    def _handed_over(self, context: JobContext) -> dict[str, object]:
        """The worker does its work while whoever asked pauses between two looks."""
        handing = HandOver(context.database, context.clock)
        job_id = handing.ask({"shops": ["nordkurve-teile"], "mode": None}, "a person")
        worker = Worker(context, set(Lane), "1")
        following = replace(handing, pause=lambda _: worker.carry_out(job_id))
        return following.follow(job_id, SilentProgress()).document()

    def _context(self, work: RefreshContext, heard: Heard) -> JobContext:
        @contextmanager
        def opened() -> Iterator[RefreshContext]:
            yield work

        clock = FixedClock(work.clock.now())
        return JobContext(work.database, clock, opened, EVERY, hooks=heard.hooks)


class TestHandOver:
    def test_only_a_living_worker_with_the_warehouse_is_handed_a_run(
        self, context: JobContext, database: Database
    ) -> None:
        now = context.clock.now()
        handing = HandOver(database, context.clock)
        able = WorkerRecord(new_id(), "a", 1, ("light", "warehouse"), "1", now, now)
        with database.jobs() as session:
            light = WorkerRecord(new_id(), "b", 2, ("light",), "1", now, now)
            workers.say_alive(session, light, now)
            workers.say_alive(session, able, now - timedelta(minutes=1))
        assert handing.worker() is None
        with database.jobs() as session:
            workers.say_alive(session, able, now)
        found = handing.worker()
        assert found is not None
        assert found.worker_id == able.worker_id

    def test_a_run_that_failed_there_fails_here_with_the_same_words(
        self, context: JobContext, database: Database
    ) -> None:
        @contextmanager
        def refused() -> Iterator[RefreshContext]:
            raise UnavailableError("The warehouse is away.", hint="Mount it.")
            yield

        handing = HandOver(database, context.clock)
        job_id = handing.ask({"shops": None}, "a person")
        worker = Worker(replace(context, refreshing=refused), set(Lane), "1")
        following = replace(handing, pause=lambda _: worker.carry_out(job_id))
        with pytest.raises(JobFailedError, match=r"The warehouse is away\. Mount it\."):
            following.follow(job_id, SilentProgress())

    def test_whoever_is_left_alone_is_told_after_a_minute(
        self, context: JobContext, database: Database
    ) -> None:
        clock = FixedClock(context.clock.now())
        handing = HandOver(database, clock, lambda _: clock.advance(timedelta(seconds=20)))
        with pytest.raises(UnavailableError, match="queued"):
            handing.follow(handing.ask({}, "a person"), SilentProgress())
        assert clock.now() - context.clock.now() == timedelta(seconds=80)
