"""The queue in this process: offered often, done once, tried again while nobody can say so, then forgotten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import OperationalError

from hotdash.base.clock import SystemClock
from hotdash.base.errors import UnavailableError
from hotdash.base.ids import new_id
from hotdash.jobs.dbos_queue import DbosQueue
from hotdash.jobs.queue import Lane
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.session import Database
from tests.fixtures.working import ask_for


def test_offered_again_and_again_it_is_done_once_and_then_forgotten(database: Database) -> None:
    # Browsers of other tests leave their event loop running in the main thread, which dbos refuses.
    with ThreadPoolExecutor(1) as thread_without_loop:
        thread_without_loop.submit(offer_until_done, database).result()


def offer_until_done(database: Database) -> None:
    tried: list[UUID] = []
    done = threading.Event()

    def carry_out(job_id: UUID) -> None:
        tried.append(job_id)
        if len(tried) == 1:
            raise UnavailableError("The database is away.", hint="Wait.")
        if len(tried) == 2:
            raise OperationalError("select 1", {}, ValueError("in the middle of a commit"))
        done.set()

    job_id = ask_for(database, "note", "once")
    with database.jobs() as session:
        waiting = jobs.waiting_jobs(session)
    queue = DbosQueue(database, new_id(), {Lane.LIGHT}, carry_out, lambda _: Lane.LIGHT)
    try:
        queue.listen()
        for _ in range(3):
            queue.offer(waiting)
        queue.offer([])
        queue.offer(waiting)
        assert done.wait(60)
        ended = threading.Event()
        while kept(database) == {"PENDING": 1}:
            ended.wait(0.1)
        assert kept(database) == {"SUCCESS": 1}
        queue.forget(SystemClock().now() - timedelta(hours=1))
        assert kept(database) == {"SUCCESS": 1}, "not yet"
        queue.forget(SystemClock().now() + timedelta(seconds=1))
        assert kept(database) == {}
    finally:
        queue.close()
    assert tried == [job_id] * 3, "the same job again, because twice it could not end"


def kept(database: Database) -> dict[str, int]:
    with database.direct() as connection:
        found = connection.execute(
            "select status, count(*) from dbos.workflow_status group by status"
        ).fetchall()
    return {str(status): int(number) for status, number in found}
