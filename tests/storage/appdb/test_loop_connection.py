"""Questions from the event loop: answered over a connection that is kept, and again over a new one."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb.session import Database, UnusableTextError
from tests.fixtures.postgres import DatabaseUrls

Rows = Sequence[tuple[Any, ...]]


def in_a_loop(asked: Callable[[], Coroutine[None, None, Rows]]) -> Rows:
    """A browser test leaves its event loop running in the main thread of the worker."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(asked())).result()


def backend_of(database: Database) -> int:
    [(backend,)] = in_a_loop(lambda: database.ask("select pg_backend_pid()", []))
    return backend


def is_there(database: Database, backend: int, state: str = "%") -> bool:
    asked = "select from pg_stat_activity where pid = %s and state like %s"
    with database.direct() as connection:
        return connection.execute(asked, [backend, state]).fetchone() is not None


def end_backend(database: Database, backend: int) -> None:
    with database.direct() as connection:
        ended = connection.execute("select pg_terminate_backend(%s, 5000)", [backend]).fetchone()
    assert ended == (True,)


def test_questions_of_one_loop_and_the_next_share_a_connection(database: Database) -> None:
    assert backend_of(database) == backend_of(database)


def test_a_connection_that_was_lost_is_opened_anew(database: Database) -> None:
    lost = backend_of(database)
    end_backend(database, lost)
    assert backend_of(database) != lost


def test_a_connection_that_is_lost_while_it_waits_is_opened_anew(database: Database) -> None:
    waiting = backend_of(database)

    async def both() -> Rows:
        asked = asyncio.create_task(
            database.ask(
                "select pg_backend_pid() <> %s, pg_sleep(case pg_backend_pid() when %s then 60 else 0 end)",
                [waiting, waiting],
            )
        )
        await asyncio.sleep(0)
        while not await asyncio.to_thread(is_there, database, waiting, "active"):
            await asyncio.sleep(0.01)
        await asyncio.to_thread(end_backend, database, waiting)
        return await asked

    [(is_another, _)] = in_a_loop(both)
    assert is_another


def test_a_question_that_is_wrong_leaves_the_connection_as_it_was(database: Database) -> None:
    backend = backend_of(database)
    with pytest.raises(psycopg.errors.UndefinedTable):
        in_a_loop(lambda: database.ask("select * from app.nothing", []))
    with pytest.raises(UnusableTextError):
        in_a_loop(lambda: database.ask("select %s::text", ["\0"]))
    assert backend_of(database) == backend


def test_the_web_sees_nothing_of_anybody(database: Database) -> None:
    assert in_a_loop(lambda: database.ask("select count(*) from app.shops", [])) == [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        in_a_loop(lambda: database.ask("select * from app.sessions", []))


def test_what_has_no_end_of_its_own_ends_with_the_database(
    database: Database, database_urls: DatabaseUrls
) -> None:
    closed = Database(database_urls.owner, web_url=database_urls.web)
    backend = backend_of(closed)
    assert is_there(database, backend)
    closed.dispose()
    deadline = time.monotonic() + 10
    while is_there(database, backend):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_server_that_is_away_is_told_clearly() -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(UnavailableError, match="nothing listens there"):
        in_a_loop(lambda: away.ask("select 1", []))
