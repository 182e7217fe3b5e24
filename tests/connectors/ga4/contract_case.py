"""Google Analytics before the examiners."""

from collections.abc import Mapping
from datetime import timedelta

from hotdash.base.clock import days_between, local_day
from hotdash.simulators.ga4.properties import visible
from hotdash.simulators.traffic import ShopTraffic
from tests.fixtures.simulated_case import BEGINS, SimulatedCase, simulated_world
from tests.fixtures.simulator import SEED

# A shop without a day of rows lumped together: that is said of all days asked for at once.
SHOP_ID, TIMEZONE = "kanto-garage", "Asia/Tokyo"
HISTORY_DAYS = 20
# How much of the last two days Google has processed.
PROCESSED = (0.94, 0.985)


def expected() -> Mapping[str, int]:
    """Counted in the visits themselves."""
    traffic = ShopTraffic(simulated_world().of(SHOP_ID), SEED, TIMEZONE)
    last = local_day(BEGINS, TIMEZONE) - timedelta(days=1)
    entrances = pages = 0
    for day in days_between(last - timedelta(days=HISTORY_DAYS - 1), last):
        ago = (last - day).days
        share = PROCESSED[ago] if ago < len(PROCESSED) else 1.0
        for entrance, seen in traffic.day(day).items():
            counts = (seen.sessions, len(seen.purchases))
            entrances += any(visible(count, share, (day, entrance)) for count in counts)
        for path, (views, _) in traffic.product_views(day).items():
            pages += visible(views, share, (day, path)) > 0
    return {
        "ga4_traffic": entrances,
        "ga4_product_views": pages,
        "ga4_report_days": 2 * HISTORY_DAYS,
        "ga4_properties": 1,
    }


CONTRACT_CASE = SimulatedCase(
    "ga4",
    SHOP_ID,
    told_of_us=frozenset({"ga4_quota"}),
    fields={"history_days": str(HISTORY_DAYS)},
    expect=expected,
)
