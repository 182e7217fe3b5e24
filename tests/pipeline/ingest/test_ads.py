"""An ad account read over HTTP, killed between two of its calls, ends like one read in peace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.simulated_ingest import raw_contents
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

WHILE = timedelta(days=2)
ASK = {
    "google_ads": "hotdash.connectors.google_ads.client:GoogleAdsClient._post",
    "meta_ads": "hotdash.connectors.meta_ads.client:MetaAdsClient._exchange",
}


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.fixtures.simulated_ingest", "dlt.destinations.impl.duckdb.duck")


@pytest.mark.law(2)
@pytest.mark.parametrize("vendor", sorted(ASK))
def test_killed_in_the_first_and_in_a_later_read(
    forks: ForkServer, simulator: SimulatorHandle, tmp_path: Path, vendor: str
) -> None:
    simulator.set_clock(UNTIL - WHILE)
    shop = simulator.shops[SHOP_ID]
    fields = {**shop["sources"][vendor], "history_days": "30"}
    shop = {**shop, "sources": {vendor: fields}}

    def read(home: Path, calls: int | None = None) -> None:
        kill = None if calls is None else Kill(ASK[vendor], "after", calls)
        ended = forks.call(
            "tests.fixtures.simulated_ingest:read_shop",
            kill=kill,
            shop=shop,
            now=iso_utc(simulator.now()),
            home=str(home),
            vendor=vendor,
        )
        assert ended.was_killed == (kill is not None), ended
        assert ended.error is None, ended.error

    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for calls in (2, 3, None):
        read(killed, calls)
    read(calm)
    simulator.advance(WHILE)
    for calls in (2, None):
        read(killed, calls)
    read(calm)
    assert raw_contents(killed) == raw_contents(calm)
