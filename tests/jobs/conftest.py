"""The first run costs seconds, so all tests of later runs go on from one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.jobs.backups import BackupDesk
from hotdash.storage.appdb.session import Database
from tests.fixtures.fork_server import ForkServer, forking
from tests.fixtures.marts import Publisher
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.recovery import Installed, desk_of
from tests.fixtures.run_states import PRELOAD, FirstRun


@pytest.fixture(scope="session")
def run_forks() -> Iterator[ForkServer]:
    yield from forking(*PRELOAD)


@pytest.fixture(scope="session")
def first_run(
    run_forks: ForkServer, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FirstRun]:
    first_run = FirstRun(tmp_path_factory.mktemp("home"), template_urls, run_forks)
    yield first_run
    first_run.erase()


@pytest.fixture
def installed(tmp_path: Path, database: Database, publisher: Publisher) -> Installed:
    return Installed(tmp_path, database, publisher)


@pytest.fixture
def elsewhere(
    installed: Installed, tmp_path: Path, empty_database_urls: DatabaseUrls
) -> Iterator[BackupDesk]:
    """Another machine: an empty database and an empty home with nothing but the key of the backups."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    installed.desk.archive()
    (home / installed.desk.key_file.name).write_bytes(installed.desk.key_file.read_bytes())
    (home / installed.desk.key_file.name).chmod(0o600)
    database = Database(empty_database_urls.owner, web_url=empty_database_urls.web)
    yield desk_of(home, database, installed.place, installed.clock)
    database.dispose()
