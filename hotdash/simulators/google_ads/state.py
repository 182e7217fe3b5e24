"""Every ad account of the simulated Google Ads, and what is left of the project's operations."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotdash.simulators.ad_accounts import account_of
from hotdash.simulators.ad_days import AdWorld
from hotdash.simulators.campaigns import GOOGLE
from hotdash.simulators.google_ads.refusals import exhausted
from hotdash.simulators.google_tokens import TokenDesk
from hotdash.simulators.simulation import Simulation

NAME = GOOGLE
SCOPE = "https://www.googleapis.com/auth/adwords"
MANAGER_ID = 4_310_000_900
# Reached through a manager only, as accounts are that an agency looks after.
MANAGED_SHOP = "nordkurve-teile"
EXPLORER_QUOTA = 2_880
_QUOTA_ZONE = ZoneInfo("America/Los_Angeles")


@dataclass(frozen=True)
class GoogleAccount:
    world: AdWorld

    @property
    def shop_id(self) -> str:
        return self.world.account.shop.shop_id

    @property
    def customer_id(self) -> int:
        return self.world.account.account_id

    @property
    def manager_id(self) -> int | None:
        return MANAGER_ID if self.shop_id == MANAGED_SHOP else None


class GoogleAdsState:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.desk = TokenDesk(simulation, NAME, [SCOPE])
        self.accounts: Sequence[GoogleAccount] = [
            GoogleAccount(AdWorld(simulation.world.of(shop.shop_id), account))
            for shop in simulation.shops
            if (account := account_of(shop, GOOGLE))
        ]
        self.reset()

    def reset(self) -> None:
        self.desk.reset()
        self.failing_streams = 0
        self._operations: Counter[str] = Counter()

    @property
    def now(self) -> datetime:
        return self.simulation.clock.now()

    def by_shop(self, shop_id: str) -> GoogleAccount | None:
        return next((each for each in self.accounts if each.shop_id == shop_id), None)

    def by_customer(self, customer_id: str) -> GoogleAccount | None:
        return next((e for e in self.accounts if str(e.customer_id) == customer_id), None)

    def spend_operation(self) -> None:
        """The quota is the Cloud project's and begins anew with each Pacific day."""
        local = self.now.astimezone(_QUOTA_ZONE)
        if self._operations[str(local.date())] >= EXPLORER_QUOTA:
            tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), _QUOTA_ZONE)
            left = (tomorrow - local).total_seconds()
            raise exhausted("RESOURCE_EXHAUSTED", "Number of operations for explorer access", left)
        self._operations[str(local.date())] += 1

    def set_operations(self, count: int) -> None:
        self._operations[str(self.now.astimezone(_QUOTA_ZONE).date())] = count
