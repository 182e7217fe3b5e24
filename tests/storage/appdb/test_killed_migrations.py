"""kill -9 during a migration: nothing has changed, and the next one goes all the way."""

from collections.abc import Iterator

import pytest

from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.session import Database
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.postgres import DatabaseUrls
from tests.storage.appdb.test_migrate import REVISIONS, content, fill, narrowed, objects

CHILD = "tests.fixtures.recovery"
DDL = "hotdash.storage.appdb.migrations.ddl"
GOING_UP = [
    Kill("alembic.command:upgrade", "before"),
    Kill(f"{DDL}:execute_file", "after", 4),
    Kill(f"{DDL}:protect", "after", 30),
    Kill("alembic.command:upgrade", "after"),
    Kill("hotdash.storage.appdb.migrate:follow_declarations", "after"),
]
GOING_DOWN = [
    Kill("hotdash.storage.appdb.migrate:leave_only", "after"),
    Kill(f"{DDL}:execute_file", "after", 2),
    Kill("alembic.command:downgrade", "after"),
]
OLDEST = REVISIONS[-1]


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking(CHILD)


def test_killed_on_the_way_up_and_down(
    empty_database_urls: DatabaseUrls, forks: ForkServer
) -> None:
    url = empty_database_urls.owner
    database = Database(url)
    migrate.upgrade(database, OLDEST)
    fill(database)
    was_there, shape = content(database), objects(database)

    for kill in GOING_UP:
        assert forks.call(f"{CHILD}:go_up", kill=kill, database_url=url).was_killed, kill
        assert (migrate.current(database), objects(database)) == (OLDEST, shape)
        assert content(database) == was_there
    assert forks.call(f"{CHILD}:go_up", database_url=url).result == migrate.head()
    newest, whole = content(database), objects(database)
    assert narrowed(newest, was_there) == was_there

    for kill in GOING_DOWN:
        down = {"database_url": url, "revision": OLDEST}
        assert forks.call(f"{CHILD}:go_down", kill=kill, **down).was_killed, kill
        assert (migrate.current(database), objects(database)) == (migrate.head(), whole)
        assert content(database) == newest
    assert forks.call(f"{CHILD}:go_down", database_url=url, revision=OLDEST).result == OLDEST
    assert (content(database), objects(database)) == (was_there, shape)
    database.dispose()
