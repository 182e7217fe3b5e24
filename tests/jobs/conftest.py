"""The first run costs seconds, so all tests of later runs go on from one."""

from collections.abc import Iterator

import pytest

from tests.fixtures.fork_server import ForkServer, forking
from tests.fixtures.postgres import DatabaseUrls
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
