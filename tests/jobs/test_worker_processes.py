"""Two real worker processes: every slot once, and what a killed one had begun is finished by another."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from hotdash.base.clock import SystemClock
from hotdash.jobs.dbos_queue import SCHEMA
from hotdash.storage.appdb.repositories import jobs, workers
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.working import Journal, WorkerProcess, ask_for

EVERY_SECOND = "* * * * * *"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


@pytest.fixture
def started(
    database_urls: DatabaseUrls, journal: Journal
) -> Iterator[Callable[..., WorkerProcess]]:
    running: list[WorkerProcess] = []

    def start(schedule: str = "") -> WorkerProcess:
        running.append(WorkerProcess(database_urls.owner, journal.folder, schedule))
        return running[-1]

    yield start
    for each in running:
        each.kill()


def until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.05)


def is_idle(database: Database) -> bool:
    with database.jobs() as session:
        return not jobs.waiting_jobs(session)


def alive(database: Database) -> int:
    now = SystemClock().now()
    with database.jobs() as session:
        return sum(each.is_alive(now) for each in workers.list_workers(session))


def test_two_workers_do_every_slot_once_and_the_web_sees_nothing_of_the_engine(
    database: Database,
    database_urls: DatabaseUrls,
    started: Callable[..., WorkerProcess],
    journal: Journal,
) -> None:
    both = [started(EVERY_SECOND), started(EVERY_SECOND)]
    until(lambda: alive(database) == 2, "two workers")
    asked = {ask_for(database, "note", f"asked {number}") for number in range(10)}

    def is_done() -> bool:
        with database.jobs() as session:
            found = [jobs.find_job(session, job_id) for job_id in asked]
        return all(job is not None and job.status == jobs.COMPLETED for job in found)

    until(is_done, "every job")
    until(lambda: any(":" in line.split(" by ")[0] for line in journal.lines()), "a slot")
    assert [each.stop() for each in both] == [0, 0]
    done = [line.split(" by ")[0] for line in journal.lines()]
    assert len(done) == len(set(done)), "no slot twice"
    assert {f"asked {number}" for number in range(10)} <= set(done)
    assert alive(database) == 0, "whoever leaves in order is not mourned"

    with psycopg.connect(database_urls.web, autocommit=True) as web:
        with database.direct() as owner:
            tables = [
                str(name)
                for (name,) in owner.execute(
                    "select tablename from pg_tables where schemaname = %s", [SCHEMA]
                ).fetchall()
            ]
            grants = owner.execute(
                "select count(*) from information_schema.role_table_grants"
                " where table_schema = %s and grantee in ('hotdash_web', 'PUBLIC')",
                [SCHEMA],
            ).fetchone()
        assert "workflow_status" in tables
        assert grants == (0,)
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(f'select * from {SCHEMA}."{table}"')


def test_what_a_killed_worker_had_begun_another_finishes(
    database: Database, started: Callable[..., WorkerProcess], journal: Journal
) -> None:
    first = started()
    job_id = ask_for(database, "linger", "asked once")
    until(lambda: len(journal.lines()) == 1, "the beginning")
    killed = UUID(journal.lines()[0].removeprefix("began by "))
    first.kill()
    (journal.folder / "go on").touch()
    started()

    def is_done() -> bool:
        with database.jobs() as session:
            job = jobs.find_job(session, job_id)
        return job is not None and job.is_over

    until(is_done, "the end")
    with database.jobs() as session:
        job = jobs.find_job(session, job_id)
        known = {each.worker_id: each for each in workers.list_workers(session)}
    assert job is not None
    assert (job.status, job.error) == (jobs.COMPLETED, None)
    assert job.worker_id != killed
    assert journal.lines()[1:] == [f"began by {job.worker_id}", f"ended by {job.worker_id}"]
    assert not known[killed].is_alive(SystemClock().now()), "people see who died"


def test_a_database_that_dropped_every_connection_ends_no_worker(
    database: Database, started: Callable[..., WorkerProcess], journal: Journal
) -> None:
    worker = started()
    until(lambda: alive(database) == 1, "the worker")
    ask_for(database, "note", "before")
    # One that is done and not yet noted as done is rightly done again.
    until(lambda: is_idle(database), "the first job's end")
    assert len(journal.lines()) == 1
    with database.direct() as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    ask_for(database, "note", "after")
    until(lambda: len(journal.lines()) == 2, "the second job")
    assert [line.split(" by ")[0] for line in journal.lines()] == ["before", "after"]
    assert worker.process.poll() is None
