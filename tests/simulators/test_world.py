from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from random import Random
from zoneinfo import ZoneInfo

import pytest

from hotdash.base.clock import local_day
from hotdash.simulators.fates import LONGEST_HISTORY
from hotdash.simulators.orders import Order, epoch, instant
from hotdash.simulators.shop_profiles import SALES_DROP, SALES_SPIKE
from hotdash.simulators.world import World, version_as_of

UNTIL = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
FAR = UNTIL + timedelta(days=70)


@lru_cache
def made(orders: int = 3000, seed: int = 7) -> World:
    return World(orders, seed, UNTIL)


def digest(world: World, at: datetime) -> str:
    found = sha256()
    for order in world.orders_as_of(at):
        found.update(repr(order).encode())
    for shop in world.shops:
        found.update(repr(list(world.of(shop.shop_id).customers_as_of(epoch(at)))).encode())
        found.update(repr(world.of(shop.shop_id).products_as_of(epoch(at))).encode())
    return found.hexdigest()


def histories(world: World) -> list[tuple[Order, ...]]:
    return [
        history
        for shop in world.shops
        for history in world.of(shop.shop_id).histories(0, epoch(FAR))
    ]


class TestSameBytes:
    def test_of_the_same_seed(self) -> None:
        assert digest(World(600, 7, UNTIL), FAR) == digest(World(600, 7, UNTIL), FAR)

    def test_whatever_day_is_looked_at_first(self) -> None:
        looked_at = World(600, 7, UNTIL)
        shop = looked_at.of("kanto-garage")
        days = list(range(len(shop.plan.days)))
        Random(3).shuffle(days)
        for position in days:
            shop.day(position)
        assert digest(looked_at, UNTIL) == digest(World(600, 7, UNTIL), UNTIL)

    def test_not_of_another_seed(self) -> None:
        assert digest(World(600, 7, UNTIL), UNTIL) != digest(World(600, 8, UNTIL), UNTIL)


class TestSize:
    @pytest.mark.parametrize("orders", [600, 2000, 3000])
    def test_history_holds_the_orders_asked_for(self, orders: int) -> None:
        world = World(orders, 7, UNTIL)
        before_today = [
            order
            for order in world.orders_as_of(UNTIL)
            if local_day(instant(order.created_at), order.shop.timezone)
            < local_day(UNTIL, order.shop.timezone)
        ]
        assert len(before_today) == orders

    def test_hot_rod_an_has_the_greater_part(self) -> None:
        shares = Counter(order.shop.shop_id for order in made().orders_as_of(UNTIL))
        assert 0.55 < shares["hot-rod-an"] / shares.total() < 0.65

    def test_a_million_orders_are_planned_without_being_made(self) -> None:
        world = World(1_000_000, 7, UNTIL)
        first_day = world.of("hot-rod-an").day(0)
        assert len(first_day.histories) > 300

    def test_the_default_is_a_shop_that_sells_for_about_a_million_a_year(self) -> None:
        world = World(20_000, 7, UNTIL)
        shop = world.of("hot-rod-an").shop
        last_year = epoch(UNTIL - timedelta(days=365))
        sold = sum(
            order.total_price - order.total_refunded
            for order in world.orders_as_of(UNTIL, shop.shop_id)
            if order.processed_at >= last_year and order.cancelled_at is None
        )
        assert 800_000 < shop.money(sold) < 1_400_000


class TestShops:
    def test_three_timezones_and_currencies(self) -> None:
        assert [(shop.timezone, shop.currency) for shop in made().shops] == [
            ("America/Chicago", "USD"),
            ("Asia/Tokyo", "JPY"),
            ("Europe/Berlin", "EUR"),
        ]

    def test_yen_have_no_decimals(self) -> None:
        world = made()
        order = next(world.orders_as_of(UNTIL, "kanto-garage"))
        assert order.shop.money(order.total_price) == order.total_price

    def test_german_prices_include_the_tax(self) -> None:
        orders = list(made().orders_as_of(UNTIL, "nordkurve-teile"))
        for order in orders:
            goods = sum(line.original_total - line.discount_total for line in order.lines)
            assert order.total_price == goods + order.total_shipping
        line = next(line for order in orders for line in order.lines if line.tax_rate)
        net = line.original_total - line.discount_total
        assert line.tax_total == round(net * 19 / 119)

    def test_orders_lie_in_their_shop_local_day(self) -> None:
        for shop in made().shops:
            world = made().of(shop.shop_id)
            for position, day in enumerate(world.plan.days[-100:], len(world.plan.days) - 100):
                for history in world.day(position).histories:
                    placed = instant(history[0].created_at).astimezone(ZoneInfo(shop.timezone))
                    assert placed.date() == day.day


class TestHistory:
    def test_versions_follow_each_other_within_the_longest_history(self) -> None:
        for history in histories(made()):
            instants = [version.updated_at for version in history]
            assert instants == sorted(instants)
            assert instants[0] == history[0].created_at
            assert instants[-1] - instants[0] <= LONGEST_HISTORY

    def test_the_future_is_hidden_until_the_clock_has_passed(self) -> None:
        for order in made().orders_as_of(UNTIL):
            assert order.updated_at <= epoch(UNTIL)
        assert len(list(made().orders_as_of(FAR))) > len(list(made().orders_as_of(UNTIL)))

    def test_an_order_is_found_by_its_id(self) -> None:
        shop = made().of("nordkurve-teile")
        for order in list(shop.orders_as_of(epoch(UNTIL)))[::50]:
            assert shop.order_as_of(order.order_id, epoch(UNTIL)) == order
        assert shop.order_as_of(1, epoch(UNTIL)) is None
        assert shop.order_as_of(99_000_000_000_000, epoch(UNTIL)) is None

    def test_what_changed_since_is_found_without_looking_at_all(self) -> None:
        shop, since = made().of("hot-rod-an"), epoch(UNTIL - timedelta(days=3))
        every = [order for order in shop.orders_as_of(epoch(UNTIL)) if order.updated_at >= since]
        assert list(shop.orders_as_of(epoch(UNTIL), since)) == every

    def test_every_id_is_met_once(self) -> None:
        lines = Counter(line.line_id for history in histories(made()) for line in history[-1].lines)
        refunds = Counter(r.refund_id for history in histories(made()) for r in history[-1].refunds)
        pieces = Counter(
            line.refund_line_id
            for history in histories(made())
            for refund in history[-1].refunds
            for line in refund.lines
        )
        for found in (lines, refunds, pieces):
            assert set(found.values()) == {1}
            assert max(found) < 2**63

    def test_nothing_is_refunded_twice_or_beyond_its_price(self) -> None:
        for history in histories(made()):
            order = history[-1]
            assert order.total_refunded <= order.total_price
            for line in order.lines:
                given_back = sum(
                    taken.quantity
                    for refund in order.refunds
                    for taken in refund.lines
                    if taken.line_id == line.line_id
                )
                assert line.quantity - given_back == line.current_quantity >= 0


class TestVariety:
    def test_every_kind_of_order_occurs(self) -> None:
        orders = [history[-1] for history in histories(made())]
        events = {version.event for history in histories(made()) for version in history}
        assert events == {
            *("placed", "fulfilled", "paid", "voided", "cancelled", "refunded", "edited")
        }
        assert {order.financial_status for order in orders} == {
            *("PAID", "PENDING", "PARTIALLY_PAID", "VOIDED", "REFUNDED", "PARTIALLY_REFUNDED")
        }
        assert any(order.is_test for order in orders)
        assert any(order.cancelled_at for order in orders)
        assert any(order.customer_id is None for order in orders)
        assert any(order.processed_at < order.created_at for order in orders)
        assert any(line.is_gift_card for order in orders for line in order.lines)
        assert any(line.discount_total for order in orders for line in order.lines)
        assert any(line.is_removed for order in orders for line in order.shipping_lines)

    def test_every_kind_of_refund_occurs(self) -> None:
        refunds = [refund for history in histories(made()) for refund in history[-1].refunds]
        assert any(refund.lines and refund.shipping_lines for refund in refunds)
        assert any(refund.shipping_lines and not refund.lines for refund in refunds)
        assert any(refund.adjustments and not refund.lines for refund in refunds)
        assert any(len(history[-1].refunds) == 2 for history in histories(made()))

    def test_a_line_can_leave_an_order_for_good(self) -> None:
        assert any(
            {line.line_id for line in history[0].lines}
            - {line.line_id for line in history[-1].lines}
            for history in histories(made())
        )

    @pytest.mark.parametrize("orders", [600, 3000])
    def test_one_order_has_more_lines_than_any_page(self, orders: int) -> None:
        assert max(len(order.lines) for order in World(orders, 7, UNTIL).orders_as_of(UNTIL)) > 120

    def test_another_one_comes_later(self) -> None:
        later = [
            history[0]
            for history in histories(made())
            if len(history[0].lines) > 120 and history[0].created_at > epoch(UNTIL)
        ]
        assert later


class TestIncidents:
    def test_a_planted_day_differs_from_the_days_around_it(self) -> None:
        world = made(20_000)
        assert {incident.kind for incident in world.incidents} >= {SALES_DROP, SALES_SPIKE}
        for incident in world.incidents:
            if incident.kind not in (SALES_DROP, SALES_SPIKE):
                continue
            days = world.of(incident.shop_id).plan.days
            place = next(i for i, day in enumerate(days) if str(day.day) == incident.day)
            around = sum(days[place + offset].orders for offset in (-7, 7)) / 2
            if incident.kind == SALES_DROP:
                assert days[place].orders < 0.5 * around
            else:
                assert days[place].orders > 1.5 * around


def test_no_version_before_the_first() -> None:
    history = histories(made())[0]
    assert version_as_of(history, history[0].created_at - 1) is None
