"""Which vendors are simulated: one line each."""

from collections.abc import Callable

from hotdash.simulators.google_ads.app import GoogleAdsSimulator
from hotdash.simulators.meta_ads.app import MetaAdsSimulator
from hotdash.simulators.shopify.app import ShopifySimulator
from hotdash.simulators.shopify.costs import Plan
from hotdash.simulators.simulation import SimulatedVendor, Simulation

Build = Callable[[Simulation], SimulatedVendor]


def simulated_vendors(simulation: Simulation, plan: Plan) -> list[SimulatedVendor]:
    others: tuple[Build, ...] = (GoogleAdsSimulator, MetaAdsSimulator)
    return [ShopifySimulator(simulation, plan), *(build(simulation) for build in others)]
