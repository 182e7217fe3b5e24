"""kill -9 during a backup and during a restore: run again it completes, and in between nothing is half."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.governance.audit import chain
from hotdash.governance.backup.drill import FOLDER
from hotdash.governance.backup.place import Place
from hotdash.storage.appdb.session import Database
from tests.fixtures.fork_server import ForkServer, Kill, forking, some_of
from tests.fixtures.marts import Publisher
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.recovery import (
    SILENT,
    desk_of,
    open_again,
    said_everywhere,
    say,
    settle,
    state_of,
)

CHILD = "tests.fixtures.recovery"
BACKUP = "hotdash.governance.backup"
DURING_A_BACKUP = [
    Kill(f"{BACKUP}.archive:_key_of", "after"),
    Kill(f"{BACKUP}.place:Place.put", "after", 2),
    Kill(f"{BACKUP}.place:Place.put", "before", 3),
    Kill("pathlib:Path.replace", "before", 3),
    Kill(f"{BACKUP}.app_tables:_back_up_table", "after", 30),
    Kill(f"{BACKUP}.warehouse_copy:back_up", "before"),
    Kill(f"{BACKUP}.warehouse_copy:back_up", "after"),
    Kill(f"{BACKUP}.archive:Archive.write", "before"),
]
UNPACKED = Kill(f"{BACKUP}.restore:_move_in", "after")
JUST_MADE = Kill(f"{BACKUP}.archive:Archive.write", "after")
BEFORE_IT_HOLDS = [
    Kill(f"{BACKUP}.home_files:stage", "after"),
    Kill(f"{BACKUP}.warehouse_copy:stage", "before"),
    Kill(f"{BACKUP}.restore:_stage", "after"),
    Kill(f"{BACKUP}.app_tables:_load_table", "after", 5),
    Kill("hotdash.storage.appdb.repositories.audit:add_event", "after"),
]
AFTERWARDS = [
    Kill("hotdash.storage.appdb.migrate:rebuild", "after"),
    Kill("pathlib:Path.replace", "after", 1),
    Kill("pathlib:Path.replace", "before", 3),
    Kill(f"{BACKUP}.restore:_move_in", "after"),
]


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.fixtures.recovery")


class World:
    def __init__(
        self, folder: Path, urls: DatabaseUrls, publisher: Publisher, forks: ForkServer
    ) -> None:
        self.home = folder / "home"
        self.place = str(folder / "place")
        self.database = publisher.database
        self.publisher = publisher
        self._forks = forks
        self._url = urls.owner
        settle(self.database, self.home, publisher)

    def kill(self, work: str, kill: Kill | None) -> None:
        ended = self._forks.call(
            f"{CHILD}:{work}",
            kill=kill,
            home=str(self.home),
            database_url=self._url,
            place=self.place,
        )
        assert ended.was_killed is (kill is not None), (kill, ended.error)
        assert ended.error is None

    @property
    def said(self) -> set[int]:
        return said_everywhere(self.home, self.database)


@pytest.fixture
def world(
    tmp_path: Path,
    database: Database,
    database_urls: DatabaseUrls,
    publisher: Publisher,
    forks: ForkServer,
) -> World:
    assert publisher.database is database
    return World(tmp_path, database_urls, publisher, forks)


def test_a_killed_backup_does_not_count_and_the_next_goes_on(world: World) -> None:
    for kill in DURING_A_BACKUP:
        world.kill("back_up", kill)
        assert Place(world.place).sizes("backups") == {}
    kept = len(Place(world.place).sizes("chunks"))
    assert kept > 0
    world.kill("back_up", JUST_MADE)
    desk = desk_of(world.home, world.database, world.place)
    assert len(desk.existing_archive().ids()) == 1
    desk.verify(None, None, SILENT)
    world.kill("back_up", None)
    desk.verify(None, None, SILENT)
    assert desk.drill("cli:ann", None, None, SILENT).holds


def test_what_a_killed_drill_unpacked_lies_in_the_home_until_the_next_one(world: World) -> None:
    world.kill("back_up", None)
    world.kill("practise", UNPACKED)
    left = world.home / FOLDER
    assert left.stat().st_mode & 0o777 == 0o700
    assert (left / "warehouse.duckdb").stat().st_mode & 0o777 == 0o600
    desk = desk_of(world.home, world.database, world.place)
    made = desk.create("cli:ann", "by hand", SILENT).manifest
    assert [each.path for each in made.files if each.path.startswith(FOLDER)] == []

    assert desk.drill("cli:ann", None, None, SILENT).holds
    assert not left.exists()


@pytest.mark.parametrize("kill", some_of(BEFORE_IT_HOLDS, 3), ids=str)
def test_killed_before_it_holds_nothing_has_changed(world: World, kill: Kill) -> None:
    world.kill("back_up", None)
    say(world.database, world.home, world.publisher, 2)
    before = state_of(world.home, world.database)
    world.kill("put_back", kill)
    open_again(world.home, world.database)
    assert state_of(world.home, world.database) == before
    assert world.said == {2}
    world.kill("put_back", None)
    assert world.said == {1}


@pytest.mark.parametrize("kill", some_of(AFTERWARDS, 3), ids=str)
def test_killed_afterwards_whoever_comes_next_ends_it(world: World, kill: Kill) -> None:
    before = state_of(world.home, world.database)
    world.kill("back_up", None)
    say(world.database, world.home, world.publisher, 2)
    world.kill("put_back", kill)
    open_again(world.home, world.database)
    assert world.said == {1}
    assert state_of(world.home, world.database) == before
    assert chain.verify(world.database, world.home).misfit is None
    world.kill("put_back", None)
    assert world.said == {1}


def test_killed_and_run_again_without_anybody_between(world: World) -> None:
    world.kill("back_up", None)
    say(world.database, world.home, world.publisher, 2)
    for kill in (BEFORE_IT_HOLDS[2], BEFORE_IT_HOLDS[4], AFTERWARDS[1]):
        world.kill("put_back", kill)
    world.kill("put_back", None)
    assert world.said == {1}
