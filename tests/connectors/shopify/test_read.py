"""Reading a shop through the real client over HTTP, held against the world's own orders."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock, days_between, local_day
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Cursor, Deleted, Reached, Rows
from hotdash.connectors.shopify.access import granted
from hotdash.connectors.shopify.bulk import BulkExports
from hotdash.connectors.shopify.connector import OVERLAP, ShopifyConnector
from hotdash.connectors.shopify.reading import Reading
from hotdash.connectors.shopify.resources import orders_by_id
from hotdash.simulators.orders import epoch, instant
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import ORDER_TABLES, Told, expected, gathered, read, same_rows

SHOPS = ["hot-rod-an", "kanto-garage", "nordkurve-teile"]


@pytest.fixture(scope="module")
def first_reads(running_simulator: SimulatorHandle) -> dict[str, Told]:
    """Nothing changes in a frozen world, so one first read of each shop serves all tests."""
    running_simulator.reset()
    connecting = Connecting(running_simulator)
    return {shop_id: read(connecting.connector(shop_id)) for shop_id in SHOPS}


@pytest.fixture
def first_read(first_reads: dict[str, Told]) -> Told:
    return first_reads[SHOP_ID]


class TestFirstRead:
    @pytest.mark.parametrize("shop_id", SHOPS)
    def test_orders_and_all_their_children_are_the_worlds(
        self, first_reads: dict[str, Told], world: World, shop_id: str
    ) -> None:
        told = first_reads[shop_id]
        wanted = expected(world.orders_as_of(UNTIL, shop_id))
        for table in ORDER_TABLES:
            assert same_rows(told.rows[table], wanted[table]), table
        assert not told.unreadable

    def test_an_order_longer_than_any_page_is_whole(self, first_read: Told) -> None:
        lines = Counter(row["order_id"] for row in first_read.rows["shopify_order_lines"])
        (longest, count), *_ = lines.most_common(1)
        refunded = [r for r in first_read.rows["shopify_refund_lines"] if r["order_id"] == longest]
        assert count == 130
        assert len(refunded) > 30

    def test_customers(self, first_read: Told, world: World) -> None:
        wanted = list(world.of(SHOP_ID).customers_as_of(epoch(UNTIL)))
        found = {row["customer_id"]: row for row in first_read.rows["shopify_customers"]}
        assert len(found) == len(wanted) == len(first_read.rows["shopify_customers"])
        for customer in wanted:
            row = found[customer.customer_id]
            assert (row["email"], row["last_name"]) == (customer.email, customer.last_name)
            assert row["updated_at"] == instant(customer.updated_at)

    def test_products_and_variants(self, first_read: Told, world: World) -> None:
        wanted = world.of(SHOP_ID).products_as_of(epoch(UNTIL))
        variants = {
            variant.variant_id: world.shops[0].money(variant.price)
            for product in wanted
            for variant in product.variants
        }
        products = first_read.rows["shopify_products"]
        assert {row["title"] for row in products} == {product.title for product in wanted}
        found = {row["variant_id"]: row["price"] for row in first_read.rows["shopify_variants"]}
        assert found == variants

    def test_the_shop(self, first_read: Told) -> None:
        (row,) = first_read.rows["shopify_shops"]
        assert row["iana_timezone"] == "America/Chicago"
        assert row["domain"] == "hot-rod-an.myshopify.com"
        assert row["currency"] == "USD"

    @pytest.mark.parametrize("shop_id", SHOPS)
    def test_days_are_counted_by_shopify_from_the_first_order_to_yesterday(
        self, first_reads: dict[str, Told], world: World, shop_id: str
    ) -> None:
        told = first_reads[shop_id]
        orders = list(world.orders_as_of(UNTIL, shop_id))
        timezone = orders[0].shop.timezone
        days = Counter(local_day(instant(order.processed_at), timezone) for order in orders)
        today = local_day(UNTIL, timezone)
        first = min(days)
        del days[today]
        assert told.days == list(days_between(first, today - timedelta(days=1)))
        found = {row["day"]: row["orders"] for row in told.rows["shopify_order_days"]}
        assert found == dict(days)

    def test_ends_with_how_far_it_came(self, first_read: Told) -> None:
        now = "2026-11-20T18:00:00.000000Z"
        cursor = {
            "updated_at": now,
            "timezone": "America/Chicago",
            "shipments_at": now,
            "journeys": "",
        }
        assert first_read.reached == Reached(cursor, UNTIL)

    def test_children_share_the_instant_of_their_order(self, first_read: Told) -> None:
        instants = first_read.fetched["shopify_orders"]
        for table in ORDER_TABLES[1:]:
            assert first_read.fetched[table] <= instants

    def test_twice_tells_the_same(self, connecting: Connecting, first_read: Told) -> None:
        again = read(connecting.connector())
        for table, rows in first_read.rows.items():
            assert same_rows(again.rows[table], rows), table

    def test_only_refunded_orders_are_asked_for_one_by_one(
        self, connecting: Connecting, world: World
    ) -> None:
        read(connecting.connector())
        refunded = sum(1 for order in world.orders_as_of(UNTIL, SHOP_ID) if order.refunds)
        asked = Counter(call.operation for call in connecting.calls)
        assert asked["OrdersByIds"] == -(-refunded // 4)
        assert asked["FulfillmentsByIds"] == asked["JourneysByIds"] == 0


def cursor_at(instant: datetime) -> Cursor:
    return {"updated_at": instant.isoformat(), "timezone": "America/Chicago"}


class TestIncrementalRead:
    def test_tells_what_changed_and_nothing_else(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        first_read: Told,
        world: World,
    ) -> None:
        simulator.advance(timedelta(days=4))
        told = read(connecting.connector(), first_read.cursor())
        since = epoch(UNTIL - OVERLAP)
        later = UNTIL + timedelta(days=4)
        changed = [o for o in world.orders_as_of(later, SHOP_ID) if o.updated_at >= since]
        wanted = expected(changed)
        assert any(len(order.lines) > 120 for order in changed), "nested pages are tested here"
        for table in ORDER_TABLES:
            assert same_rows(told.rows[table], wanted[table]), table

    def test_reaches_back_by_the_overlap(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        order = max(world.orders_as_of(UNTIL, SHOP_ID), key=lambda order: order.updated_at)
        cursor = {"updated_at": (instant(order.updated_at) + timedelta(seconds=60)).isoformat()}
        assert order.order_id in read(connecting.connector(), cursor).orders()
        none = {"updated_at": (instant(order.updated_at) + timedelta(seconds=121)).isoformat()}
        assert not read(connecting.connector(), none).orders()

    def test_with_the_first_read_makes_the_world_of_today(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        first_read: Told,
        world: World,
    ) -> None:
        connector, told = connecting.connector(), first_read
        newest = told.orders()
        for _ in range(5):
            simulator.advance(timedelta(days=8, hours=5))
            told = read(connector, told.cursor())
            newest |= told.orders()
        wanted = expected(world.orders_as_of(simulator.now(), SHOP_ID))["shopify_orders"]
        assert same_rows(list(newest.values()), wanted)

    def test_follows_pages_to_their_end(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        since = UNTIL - timedelta(days=90)
        told = read(connecting.connector(), {"updated_at": since.isoformat()})
        reached_back = epoch(since - OVERLAP)
        changed = [o for o in world.orders_as_of(UNTIL, SHOP_ID) if o.updated_at >= reached_back]
        assert len(told.rows["shopify_orders"]) == len(changed)
        pages = Counter(call.operation for call in connecting.calls)["OrdersPage"]
        assert pages == -(-len(changed) // 4) > 5

    def test_reads_changed_customers_and_products(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        since = UNTIL - timedelta(days=120)
        told = read(connecting.connector(), {"updated_at": since.isoformat()})
        shop, reached_back = world.of(SHOP_ID), epoch(since - OVERLAP)
        customers = [c for c in shop.customers_as_of(epoch(UNTIL)) if c.updated_at >= reached_back]
        products = [p for p in shop.products_as_of(epoch(UNTIL)) if p.updated_at >= reached_back]
        assert len(told.rows["shopify_customers"]) == len(customers) > 0
        assert len(told.rows["shopify_products"]) == len(products) > 0
        assert len(told.rows["shopify_variants"]) == sum(len(p.variants) for p in products)

    def test_counts_the_touched_days_and_those_that_closed_since(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        first_read: Told,
        world: World,
    ) -> None:
        simulator.advance(timedelta(days=4))
        told = read(connecting.connector(), first_read.cursor())
        today = local_day(simulator.now(), "America/Chicago")
        touched = {
            local_day(row["processed_at"], "America/Chicago") for row in told.rows["shopify_orders"]
        }
        closed_since = {today - timedelta(days=ago) for ago in (1, 2, 3, 4)}
        assert told.days == sorted((touched | closed_since) - {today})

    def test_a_day_without_news_is_counted_too_and_the_last_three_always(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.advance(timedelta(days=200))
        today = local_day(simulator.now(), "America/Chicago")
        for offline, counted in ((0, 3), (9, 9)):
            since = simulator.now() - timedelta(days=offline)
            told = read(connecting.connector(), cursor_at(since))
            assert not told.rows["shopify_orders"]
            assert told.days == [today - timedelta(days=ago) for ago in range(counted, 0, -1)]

    @pytest.mark.law(10)
    @pytest.mark.parametrize("known", [{}, {"timezone": "Europe/Berlin"}])
    def test_a_moved_timezone_counts_every_day_anew(
        self, connecting: Connecting, first_read: Told, known: dict[str, str]
    ) -> None:
        told = read(connecting.connector(), {"updated_at": UNTIL.isoformat(), **known})
        assert told.days == first_read.days
        assert told.cursor() == first_read.cursor()

    @pytest.mark.parametrize("since", [None, UNTIL])
    def test_a_day_that_ends_while_we_read_is_left_to_the_next_read(
        self, connecting: Connecting, simulator: SimulatorHandle, since: datetime | None
    ) -> None:
        simulator.set_clock(datetime(2026, 11, 21, 5, 59, tzinfo=UTC))
        cursor = cursor_at(since) if since else None
        events = connecting.connector().read(cursor, SilentProgress())
        first = next(events)
        simulator.advance(timedelta(minutes=2))
        told = gathered(chain([first], events))
        assert local_day(simulator.now(), "America/Chicago") == date(2026, 11, 21)
        assert max(told.days) == date(2026, 11, 19)

    def test_a_clock_of_ours_that_is_ahead_skips_nothing(
        self, connecting: Connecting, simulator: SimulatorHandle, world: World
    ) -> None:
        ahead = FixedClock(UNTIL + timedelta(days=3))
        connector = ShopifyConnector(connecting.client(), ahead)
        told = read(connector, cursor_at(UNTIL))
        assert told.reached is not None
        assert told.reached.complete_through == UNTIL
        simulator.advance(timedelta(days=2))
        later = list(world.orders_as_of(simulator.now(), SHOP_ID))
        missed = {o.order_id for o in later if o.updated_at > epoch(UNTIL)}
        assert missed
        assert missed <= set(read(connector, told.cursor()).orders())

    def test_an_empty_hour_tells_no_orders(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.advance(timedelta(days=200))
        cursor = {"updated_at": simulator.now().isoformat()}
        told = read(connecting.connector(), cursor)
        assert not told.rows["shopify_orders"]
        assert told.reached is not None
        assert told.reached.complete_through == simulator.now()


class TestResume:
    def test_a_read_that_was_left_can_be_made_again_from_its_cursor(
        self, connecting: Connecting, first_read: Told
    ) -> None:
        """Stopped in every part of a read, the next one still tells everything."""
        for stop in range(1, 62, 12):
            left = connecting.connector().read(None, SilentProgress())
            for _, _event in zip(range(stop), left, strict=False):
                pass
            left.close()
        again = read(connecting.connector())
        assert same_rows(again.rows["shopify_orders"], first_read.rows["shopify_orders"])

    def test_no_file_is_left_behind(self, connecting: Connecting, tmp_path: Path) -> None:
        client = connecting.client()
        connector = ShopifyConnector(client, connecting.simulator, workdir=tmp_path)
        events = connector.read(None, SilentProgress())
        next(events)
        next(events)
        assert list(tmp_path.iterdir())
        events.close()
        assert not list(tmp_path.iterdir())


class TestShop:
    def test_tells_who_it_is(self, shopify_connector: ShopifyConnector) -> None:
        profile = shopify_connector.shop()
        assert (profile.name, profile.timezone) == ("Hot Rod AN", "America/Chicago")
        assert not profile.taxes_included
        shopify_connector.check()


class TestVanished:
    def test_an_order_deleted_between_export_and_question_is_told_as_deleted(
        self, connecting: Connecting, simulator: SimulatorHandle, tmp_path: Path, world: World
    ) -> None:
        client = connecting.client()
        exports = BulkExports(client, tmp_path)
        reading = Reading(
            client, exports, simulator, SilentProgress(), "America/Chicago", UNTIL, granted(client)
        )
        there = next(world.orders_as_of(UNTIL, SHOP_ID)).order_id
        ids = [f"gid://shopify/Order/{number}" for number in (1, there)]
        events = list(orders_by_id(reading, ids))
        assert {type(event) for event in events} == {Deleted, Rows}
        (deleted,) = [event for event in events if isinstance(event, Deleted)]
        assert deleted.keys.to_pylist() == [{"order_id": 1}]
