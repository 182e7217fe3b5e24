"""All simulated shops with the one clock, the faults and the count of calls they share."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hotdash.simulators.shopify.bulk import BulkRuns
from hotdash.simulators.shopify.clock import SimulatedClock
from hotdash.simulators.shopify.costs import PLANS, Plan
from hotdash.simulators.shopify.faults import Faults
from hotdash.simulators.shopify.shop import SimulatedShop
from hotdash.simulators.world import World


def token_of(shop_id: str) -> str:
    """The token every simulated shop is born with; it opens nothing anywhere else."""
    return f"shpat_simulated_{shop_id.replace('-', '_')}"


@dataclass
class Simulator:
    world: World
    clock: SimulatedClock
    folder: Path
    plan: Plan = PLANS["standard"]
    faults: Faults = field(default_factory=Faults)
    calls: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self._began_at = self.clock.now()
        self.shops = {
            shop.domain: SimulatedShop(
                self.world.of(shop.shop_id), self.clock, self.plan, token_of(shop.shop_id)
            )
            for shop in self.world.shops
        }
        self.bulk = {
            domain: BulkRuns(shop, self.folder, self.clock) for domain, shop in self.shops.items()
        }

    def by_id(self, shop_id: str) -> SimulatedShop:
        return next(shop for shop in self.shops.values() if shop.shop.shop_id == shop_id)

    def reset(self) -> None:
        self.clock.set(self._began_at)
        self.faults.clear()
        self.calls.clear()
        for shop in self.shops.values():
            shop.reset()
        for runs in self.bulk.values():
            runs.reset()
