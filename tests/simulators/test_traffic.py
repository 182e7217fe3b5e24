"""The simulated visitors: the same for the same seed, in line with the orders, and wrong as in life."""

from datetime import date, timedelta

import pytest

from hotdash.simulators.journeys import journey_of
from hotdash.simulators.searches import ShopSearches
from hotdash.simulators.shop_profiles import SALES_DROP, TRACKING_LOSS, TRAFFIC_ANOMALY
from hotdash.simulators.traffic import OTHER, ShopTraffic
from hotdash.simulators.world import World
from tests.fixtures.simulator import ORDERS, SEED, UNTIL

SHOPS = ("hot-rod-an", "kanto-garage", "nordkurve-teile")
LARGER = 12_000


@pytest.fixture(scope="module")
def larger() -> World:
    """Large enough for shares to settle."""
    return World(LARGER, SEED, UNTIL)


def traffic_of(world: World, shop_id: str) -> ShopTraffic:
    shop = world.of(shop_id)
    return ShopTraffic(shop, SEED, shop.shop.timezone)


def closed_days(world: World, shop_id: str, count: int) -> list[date]:
    last = world.of(shop_id).plan.last_closed_day
    return [last - timedelta(days=ago) for ago in range(count)]


def sessions(traffic: ShopTraffic, day: date) -> int:
    return sum(seen.sessions for seen in traffic.day(day).values())


@pytest.mark.parametrize("shop_id", SHOPS)
class TestOfEveryShop:
    def test_the_same_seed_is_the_same_traffic_in_any_order(
        self, world: World, shop_id: str
    ) -> None:
        days = closed_days(world, shop_id, 40)
        first = traffic_of(world, shop_id)
        again = traffic_of(World(ORDERS, SEED, UNTIL), shop_id)
        there = {day: str(first.day(day)) for day in days}
        back = {day: str(again.day(day)) for day in reversed(days)}
        assert there == back
        searches = ShopSearches(world.of(shop_id), SEED)
        twice = ShopSearches(World(ORDERS, SEED, UNTIL).of(shop_id), SEED)
        assert [searches.day(day) for day in days] == [twice.day(day) for day in days]

    def test_purchases_disagree_with_the_shop_by_5_to_12_percent(
        self, larger: World, shop_id: str
    ) -> None:
        traffic = traffic_of(larger, shop_id)
        lost = [
            each.day
            for each in larger.incidents
            if each.kind == TRACKING_LOSS and each.shop_id == shop_id
        ]
        days = [day for day in closed_days(larger, shop_id, 400) if str(day) not in lost]
        seen = sum(len(cell.purchases) for day in days for cell in traffic.day(day).values())
        plan = larger.of(shop_id).plan
        placed = sum(each.orders for each in plan.days if each.day in set(days))
        assert 0.05 <= 1 - seen / placed <= 0.12

    def test_a_purchase_is_an_order_with_its_amount_and_its_last_visit(
        self, world: World, shop_id: str
    ) -> None:
        traffic = traffic_of(world, shop_id)
        days = closed_days(world, shop_id, 90)
        told = [
            (cell.source, cell.medium, paid)
            for day in days
            for cell, seen in traffic.day(day).items()
            for paid in seen.purchases
        ]
        plan = world.of(shop_id).plan
        real = [
            (visits[-1].source, visits[-1].medium, history[0].total_price)
            for place, each in enumerate(plan.days)
            if min(days) - timedelta(days=1) <= each.day <= max(days) + timedelta(days=1)
            for history in world.of(shop_id).day(place).histories
            if (visits := journey_of(history[0]))
        ]
        assert told
        for purchase in told:
            real.remove(purchase)

    def test_clicks_never_outnumber_impressions(self, larger: World, shop_id: str) -> None:
        searches = ShopSearches(larger.of(shop_id), SEED)
        found = [each for day in closed_days(larger, shop_id, 60) for each in searches.day(day)]
        assert found
        assert all(0 <= each.clicks <= each.impressions for each in found)
        assert all(each.positions >= each.impressions for each in found)


class TestPlanted:
    def day_of(self, world: World, kind: str) -> tuple[ShopTraffic, date]:
        [planted] = [each for each in world.incidents if each.kind == kind]
        return traffic_of(world, planted.shop_id), date.fromisoformat(planted.day)

    def test_the_crawler_is_a_day_of_many_sessions_that_do_nothing(self, larger: World) -> None:
        traffic, day = self.day_of(larger, TRAFFIC_ANOMALY)
        before = sessions(traffic, day - timedelta(days=7))
        assert sessions(traffic, day) > 4 * before
        lumped = [seen for cell, seen in traffic.day(day).items() if cell.landing_page == OTHER]
        assert lumped[0].engaged == 0
        assert lumped[0].purchases == []

    def test_the_blocked_analytics_are_a_day_with_hardly_any(self, larger: World) -> None:
        traffic, day = self.day_of(larger, TRACKING_LOSS)
        assert sessions(traffic, day) < 0.5 * sessions(traffic, day - timedelta(days=7))

    def test_a_broken_checkout_keeps_nobody_from_coming(self, larger: World) -> None:
        [drop] = [
            each
            for each in larger.incidents
            if each.kind == SALES_DROP and each.shop_id == "hot-rod-an"
        ]
        traffic = traffic_of(larger, "hot-rod-an")
        day = date.fromisoformat(drop.day)
        assert sessions(traffic, day) > 0.6 * sessions(traffic, day - timedelta(days=7))
