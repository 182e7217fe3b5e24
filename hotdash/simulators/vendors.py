"""Which vendors are simulated: one line each."""

from collections.abc import Callable

from hotdash.simulators.chatwoot.app import ChatwootSimulator
from hotdash.simulators.clickstream.app import ClickstreamSimulator
from hotdash.simulators.files.app import FilesSimulator
from hotdash.simulators.ga4.app import Ga4Simulator
from hotdash.simulators.google_ads.app import GoogleAdsSimulator
from hotdash.simulators.meta_ads.app import MetaAdsSimulator
from hotdash.simulators.search_console.app import SearchConsoleSimulator
from hotdash.simulators.shopify.app import ShopifySimulator
from hotdash.simulators.shopify.costs import Plan
from hotdash.simulators.simulation import SimulatedVendor, Simulation
from hotdash.simulators.supabase.app import SupabaseSimulator

Build = Callable[[Simulation], SimulatedVendor]


def simulated_vendors(simulation: Simulation, plan: Plan) -> list[SimulatedVendor]:
    others: tuple[Build, ...] = (
        ChatwootSimulator,
        Ga4Simulator,
        SearchConsoleSimulator,
        GoogleAdsSimulator,
        MetaAdsSimulator,
        FilesSimulator,
        ClickstreamSimulator,
        SupabaseSimulator,
    )
    return [ShopifySimulator(simulation, plan), *(build(simulation) for build in others)]
