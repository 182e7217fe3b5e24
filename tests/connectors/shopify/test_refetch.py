"""Single entities read again whole or told as deleted, and the orders of a day named."""

import pytest

from hotdash.base.clock import local_day
from hotdash.connectors.shopify.connector import ShopifyConnector
from hotdash.simulators.orders import Order, instant
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import Told, read, refetched, same_rows


@pytest.fixture(scope="module")
def first_read(running_simulator: SimulatorHandle) -> Told:
    running_simulator.reset()
    return read(Connecting(running_simulator).connector())


@pytest.fixture(scope="module")
def orders(world: World) -> list[Order]:
    return list(world.orders_as_of(UNTIL, SHOP_ID))


class TestRefetch:
    @pytest.fixture
    def connector(self, connecting: Connecting) -> ShopifyConnector:
        return connecting.connector()

    def test_an_order_comes_whole(
        self, connector: ShopifyConnector, first_read: Told, orders: list[Order]
    ) -> None:
        order = next(o for o in orders if o.refunds and o.fulfilled_at and o.refunds[0].lines)
        told = refetched(connector, "shopify_orders", str(order.order_id), "1")
        for table, rows in first_read.rows.items():
            if "order_id" in (rows[0] if rows else {}):
                wanted = [row for row in rows if row["order_id"] == order.order_id]
                assert same_rows(told.rows[table], wanted), table
        (deleted,) = told.deleted
        assert deleted.table.name == "shopify_orders"
        assert deleted.keys.to_pylist() == [{"order_id": 1}]

    @pytest.mark.parametrize(
        ("table", "key"),
        [
            ("shopify_products", "product_id"),
            ("shopify_customers", "customer_id"),
            ("shopify_fulfillments", "fulfillment_id"),
        ],
    )
    def test_others_come_whole_or_as_deleted(
        self, connector: ShopifyConnector, first_read: Told, table: str, key: str
    ) -> None:
        row = first_read.rows[table][2]
        told = refetched(connector, table, str(row[key]), "4")
        assert told.rows[table] == [row]
        assert [each.keys.to_pylist() for each in told.deleted] == [[{key: 4}]]

    def test_levels_by_item_or_by_item_and_location(
        self, connector: ShopifyConnector, first_read: Told
    ) -> None:
        rows = first_read.rows["shopify_inventory_levels"]
        item, place = rows[0]["inventory_item_id"], rows[0]["location_id"]
        whole = refetched(connector, "shopify_inventory_levels", str(item))
        assert same_rows(
            whole.rows["shopify_inventory_levels"],
            [row for row in rows if row["inventory_item_id"] == item],
        )
        one = refetched(connector, "shopify_inventory_levels", f"{item}:{place}", f"{item}:5")
        assert one.rows["shopify_inventory_levels"] == [rows[0]]
        (deleted,) = one.deleted
        assert deleted.keys.to_pylist() == [{"inventory_item_id": item, "location_id": 5}]

    def test_an_item_that_is_gone_is_deleted_at_every_location(
        self, connector: ShopifyConnector, simulator: SimulatorHandle, first_read: Told
    ) -> None:
        rows = first_read.rows["shopify_inventory_levels"]
        item = rows[0]["inventory_item_id"]
        gone = {"shop": SHOP_ID, "kind": "inventoryItems", "id": item}
        simulator.http.post("/_simulator/shopify/deletions", json=gone).raise_for_status()
        told = refetched(connector, "shopify_inventory_levels", str(item))
        assert told.rows["shopify_inventory_levels"] == []
        places = {row["location_id"] for row in first_read.rows["shopify_locations"]}
        assert len(places) > 1
        keys = [(each.table.name, key) for each in told.deleted for key in each.keys.to_pylist()]
        assert keys[0] == ("shopify_inventory_items", {"inventory_item_id": item})
        levels = [key for table, key in keys[1:] if table == "shopify_inventory_levels"]
        assert {key["location_id"] for key in levels} == places
        assert {key["inventory_item_id"] for key in levels} == {item}

    def test_what_no_longer_fits_is_told_as_drift_here_too(
        self, connector: ShopifyConnector, simulator: SimulatorHandle, orders: list[Order]
    ) -> None:
        """No later read meets an order again that only a webhook or a comparison asked for."""
        simulator.fault("drift", field="Order.totalPriceSet", value="abc", every=1)
        told = refetched(connector, "shopify_orders", *(str(o.order_id) for o in orders[:3]))
        assert len(told.unreadable) == 3
        assert [(each.table.name, each.field) for each in told.drifts] == [
            ("shopify_orders", "totalPriceSet")
        ]

    def test_ids_of_a_day_are_as_many_as_shopify_counts(
        self, connector: ShopifyConnector, first_read: Told, orders: list[Order]
    ) -> None:
        table = next(each for each in connector.tables if each.name == "shopify_orders")
        counted = {r["day"]: r["orders"] for r in first_read.rows["shopify_order_days"]}
        day = max(counted, key=lambda each: counted[each])
        ids = connector.ids_of_day(table, day)
        assert len(ids) == counted[day]
        zone = "America/Chicago"
        assert set(ids) == {
            str(order.order_id)
            for order in orders
            if local_day(instant(order.processed_at), zone) == day
        }
