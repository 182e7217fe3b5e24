"""An account read over HTTP, killed between two of its calls, ends like one read in peace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.simulated_ingest import raw_contents
from tests.fixtures.simulator import UNTIL, SimulatorHandle

SHOP = "nordkurve-teile"
ASK = "hotdash.connectors.chatwoot.client:ChatwootClient._get"
WHILE = timedelta(days=30)


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.fixtures.simulated_ingest", "dlt.destinations.impl.duckdb.duck")


@pytest.mark.law(2)
def test_killed_in_the_first_and_in_a_later_read(
    forks: ForkServer, simulator: SimulatorHandle, tmp_path: Path
) -> None:
    def read(home: Path, kill: Kill | None = None) -> None:
        ended = forks.call(
            "tests.fixtures.simulated_ingest:read_shop",
            kill=kill,
            shop=simulator.shops[SHOP],
            now=iso_utc(simulator.now()),
            home=str(home),
            vendor="chatwoot",
        )
        assert ended.was_killed == (kill is not None), ended
        assert ended.error is None, ended.error

    calm, killed = tmp_path / "calm", tmp_path / "killed"
    simulator.set_clock(UNTIL - WHILE)
    for kill in (Kill(ASK, "after", 14), None):
        read(killed, kill)
    read(calm)
    simulator.set_clock(UNTIL)
    for kill in (Kill(ASK, "after", 8), None):
        read(killed, kill)
    read(calm)

    contents = raw_contents(killed)
    assert contents == raw_contents(calm)
    assert contents["chatwoot_messages"]
