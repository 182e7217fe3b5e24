"""A shop read over HTTP, killed between two of its calls, ends like one read in peace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from tests.fixtures.fork_server import Ended, ForkServer, Kill, forking
from tests.fixtures.simulated_ingest import raw_contents
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

ASK = "hotdash.connectors.shopify.client:ShopifyClient.ask"
WHILE = timedelta(days=4)


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.fixtures.simulated_ingest", "dlt.destinations.impl.duckdb.duck")


@pytest.fixture
def shop(simulator: SimulatorHandle) -> SimulatorHandle:
    """Before the end of its history, so that there is news to come."""
    simulator.set_clock(UNTIL - 2 * WHILE)
    return simulator


def read(
    forks: ForkServer, simulator: SimulatorHandle, home: Path, kill: Kill | None = None
) -> Ended:
    ended = forks.call(
        "tests.fixtures.simulated_ingest:read_shop",
        kill=kill,
        shop=simulator.shops[SHOP_ID],
        now=iso_utc(simulator.now()),
        home=str(home),
    )
    assert ended.was_killed == (kill is not None), ended
    assert ended.error is None, ended.error
    return ended


@pytest.mark.law(2)
def test_killed_in_the_first_and_in_a_later_read(
    forks: ForkServer, shop: SimulatorHandle, tmp_path: Path
) -> None:
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for kill in (Kill(ASK, "after", 6), None):
        read(forks, shop, killed, kill)
    read(forks, shop, calm)
    shop.advance(WHILE)
    for kill in (Kill(ASK, "after", 3), None):
        read(forks, shop, killed, kill)
    read(forks, shop, calm)

    assert raw_contents(killed) == raw_contents(calm)


def test_a_later_read_brings_what_is_new_and_no_more(
    forks: ForkServer, shop: SimulatorHandle, tmp_path: Path
) -> None:
    first = read(forks, shop, tmp_path).result
    shop.advance(WHILE)
    later = read(forks, shop, tmp_path).result
    assert 0 < later["shopify_orders"] < first["shopify_orders"] / 10
    orders = raw_contents(tmp_path)["shopify_orders"]
    assert len(orders) == len(set(orders)) == first["shopify_orders"] + later["shopify_orders"]
