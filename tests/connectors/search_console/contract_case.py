"""Search Console before the examiners."""

from collections.abc import Mapping
from datetime import timedelta

from hotdash.base.clock import days_between
from hotdash.simulators.searches import ShopSearches
from tests.fixtures.simulated_case import BEGINS, SimulatedCase, simulated_world
from tests.fixtures.simulator import SEED

SHOP_ID = "kanto-garage"
HISTORY_DAYS = 20
LAST_WHOLE_DAY = BEGINS.date() - timedelta(days=3)


def expected() -> Mapping[str, int]:
    """Counted in the searches themselves; Google leaves out days without any."""
    searches = ShopSearches(simulated_world().of(SHOP_ID), SEED)
    first = LAST_WHOLE_DAY - timedelta(days=HISTORY_DAYS - 1)
    days = [searches.day(day) for day in days_between(first, LAST_WHOLE_DAY)]
    return {
        "search_console_sites": 1,
        "search_console_queries": sum(each.is_named for day in days for each in day),
        "search_console_days": 2 * sum(len(day) > 0 for day in days),
    }


CONTRACT_CASE = SimulatedCase(
    "search_console", SHOP_ID, fields={"history_days": str(HISTORY_DAYS)}, expect=expected
)
