"""Shopify's own counts and ids, asked for over HTTP, held against a warehouse."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.shopify.connector import ShopifyConnector
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.ingest.reconcile import DAYS_LISTED, Reconciliation, reconcile
from hotdash.simulators.world import World
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle


@pytest.fixture(params=["duckdb"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def ingest(warehouse: Warehouse, simulator: SimulatorHandle, tmp_path: Path) -> Ingest:
    return Ingest(warehouse, simulator, SilentProgress(), tmp_path / "dlt", "run")


@pytest.fixture
def connector(connecting: Connecting) -> ShopifyConnector:
    return connecting.connector()


def synced(ingest: Ingest, connector: ShopifyConnector) -> Reconciliation:
    found = reconcile(ingest, connector, ingest.read(connector, SHOP_ID))
    assert found is not None
    return found


def deleted(warehouse: Warehouse) -> set[int]:
    found = warehouse.query("select order_id from raw.shopify_orders where is_deleted")
    return {row["order_id"] for row in found.to_pylist()}


def order_before(world: World, days: int) -> int:
    """The last order of a closed day of so long ago."""
    placed = list(world.orders_as_of(UNTIL - timedelta(days=days), SHOP_ID))
    return max(order.order_id for order in placed)


def test_the_first_read_agrees_and_costs_no_call_more(
    ingest: Ingest, connector: ShopifyConnector, connecting: Connecting
) -> None:
    outcome = ingest.read(connector, SHOP_ID)
    before = len(connecting.calls)
    found = reconcile(ingest, connector, outcome)
    assert found is not None
    assert (found.repair, found.left) == (None, ())
    assert found.compared > 700
    assert len(connecting.calls) == before


def test_orders_deleted_at_shopify_are_found_by_count_or_by_id(
    ingest: Ingest,
    connector: ShopifyConnector,
    connecting: Connecting,
    simulator: SimulatorHandle,
    world: World,
) -> None:
    synced(ingest, connector)
    recent, older = order_before(world, 2), order_before(world, 40)
    simulator.vanish(recent, older)
    simulator.advance(timedelta(minutes=5))
    assert synced(ingest, connector).vanished == 1
    assert deleted(ingest.warehouse) == {recent}, "its day is counted again at each read"

    simulator.advance(timedelta(days=1))
    outcome = ingest.read(connector, SHOP_ID)
    before = len(connecting.calls)
    found = reconcile(ingest, connector, outcome)
    assert found is not None
    assert (found.listed, found.vanished, found.left) == (DAYS_LISTED, 1, [])
    assert len(connecting.calls) - before <= DAYS_LISTED + 5, "a question a day"
    assert deleted(ingest.warehouse) == {recent, older}


def test_orders_that_never_arrived_are_fetched_whole(
    ingest: Ingest, connector: ShopifyConnector, simulator: SimulatorHandle, world: World
) -> None:
    """No read brings them by itself: they have not changed at Shopify."""
    synced(ingest, connector)
    lost = order_before(world, 30)
    lines = lines_of(ingest.warehouse, lost)
    for table in ("shopify_orders", "shopify_order_lines"):
        ingest.warehouse.execute(f"delete from raw.{table} where order_id = {lost}")
    simulator.advance(timedelta(days=1))
    found = synced(ingest, connector)
    assert (found.fetched, found.vanished, found.left) == (1, 0, [])
    assert lines_of(ingest.warehouse, lost) == lines
    assert synced(ingest, connector).repair is None


def test_a_comparison_goes_on_under_faults(
    ingest: Ingest, connector: ShopifyConnector, simulator: SimulatorHandle, world: World
) -> None:
    synced(ingest, connector)
    simulator.vanish(order_before(world, 40))
    simulator.advance(timedelta(days=1))
    simulator.fault("server_error", share=0.2)
    assert synced(ingest, connector).vanished == 1


def lines_of(warehouse: Warehouse, order_id: int) -> list[int]:
    found = warehouse.query(
        f"select line_id from raw.shopify_order_lines where order_id = {order_id} order by 1"
    )
    return [row["line_id"] for row in found.to_pylist()]
