"""All shops of the simulated Shopify: their tokens, buckets and bulk operations."""

from hotdash.simulators.shopify.bulk import BulkRuns
from hotdash.simulators.shopify.costs import PLANS, Plan
from hotdash.simulators.shopify.shop import SimulatedShop
from hotdash.simulators.simulation import Simulation

NAME = "shopify"


def token_of(shop_id: str) -> str:
    """The token every simulated shop is born with; it opens nothing anywhere else."""
    return f"shpat_simulated_{shop_id.replace('-', '_')}"


class Simulator:
    def __init__(self, simulation: Simulation, plan: Plan = PLANS["standard"]) -> None:
        self.simulation = simulation
        self.faults = simulation.faults
        self.calls = simulation.calls
        self.told_version: str | None = None
        self.deprecated: str | None = None
        clock = simulation.clock
        self.shops = {
            shop.domain: SimulatedShop(
                simulation.world.of(shop.shop_id), clock, plan, token_of(shop.shop_id)
            )
            for shop in simulation.shops
        }
        self.bulk = {
            domain: BulkRuns(shop, simulation.folder, clock) for domain, shop in self.shops.items()
        }

    def by_id(self, shop_id: str) -> SimulatedShop:
        return next(shop for shop in self.shops.values() if shop.shop.shop_id == shop_id)

    def reset(self) -> None:
        self.told_version = self.deprecated = None
        for shop in self.shops.values():
            shop.reset()
        for runs in self.bulk.values():
            runs.reset()
