"""Parcels, stock, payments and totals of customers: bound to the orders, and told as of an instant."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from hotdash.simulators.orders import epoch
from hotdash.simulators.payments import payments_of
from hotdash.simulators.shipping import order_of_parcel, parcels_of
from hotdash.simulators.shopify.sales_report import report
from hotdash.simulators.stock import ShopStock
from hotdash.simulators.world import ShopWorld, World

UNTIL = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
NOW = epoch(UNTIL)
DAY = 86_400


@pytest.fixture(scope="module")
def shop() -> ShopWorld:
    return World(3000, 7, UNTIL).of("hot-rod-an")


class TestParcels:
    def test_every_shipped_unit_lies_in_one_parcel(self, shop: ShopWorld) -> None:
        for order in shop.orders_as_of(NOW):
            packed = Counter(
                line.line_id
                for parcel in parcels_of(order, NOW, shop.plan.incidents)
                for line in parcel.lines
            )
            shipped = [line.line_id for line in order.lines if not line.is_gift_card]
            assert packed == (Counter(shipped) if order.fulfilled_at else Counter())

    def test_the_future_is_not_told(self, shop: ShopWorld) -> None:
        order = next(o for o in shop.orders_as_of(NOW) if o.fulfilled_at)
        assert order.fulfilled_at is not None
        whole = parcels_of(order, NOW, shop.plan.incidents)
        for hours in range(0, 240, 7):
            then = order.fulfilled_at + hours * 3600
            for parcel, last in zip(
                parcels_of(order, then, shop.plan.incidents), whole, strict=True
            ):
                assert parcel.steps == tuple(step for step in last.steps if step.at <= then)
                assert order_of_parcel(parcel.parcel_id) == order.order_id
        assert parcels_of(order, order.fulfilled_at - 1, shop.plan.incidents) == []

    def test_the_way_goes_forward(self, shop: ShopWorld) -> None:
        for order in shop.orders_as_of(NOW):
            for parcel in parcels_of(order, NOW + 90 * DAY, shop.plan.incidents):
                instants = [parcel.created_at, *(step.at for step in parcel.steps)]
                assert instants == sorted(set(instants))
                assert parcel.display_status == "DELIVERED"


class TestStock:
    def test_it_is_the_same_in_another_world_of_the_same_seed(self, shop: ShopWorld) -> None:
        again = ShopStock(World(3000, 7, UNTIL).of("hot-rod-an"))
        first = ShopStock(shop)
        for place in range(2):
            ours = first.levels_at(first.places[place], NOW)
            theirs = again.levels_at(again.places[place], NOW)
            assert [level.quantities for level in ours] == [level.quantities for level in theirs]

    def test_a_level_that_changed_was_changed_later(self, shop: ShopWorld) -> None:
        stock = ShopStock(shop)
        for item in list(stock.items(NOW))[:25]:
            before = stock.levels_of(item, NOW - 40 * DAY)[0]
            for days in range(39, 0, -1):
                after = stock.levels_of(item, NOW - days * DAY)[0]
                assert after.updated_at >= before.updated_at
                if after.quantities != before.quantities:
                    assert after.updated_at > NOW - (days + 1) * DAY or after.incoming
                before = after

    def test_only_the_planted_one_runs_out(self, shop: ShopWorld) -> None:
        stock = ShopStock(shop)
        planted = stock.stock_out()
        assert planted is not None
        variant, begins, ends = planted
        for at in range(begins - 10 * DAY, min(ends, NOW), DAY // 2):
            out = {
                level.item.variant.variant_id
                for level in stock.levels_at(stock.places[0], at)
                if level.available <= 0 and level.item.is_tracked
            }
            assert out <= {variant}
            assert at < begins or out == {variant}

    def test_other_shops_have_none(self) -> None:
        assert ShopStock(World(600, 7, UNTIL).of("kanto-garage")).stock_out() is None


class TestPayments:
    def test_they_have_ids_of_their_own_and_never_exceed_the_order(self, shop: ShopWorld) -> None:
        for history in shop.histories(NOW - 200 * DAY, NOW):
            for version in history:
                payments = payments_of(version)
                assert len({each.payment_id for each in payments}) == len(payments)
                taken = [p for p in payments if p.kind in ("SALE", "CAPTURE")]
                assert sum(p.amount for p in taken) <= version.total_price
                assert all(p.at <= version.updated_at + 60 for p in payments)


class TestTotals:
    def test_stepwise_they_are_what_they_are_at_once(self, shop: ShopWorld) -> None:
        stepwise = World(3000, 7, UNTIL).of(shop.shop.shop_id)
        customers = {o.customer_id for o in shop.orders_as_of(NOW) if o.customer_id}
        someone = min(customers)
        for then in range(NOW - 60 * DAY, NOW + 1, 5 * DAY // 3):
            stepwise.bought(someone, then)
        for customer in customers:
            assert stepwise.bought(customer, NOW) == shop.bought(customer, NOW)
        whole = sum(shop.bought(customer, NOW)[0] for customer in customers)
        assert whole == sum(1 for o in shop.orders_as_of(NOW) if o.customer_id)

    def test_a_clock_set_back_does_not_know_what_comes(self, shop: ShopWorld) -> None:
        then = NOW - 400 * DAY
        fresh = World(3000, 7, UNTIL).of(shop.shop.shop_id)
        before = list(fresh.customers_as_of(then))
        list(fresh.customers_as_of(NOW))
        assert list(fresh.customers_as_of(then)) == before


class TestCustomers:
    def test_every_change_of_an_order_dates_its_buyer_anew(self, shop: ShopWorld) -> None:
        """Told by plain reading of all orders."""
        changed: dict[int | None, int] = {}
        for history in shop.histories(shop.opened, NOW):
            for version in history:
                if version.updated_at <= NOW:
                    known = changed.get(version.customer_id, 0)
                    changed[version.customer_id] = max(known, version.updated_at)
        customers = {each.customer_id: each for each in shop.customers_as_of(NOW)}
        assert set(changed) - {None} == set(customers)
        for number, customer in customers.items():
            own = {customer.created_at, customer.created_at + 40 + 20 * DAY}
            assert customer.updated_at in {changed[number], *own}
            assert customer.updated_at >= changed[number] > customer.created_at

    def test_who_changed_since_is_found(self, shop: ShopWorld) -> None:
        since = NOW - 90 * DAY
        changed = [each for each in shop.customers_as_of(NOW) if each.updated_at >= since]
        assert list(shop.customers_as_of(NOW, since)) == changed
        assert any(each.created_at < since for each in changed)

    def test_one_is_found_by_its_id(self, shop: ShopWorld) -> None:
        customers = list(shop.customers_as_of(NOW))
        assert [shop.customer_as_of(each.customer_id, NOW) for each in customers] == customers
        first, last = customers[0].customer_id, customers[-1].customer_id
        for nobody in (first - 1, last + 1, 10**18, 0):
            assert shop.customer_as_of(nobody, NOW) is None
        assert shop.customer_as_of(last, NOW - 90 * DAY) is None


class TestReport:
    def test_what_it_does_not_know_is_an_error(self, shop: ShopWorld) -> None:
        assert report("FROM orders SHOW x", shop, NOW).errors
        asked = "FROM sales SHOW colour TIMESERIES day SINCE 2026-01-01 UNTIL 2026-01-02"
        assert report(asked, shop, NOW).errors == ["Column colour not found."]

    def test_today_grows(self, shop: ShopWorld) -> None:
        day = (UNTIL - timedelta(days=1)).date()
        asked = f"FROM sales SHOW orders TIMESERIES day SINCE {day} UNTIL {day}"
        counts = []
        for hours in (30, 24, 6):
            table = report(asked, shop, NOW - hours * 3600).table
            assert table is not None
            counts.append(int(table.rows[0]["orders"]))
        assert counts == sorted(counts)
