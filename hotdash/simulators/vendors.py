"""Which vendors are simulated: one line each."""

from collections.abc import Callable

from hotdash.simulators.clickstream.app import ClickstreamSimulator
from hotdash.simulators.files.app import FilesSimulator
from hotdash.simulators.shopify.app import ShopifySimulator
from hotdash.simulators.shopify.costs import Plan
from hotdash.simulators.simulation import SimulatedVendor, Simulation

Build = Callable[[Simulation], SimulatedVendor]


def simulated_vendors(simulation: Simulation, plan: Plan) -> list[SimulatedVendor]:
    others: tuple[Build, ...] = (FilesSimulator, ClickstreamSimulator)
    return [ShopifySimulator(simulation, plan), *(build(simulation) for build in others)]
