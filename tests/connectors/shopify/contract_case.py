"""Shopify before the examiners."""

from collections.abc import Mapping

from tests.fixtures.simulated_case import BEGINS, SimulatedCase, simulated_world

SHOP_ID = "kanto-garage"


def expected() -> Mapping[str, int]:
    """Counted in the world itself."""
    orders = list(simulated_world().orders_as_of(BEGINS, SHOP_ID))
    return {
        "shopify_shops": 1,
        "shopify_orders": len(orders),
        "shopify_order_lines": sum(len(order.lines) for order in orders),
        "shopify_refunds": sum(len(order.refunds) for order in orders),
    }


CONTRACT_CASE = SimulatedCase("shopify", SHOP_ID, expect=expected)
