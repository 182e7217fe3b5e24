"""Shopify before the examiners."""

from collections.abc import Mapping

from hotdash.simulators.world import World
from tests.fixtures.simulated_case import LAST_DAYS, ORDERS, SimulatedCase
from tests.fixtures.simulator import SEED, UNTIL

SHOP_ID = "kanto-garage"


def expected() -> Mapping[str, int]:
    """Counted in the world itself."""
    world = World(ORDERS, SEED, UNTIL)
    orders = list(world.orders_as_of(UNTIL - LAST_DAYS, SHOP_ID))
    return {
        "shopify_shops": 1,
        "shopify_orders": len(orders),
        "shopify_order_lines": sum(len(order.lines) for order in orders),
        "shopify_refunds": sum(len(order.refunds) for order in orders),
    }


CONTRACT_CASE = SimulatedCase("shopify", SHOP_ID, expect=expected)
