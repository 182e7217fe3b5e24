"""A run is finished by whoever starts next, and nobody runs beside it."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.pipeline.durable import LeasePerStep, durable_run
from hotdash.pipeline.lease import Patience, hold_lease
from hotdash.storage.appdb.repositories import leases, runs
from hotdash.storage.appdb.repositories.runs import RunStatus
from hotdash.storage.appdb.session import Database
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.stepping import (
    BACKFILL,
    CLOCK,
    REQUEST,
    RESOURCE,
    in_turn,
    three_steps,
)

RUNS = "hotdash.storage.appdb.repositories.runs"
STEPPING = "tests.fixtures.stepping"


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking(STEPPING)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def done(journal: Path) -> list[str]:
    return journal.read_text().split() if journal.exists() else []


class TestSteps:
    def test_each_step_reads_what_the_one_before_left(
        self, database: Database, journal: Path
    ) -> None:
        assert three_steps(database, journal)["third"] == {"number": 3}
        assert done(journal) == ["first", "second", "third"]

    def test_run_and_steps_are_recorded(self, database: Database, journal: Path) -> None:
        three_steps(database, journal)
        with database.jobs() as session:
            [run] = runs.latest_runs(session, 5)
            steps = runs.steps_of(session, run.run_id)
        assert (run.status, run.shops, run.finished_at) == (
            RunStatus.COMPLETED,
            ("hot-rod-an",),
            CLOCK.now(),
        )
        assert {step.step: step.attempt for step in steps} == dict.fromkeys(
            ("request", "first", "second", "third"), 1
        )

    def test_a_failing_step_closes_the_run_with_its_words(self, database: Database) -> None:
        def fail() -> dict[str, object]:
            raise UnavailableError("The disk is full.", hint="Make room.")

        with (
            pytest.raises(UnavailableError),
            durable_run(database, RESOURCE, REQUEST, CLOCK) as run,
        ):
            run.step("broken", fail)
        with database.jobs() as session:
            [run_record] = runs.latest_runs(session, 1)
            broken = runs.steps_of(session, run_record.run_id)[-1]
        assert run_record.status is RunStatus.FAILED
        assert run_record.error == "The disk is full. Make room."
        assert (broken.status, broken.error) == (RunStatus.FAILED, run_record.error)

    def test_a_failed_run_is_not_resumed(self, database: Database, journal: Path) -> None:
        with (
            pytest.raises(ValueError, match="no"),
            durable_run(database, RESOURCE, REQUEST, CLOCK),
        ):
            raise ValueError("no")
        assert three_steps(database, journal)["run"]["resumed"] is False


class TestDeath:
    # The first two calls of start_step and finish_step are those of the request.
    @pytest.mark.parametrize(
        ("kill", "before_death", "again"),
        [
            (Kill(f"{RUNS}:start_step", "before", 2), [], ["first", "second", "third"]),
            (Kill(f"{RUNS}:finish_step", "before", 2), ["first"], ["first", "second", "third"]),
            (Kill(f"{RUNS}:start_step", "before", 3), ["first"], ["second", "third"]),
            (Kill(f"{RUNS}:finish_step", "before", 4), ["first", "second", "third"], ["third"]),
            (Kill(f"{RUNS}:finish_run", "before", 1), ["first", "second", "third"], []),
        ],
        ids=str,
    )
    def test_whoever_starts_next_goes_on_at_the_first_unfinished_step(
        self,
        forks: ForkServer,
        database: Database,
        database_urls: DatabaseUrls,
        journal: Path,
        kill: Kill,
        before_death: list[str],
        again: list[str],
    ) -> None:
        ended = forks.call(
            f"{STEPPING}:three_steps_in_child",
            kill=kill,
            url=database_urls.owner,
            journal=str(journal),
        )
        assert ended.was_killed
        assert done(journal) == before_death

        report = three_steps(database, journal)

        assert done(journal) == before_death + again
        assert report["third"] == {"number": 3}
        assert report["run"]["resumed"] is True
        with database.jobs() as session:
            [run] = runs.latest_runs(session, 5)
        assert run.status is RunStatus.COMPLETED

    def test_another_request_closes_the_dead_run_and_starts_anew(
        self,
        forks: ForkServer,
        database: Database,
        database_urls: DatabaseUrls,
        journal: Path,
    ) -> None:
        kill = Kill(f"{RUNS}:start_step", "before", 3)
        child = {"url": database_urls.owner, "journal": str(journal)}
        assert forks.call(f"{STEPPING}:three_steps_in_child", kill=kill, **child).was_killed

        three_steps(database, journal, replace(REQUEST, detail={"mode": "full"}))

        with database.jobs() as session:
            new, dead = runs.latest_runs(session, 5)
        assert (new.status, dead.status) == (RunStatus.COMPLETED, RunStatus.FAILED)
        assert dead.error is not None
        assert "died" in dead.error

    @pytest.mark.parametrize(("minutes", "is_resumed"), [(60, True), (61, False)])
    def test_what_died_too_long_ago_is_closed_and_started_anew(
        self,
        forks: ForkServer,
        database: Database,
        database_urls: DatabaseUrls,
        journal: Path,
        minutes: int,
        is_resumed: bool,
    ) -> None:
        kill = Kill(f"{RUNS}:start_step", "before", 3)
        child = {"url": database_urls.owner, "journal": str(journal)}
        assert forks.call(f"{STEPPING}:three_steps_in_child", kill=kill, **child).was_killed
        request = replace(REQUEST, resumed_within=timedelta(hours=1))
        later = FixedClock(CLOCK.now() + timedelta(minutes=minutes))

        report = three_steps(database, journal, request, later)

        assert report["run"]["resumed"] is is_resumed
        assert done(journal).count("first") == (1 if is_resumed else 2)
        with database.jobs() as session:
            statuses = [run.status for run in runs.latest_runs(session, 5)]
        assert statuses == [RunStatus.COMPLETED, *([] if is_resumed else [RunStatus.FAILED])]

    def test_a_second_attempt_is_counted(
        self,
        forks: ForkServer,
        database: Database,
        database_urls: DatabaseUrls,
        journal: Path,
    ) -> None:
        kill = Kill(f"{RUNS}:finish_step", "before", 2)
        child = {"url": database_urls.owner, "journal": str(journal)}
        assert forks.call(f"{STEPPING}:three_steps_in_child", kill=kill, **child).was_killed
        three_steps(database, journal)
        with database.jobs() as session:
            [run] = runs.latest_runs(session, 1)
            attempts = {step.step: step.attempt for step in runs.steps_of(session, run.run_id)}
        assert attempts == {"request": 1, "first": 2, "second": 1, "third": 1}


class TestLease:
    def test_a_second_run_is_told_who_has_the_warehouse(
        self, database: Database, journal: Path
    ) -> None:
        with (
            durable_run(database, RESOURCE, REQUEST, CLOCK) as run,
            pytest.raises(ConflictError) as refused,
        ):
            three_steps(database, journal)
        assert f"process {os.getpid()} on" in refused.value.message
        assert "since 2026-11-20T12:00:00" in refused.value.message
        assert str(run.run_id) in refused.value.message
        assert RESOURCE in refused.value.message
        assert done(journal) == []

    def test_other_warehouses_are_free(self, database: Database) -> None:
        with (
            durable_run(database, RESOURCE, REQUEST, CLOCK),
            durable_run(database, "another", REQUEST, CLOCK),
        ):
            pass

    def test_nobody_holds_it_afterwards(self, database: Database, journal: Path) -> None:
        three_steps(database, journal)
        with database.jobs() as session:
            assert leases.read_holder(session, RESOURCE) is None

    def test_it_is_free_at_once_when_its_holder_is_killed(
        self, forks: ForkServer, database: Database, database_urls: DatabaseUrls, tmp_path: Path
    ) -> None:
        ready, stop = tmp_path / "ready", tmp_path / "stop"
        answer = forks.begin(
            f"{STEPPING}:hold_until_told",
            url=database_urls.owner,
            ready=str(ready),
            stop=str(stop),
        )
        wait_for(ready)
        with database.jobs() as session:
            holder = leases.read_holder(session, RESOURCE)
        assert holder is not None
        with pytest.raises(ConflictError, match=f"process {holder.pid}"):
            three_steps(database, tmp_path / "refused")

        os.kill(holder.pid, signal.SIGKILL)
        assert answer().was_killed
        assert three_steps(database, tmp_path / "journal")["run"]["resumed"] is True

    def test_a_lock_lost_with_its_connection_stops_the_run(
        self, database: Database, journal: Path
    ) -> None:
        with durable_run(database, RESOURCE, REQUEST, CLOCK) as run:
            end_every_lock(database)
            with pytest.raises(UnavailableError, match="was lost"):
                run.step("first", dict[str, object])


class TestPatience:
    def test_whoever_waits_gets_the_warehouse_when_it_is_free(
        self, forks: ForkServer, database: Database, database_urls: DatabaseUrls, tmp_path: Path
    ) -> None:
        ready, stop = tmp_path / "ready", tmp_path / "stop"
        answer = forks.begin(
            f"{STEPPING}:hold_until_told",
            url=database_urls.owner,
            ready=str(ready),
            stop=str(stop),
        )
        wait_for(ready)
        heard: list[str] = []

        def told(holder: leases.Holder | None) -> None:
            heard.append(holder.name if holder else "")
            stop.touch()

        with hold_lease(database, RESOURCE, CLOCK, patience=Patience(timedelta(seconds=20), told)):
            with database.jobs() as session:
                holder = leases.read_holder(session, RESOURCE)
            assert holder is not None
            assert holder.pid == os.getpid()
        assert answer().error is None
        assert len(heard) == 1
        assert "process" in heard[0]

    def test_patience_that_ends_says_who_has_it_and_how_long_it_waited(
        self, database: Database
    ) -> None:
        short = Patience(timedelta(milliseconds=600))
        with (
            hold_lease(database, RESOURCE, CLOCK),
            pytest.raises(ConflictError) as refused,
            hold_lease(database, RESOURCE, CLOCK, patience=short),
        ):
            pass
        assert f"process {os.getpid()} on" in refused.value.message
        assert "Waited 1 s" in refused.value.message


class TestLeasePerStep:
    def test_between_two_steps_another_run_gets_its_turn_and_leaves_this_one_alone(
        self, database: Database, journal: Path
    ) -> None:
        with durable_run(database, BACKFILL, REQUEST, CLOCK, lease_per_step=in_turn()) as run:
            run.step("chunk 1", lambda: {"rows": 1})
            three_steps(database, journal)
            run.step("chunk 2", lambda: {"rows": 2})
        assert done(journal) == ["first", "second", "third"]
        with database.jobs() as session:
            statuses = {record.warehouse: record.status for record in runs.latest_runs(session, 5)}
        assert statuses == {BACKFILL: RunStatus.COMPLETED, RESOURCE: RunStatus.COMPLETED}

    def test_during_a_step_nobody_else_has_the_warehouse(
        self, database: Database, journal: Path
    ) -> None:
        def chunk() -> dict[str, object]:
            with pytest.raises(ConflictError, match=str(run.run_id)):
                three_steps(database, journal)
            return {}

        with durable_run(database, BACKFILL, REQUEST, CLOCK, lease_per_step=in_turn()) as run:
            run.step("chunk 1", chunk)
        assert done(journal) == []

    def test_a_killed_one_goes_on_at_its_unfinished_step(
        self, forks: ForkServer, database: Database, database_urls: DatabaseUrls, journal: Path
    ) -> None:
        kill = Kill(f"{RUNS}:finish_step", "before", 3)
        where = {"url": database_urls.owner, "journal": str(journal)}
        assert forks.call(f"{STEPPING}:two_chunks_in_child", kill=kill, **where).was_killed
        three_steps(database, journal)
        ended = forks.call(f"{STEPPING}:two_chunks_in_child", kill=None, **where)
        assert (ended.error, ended.result) == (None, {"resumed": True})
        told = done(journal)
        assert (told.count("chunk1"), told.count("chunk2")) == (1, 2)

    def test_the_run_needs_a_resource_of_its_own(self, database: Database) -> None:
        per_step = LeasePerStep(RESOURCE, Patience(timedelta(seconds=1)))
        with (
            pytest.raises(ValueError, match="own resource"),
            durable_run(database, RESOURCE, REQUEST, CLOCK, lease_per_step=per_step),
        ):
            pass


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} never came"
        time.sleep(0.02)


def end_every_lock(database: Database) -> None:
    with database.direct() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_locks join pg_database d on d.oid = database"
            " where locktype = 'advisory' and datname = current_database()"
        )
        time.sleep(0.1)
