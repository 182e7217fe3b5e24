"""The older incidents bend their days in the world that asks for them, and in no other."""

from datetime import date
from itertools import pairwise

from hotdash.simulators.older_incidents import older_incidents
from hotdash.simulators.orders import Incident
from hotdash.simulators.shop_profiles import SALES_DROP, SALES_SPIKE
from hotdash.simulators.world import World
from tests.fixtures.simulator import SEED, UNTIL

ORDERS = 20_000


def orders_on(world: World, incident: Incident) -> int:
    days = {str(each.day): each.orders for each in world.of(incident.shop_id).plan.days}
    return days[incident.day]


def older(world: World) -> list[Incident]:
    return [
        each
        for shop in world.shops
        for each in older_incidents(shop, world.of(shop.shop_id).plan.last_closed_day)
    ]


def test_the_ordinary_world_does_without_them() -> None:
    world = World(ORDERS, SEED, UNTIL)

    assert not set(world.incidents) & set(older(world))


def test_they_are_spread_over_the_years_before_the_planted_ones() -> None:
    world = World(ORDERS, SEED, UNTIL, with_older_incidents=True)

    found = older(world)

    assert set(found) <= set(world.incidents)
    last = world.of(world.shops[0].shop_id).plan.last_closed_day
    ages = sorted((last - date.fromisoformat(each.day)).days for each in found)
    assert ages[0] > 60
    assert ages[-1] < 730 - 60
    assert all(later - earlier < 60 for earlier, later in pairwise(ages))
    assert {each.shop_id for each in found} == {shop.shop_id for shop in world.shops}


def test_sales_fall_and_rise_by_their_factor() -> None:
    plain, struck = (
        World(ORDERS, SEED, UNTIL),
        World(ORDERS, SEED, UNTIL, with_older_incidents=True),
    )

    for each in older(struck):
        before, after = orders_on(plain, each), orders_on(struck, each)
        if each.kind == SALES_DROP:
            assert after <= before * 0.5
        elif each.kind == SALES_SPIKE:
            assert after >= before * 2
        else:
            assert abs(after - before) <= 2
