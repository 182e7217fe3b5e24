"""Meta Ads before the examiners."""

from collections.abc import Mapping
from datetime import timedelta

from hotdash.base.clock import local_day
from tests.fixtures.ads import ad_world
from tests.fixtures.simulated_case import BEGINS, SimulatedCase, simulated_world

SHOP_ID = "hot-rod-an"
# Longer than days are restated for, so that a later read has less to tell than the first.
HISTORY_DAYS = 40


def expected() -> Mapping[str, int]:
    """Counted in the campaigns themselves; today's row is told as well."""
    ads = ad_world(simulated_world(), "meta_ads", SHOP_ID)
    today = local_day(BEGINS, ads.account.timezone)
    days = ads.days(today - timedelta(days=HISTORY_DAYS), today, BEGINS)
    return {
        "meta_ads_accounts": 1,
        "meta_ads_campaigns": len(ads.campaigns),
        "meta_ads_campaign_days": len(list(days)),
    }


CONTRACT_CASE = SimulatedCase(
    "meta_ads", SHOP_ID, fields={"history_days": str(HISTORY_DAYS)}, expect=expected
)
