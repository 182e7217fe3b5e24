"""Discounts, shipments, journeys, stock and the sales report: read once whole, then by what is new."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hotdash.base.clock import local_day
from hotdash.connectors.contract import Cursor
from hotdash.connectors.shopify import resources, sales_report, shipments
from hotdash.connectors.shopify.journeys import Waiting
from hotdash.simulators.journeys import known_at
from hotdash.simulators.orders import Order, epoch, instant
from hotdash.simulators.shipping import LATE_FOR_DAYS
from hotdash.simulators.shop_profiles import LATE_CARRIER, STOCK_OUT
from hotdash.simulators.shopify.access import ALL_SCOPES
from hotdash.simulators.stock import ShopStock, item_id_of
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import Row, Told, read, refetched, same_rows
from tests.fixtures.world_rows import fulfillments, levels, sales_on, visits

SHIPMENT_TABLES = (
    "shopify_fulfillments",
    "shopify_fulfillment_lines",
    "shopify_fulfillment_events",
)


@pytest.fixture(scope="module")
def first_read(running_simulator: SimulatorHandle) -> Told:
    running_simulator.reset()
    return read(Connecting(running_simulator).connector())


@pytest.fixture(scope="module")
def orders(world: World) -> list[Order]:
    return list(world.orders_as_of(UNTIL, SHOP_ID))


def newest(tolds: list[Told], table: str, *key: str) -> dict[tuple[Any, ...], Row]:
    rows = [row for told in tolds for row in told.rows[table]]
    return {tuple(row[name] for name in key): row for row in rows}


class TestDiscounts:
    def test_shares_of_lines_add_up_to_their_discount(
        self, first_read: Told, orders: list[Order]
    ) -> None:
        shares: dict[int, Decimal] = defaultdict(Decimal)
        for row in first_read.rows["shopify_discount_allocations"]:
            if not row["on_shipping"]:
                shares[row["line_id"]] += row["amount"]
        wanted = {
            line.line_id: order.shop.money(line.discount_total)
            for order in orders
            for line in order.lines
            if line.discount_total
        }
        assert shares == wanted

    def test_shares_of_shipping_are_what_was_waived(
        self, first_read: Told, orders: list[Order]
    ) -> None:
        found = {
            row["line_id"]: row["amount"]
            for row in first_read.rows["shopify_discount_allocations"]
            if row["on_shipping"]
        }
        wanted = {
            line.shipping_line_id: order.shop.money(line.original_amount - line.discounted_amount)
            for order in orders
            for line in order.shipping_lines
            if line.original_amount > line.discounted_amount
        }
        assert found == wanted

    def test_every_share_names_a_discount_of_its_order(self, first_read: Told) -> None:
        named = ("application_type", "label", "value_type", "value")
        discounts = {
            (row["order_id"], row["application_index"]): tuple(row[name] for name in named)
            for row in first_read.rows["shopify_order_discounts"]
        }
        for row in first_read.rows["shopify_discount_allocations"]:
            known = discounts[row["order_id"], row["application_index"]]
            assert known == tuple(row[name] for name in named)
        assert {each[0] for each in discounts.values()} == {"code", "automatic"}
        assert {each[2] for each in discounts.values()} == {"percentage", "amount"}

    def test_payments_add_up_to_the_order_and_its_refunds(self, first_read: Told) -> None:
        paid: dict[int, Decimal] = defaultdict(Decimal)
        back: dict[int, Decimal] = defaultdict(Decimal)
        for row in first_read.rows["shopify_transactions"]:
            if row["status"] == "SUCCESS" and row["kind"] in ("SALE", "CAPTURE"):
                paid[row["order_id"]] += row["amount"]
            if row["kind"] == "REFUND":
                back[row["order_id"]] += row["amount"]
        for row in first_read.rows["shopify_orders"]:
            if row["financial_status"] in ("PAID", "REFUNDED", "PARTIALLY_REFUNDED"):
                assert paid[row["order_id"]] == row["total_price"]
            assert back[row["order_id"]] == row["total_refunded"]


class TestShipments:
    @pytest.mark.parametrize("table", SHIPMENT_TABLES)
    def test_of_a_first_read_are_the_worlds(
        self, first_read: Told, orders: list[Order], world: World, table: str
    ) -> None:
        wanted = fulfillments(orders, epoch(UNTIL), world.of(SHOP_ID).plan.incidents)
        assert same_rows(first_read.rows[table], wanted[table])

    def test_one_by_one_they_are_the_same(
        self, connecting: Connecting, simulator: SimulatorHandle, first_read: Told
    ) -> None:
        """Without the scopes for the export."""
        shop = simulator.shops[SHOP_ID]
        assert shop
        simulator.set_scopes(
            SHOP_ID, ["read_orders", "read_products", "read_customers", "read_locations"]
        )
        told = read(connecting.connector())
        for table in SHIPMENT_TABLES:
            assert same_rows(told.rows[table], first_read.rows[table]), table
        asked = Counter(call.operation for call in connecting.calls)
        assert asked["FulfillmentsByIds"] == -(-len(told.rows["shopify_fulfillments"]) // 45)

    def test_a_parcels_way_is_told_although_its_order_rests(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        first_read: Told,
        world: World,
    ) -> None:
        connector, tolds = connecting.connector(), [first_read]
        for _ in range(4):
            simulator.advance(timedelta(hours=31))
            tolds.append(read(connector, tolds[-1].cursor()))
        now = simulator.now()
        wanted = fulfillments(
            world.orders_as_of(now, SHOP_ID), epoch(now), world.of(SHOP_ID).plan.incidents
        )
        found = newest(tolds, "shopify_fulfillments", "fulfillment_id")
        assert same_rows(list(found.values()), wanted["shopify_fulfillments"])
        events = newest(tolds, "shopify_fulfillment_events", "fulfillment_id", "event_id")
        assert same_rows(list(events.values()), wanted["shopify_fulfillment_events"])
        rested = {row["order_id"] for told in tolds[1:] for row in told.rows["shopify_orders"]}
        went_on = {r["order_id"] for t in tolds[1:] for r in t.rows["shopify_fulfillments"]}
        assert went_on - rested

    def test_they_are_looked_through_every_six_hours(
        self, connecting: Connecting, simulator: SimulatorHandle, first_read: Told
    ) -> None:
        connector, cursor = connecting.connector(), first_read.cursor()
        looked: list[int] = []
        for _ in range(7):
            connecting.calls.clear()
            simulator.advance(timedelta(hours=2))
            cursor = read(connector, cursor).cursor()
            looked.append(sum(call.operation == "StartBulk" for call in connecting.calls))
        assert looked == [0, 0, 1, 0, 0, 1, 0]

    def test_a_late_carrier_is_planted(self, first_read: Told, world: World) -> None:
        incident = next(i for i in world.incidents if i.kind == LATE_CARRIER)
        first = datetime.fromisoformat(incident.day).date()
        late, others = [], []
        for row in first_read.rows["shopify_fulfillments"]:
            if row["carrier"] != "UPS" or row["delivered_at"] is None:
                continue
            day = local_day(row["created_at"], "America/Chicago")
            hit = first <= day < first + timedelta(days=LATE_FOR_DAYS)
            delay = row["delivered_at"] - row["estimated_delivery_at"]
            (late if hit else others).append(delay)
        assert late
        assert min(late) > timedelta(days=3.5) > timedelta(days=1) > max(others)


class TestJourneys:
    def test_of_a_first_read_are_the_worlds(self, first_read: Told, orders: list[Order]) -> None:
        wanted = visits(orders, epoch(UNTIL))
        found: dict[int, list[Any]] = {order_id: [] for order_id in wanted}
        for row in first_read.rows["shopify_customer_visits"]:
            found[row["order_id"]].append(
                (row["visit_id"], row["occurred_at"], row["utm_campaign"])
            )
        assert {key: sorted(value) for key, value in found.items()} == {
            key: sorted(value) for key, value in wanted.items()
        }
        counts = {r["order_id"]: r["visits"] for r in first_read.rows["shopify_customer_journeys"]}
        assert counts == {key: len(value) for key, value in wanted.items()}

    def test_one_that_is_not_ready_is_asked_for_again_until_it_is(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        order = max(world.orders_as_of(UNTIL, SHOP_ID), key=lambda each: each.created_at)
        simulator.set_clock(instant(order.created_at + 60))
        connector = connecting.connector()
        told = [read(connector)]
        assert self.readiness(told, order) == [False]
        assert str(order.order_id) in told[-1].cursor()["journeys"]
        for _ in range(2):
            simulator.advance(timedelta(minutes=5))
            told.append(read(connector, told[-1].cursor()))
        assert self.readiness(told, order) == [False], "it is told as not ready once"
        simulator.set_clock(instant(known_at(order) + 1))
        told.append(read(connector, told[-1].cursor()))
        assert self.readiness(told, order) == [False, True]
        assert str(order.order_id) not in told[-1].cursor()["journeys"]
        simulator.advance(timedelta(minutes=5))
        told.append(read(connector, told[-1].cursor()))
        assert self.readiness(told, order) == [False, True], "and as ready once"

    def readiness(self, tolds: list[Told], order: Order) -> list[bool]:
        return [
            row["journey_ready"]
            for told in tolds
            for row in told.rows["shopify_customer_journeys"]
            if row["order_id"] == order.order_id
        ]

    def test_a_rewound_read_finds_who_waited(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        order = max(world.orders_as_of(UNTIL, SHOP_ID), key=lambda each: each.created_at)
        simulator.set_clock(instant(known_at(order) + 1))
        connector = connecting.connector()
        rewound = connector.cursor_since(simulator.now())
        assert self.readiness([read(connector, rewound)], order) == [True]

    def test_old_ones_are_asked_for_once_a_day_and_given_up_after_sixty(self) -> None:
        waiting = Waiting({1: UNTIL, 2: UNTIL - timedelta(days=3), 3: UNTIL - timedelta(days=61)})
        assert waiting.due(UNTIL, UNTIL + timedelta(hours=1)) == {1}
        assert waiting.due(UNTIL, UNTIL + timedelta(hours=7)) == {1, 2, 3}
        written = waiting.written(UNTIL + timedelta(hours=1))
        assert set(Waiting.read(written).created) == {1, 2}


class TestStock:
    def test_levels_are_the_worlds(
        self, connecting: Connecting, simulator: SimulatorHandle, first_read: Told, world: World
    ) -> None:
        simulator.advance(timedelta(days=3))
        later = read(connecting.connector(), first_read.cursor())
        found = newest(
            [first_read, later], "shopify_inventory_levels", "inventory_item_id", "location_id"
        )
        assert {
            key: tuple(row[name] for name in ("available", "on_hand", "committed", "incoming"))
            for key, row in found.items()
        } == levels(world.of(SHOP_ID), epoch(simulator.now()))
        assert 0 < len(later.rows["shopify_inventory_levels"]) < len(found)

    def test_a_stock_out_is_planted(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        incident = next(i for i in world.incidents if i.kind == STOCK_OUT)
        day = datetime.fromisoformat(incident.day).replace(tzinfo=ZoneInfo("America/Chicago"))
        planted = ShopStock(world.of(SHOP_ID)).stock_out()
        assert planted is not None
        variant_id, begins, _ = planted
        assert instant(begins) == day
        item, connector = str(item_id_of(variant_id)), connecting.connector()
        found: list[tuple[bool, bool]] = []
        for hours in (-1, 12, 24 * incident.factor + 1):
            simulator.set_clock(day + timedelta(hours=hours))
            told = refetched(connector, "shopify_inventory_levels", item)
            level = told.rows["shopify_inventory_levels"][0]
            found.append((level["available"] > 0, level["incoming"] > 0))
        assert found[1:] == [(False, True), (True, False)]
        assert not found[0][1]

    def test_items_have_costs_and_countries(self, first_read: Told) -> None:
        items = first_read.rows["shopify_inventory_items"]
        assert {row["inventory_item_id"] for row in items} == {
            row["inventory_item_id"] for row in first_read.rows["shopify_variants"]
        }
        assert {row["cost_currency"] for row in items} == {"USD", None}
        assert all((row["unit_cost"] is None) == (row["cost_currency"] is None) for row in items)


class TestSalesReport:
    @pytest.mark.parametrize("back", [1, 9, 24, 39])
    def test_a_day_is_what_the_rules_say(
        self, first_read: Told, orders: list[Order], back: int
    ) -> None:
        zone = ZoneInfo("America/Chicago")
        day = local_day(UNTIL, zone.key) - timedelta(days=back)
        begins = datetime(day.year, day.month, day.day, tzinfo=zone)
        wanted = sales_on(orders, begins, begins + timedelta(days=1))
        (row,) = [r for r in first_read.rows["shopify_sales_report_days"] if r["day"] == day]
        money = {name: Decimal(v).scaleb(-2) for name, v in wanted.items() if name != "orders"}
        assert row == {"day": day, "orders": wanted["orders"], **money}

    def test_every_day_is_read_from_the_first_order_on(self, first_read: Told) -> None:
        assert first_read.report_days == first_read.days
        told = [row["day"] for row in first_read.rows["shopify_sales_report_days"]]
        assert told == first_read.days

    def test_later_the_touched_days_and_the_last_ones(
        self, connecting: Connecting, simulator: SimulatorHandle, first_read: Told
    ) -> None:
        simulator.advance(timedelta(days=4))
        told = read(connecting.connector(), first_read.cursor())
        assert set(told.report_days) >= set(told.days)

    @pytest.mark.parametrize("why", ["refused", "no scope"])
    def test_days_that_were_not_reported_are_asked_again_from_the_oldest_on(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        first_read: Told,
        monkeypatch: pytest.MonkeyPatch,
        why: str,
    ) -> None:
        simulator.advance(timedelta(days=10))
        with monkeypatch.context() as patched:
            if why == "refused":
                patched.setattr(sales_report, "_MEASURES", {"orders": "colour"})
            else:
                simulator.set_scopes(SHOP_ID, ALL_SCOPES - {"read_reports"})
            unreported = read(connecting.connector(), first_read.cursor())
        assert unreported.report_days == []
        simulator.advance(timedelta(days=10))
        simulator.set_scopes(SHOP_ID, ALL_SCOPES)
        told = read(connecting.connector(), unreported.cursor())
        today = local_day(simulator.now(), "America/Chicago")
        assert set(told.report_days) >= {today - timedelta(days=ago) for ago in range(1, 21)}
        assert "unreported_from" in unreported.cursor()
        assert "unreported_from" not in told.cursor()


class TestLongRange:
    def test_thousands_of_changes_come_by_an_export(
        self, connecting: Connecting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cursor: Cursor = {
            "updated_at": (UNTIL - timedelta(days=90)).isoformat(),
            "timezone": "America/Chicago",
            "shipments_at": UNTIL.isoformat(),
            "journeys": "",
        }
        paged = read(connecting.connector(), cursor)
        monkeypatch.setattr(resources, "MOST_PAGED", 3)
        monkeypatch.setattr(shipments, "MOST_ONE_BY_ONE", 3)
        connecting.calls.clear()
        by_bulk = read(connecting.connector(), cursor)
        asked = Counter(call.operation for call in connecting.calls)
        assert asked["StartBulk"] == 2
        assert asked["OrdersPage"] == asked["FulfillmentsByIds"] == 0
        assert by_bulk.days == paged.days
        for table, rows in paged.rows.items():
            assert same_rows(by_bulk.rows[table], rows), table
