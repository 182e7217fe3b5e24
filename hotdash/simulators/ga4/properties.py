"""One property per shop: its own timezone and currency, its traffic, and what it may still be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import floor

from hotdash.base.clock import local_day
from hotdash.simulators.orders import Shop
from hotdash.simulators.shop_profiles import TRAFFIC_ANOMALY
from hotdash.simulators.simulation import Simulation
from hotdash.simulators.traffic import ShopTraffic, chance_of

# The agency that set it up sits elsewhere: such a property counts other days than its shop.
_OWN_TIMEZONES = {"hot-rod-an": "America/Los_Angeles"}
_THRESHOLDED = {"kanto-garage"}
_SAMPLED = {"nordkurve-teile"}
_FIRST_PROPERTY = 300_000_000
_PROCESSED_AFTER = timedelta(hours=4)
_TOKENS: Mapping[str, int] = {
    "tokensPerDay": 200_000,
    "tokensPerHour": 40_000,
    "tokensPerProjectPerHour": 14_000,
}
_OTHERS: Mapping[str, int] = {
    "concurrentRequests": 10,
    "serverErrorsPerProjectPerHour": 10,
    "potentiallyThresholdedRequestsPerHour": 120,
}


@dataclass
class Allowance:
    """Tokens used in this hour and on this day; `limits` can be lowered to see one run out."""

    limits: dict[str, int] = field(default_factory=lambda: dict(_TOKENS))
    _windows: dict[str, str] = field(default_factory=dict[str, str])
    _used: dict[str, int] = field(default_factory=dict[str, int])

    def exhausted(self, now: datetime) -> str | None:
        self._turn(now)
        for name in ("tokensPerDay", "tokensPerHour", "tokensPerProjectPerHour"):
            if self._used[name] >= self.limits[name]:
                return name
        return None

    def take(self, cost: int, now: datetime) -> None:
        self._turn(now)
        for name in _TOKENS:
            self._used[name] += cost

    def told(self, cost: int) -> dict[str, dict[str, int]]:
        """As Google's JSON has it: zeros are left out."""
        tokens = {
            name: _nonzero(consumed=cost, remaining=max(0, limit - self._used[name]))
            for name, limit in self.limits.items()
        }
        return tokens | {name: _nonzero(remaining=left) for name, left in _OTHERS.items()}

    def _turn(self, now: datetime) -> None:
        for name in _TOKENS:
            window = f"{now:%Y-%m-%d}" if name == "tokensPerDay" else f"{now:%Y-%m-%d %H}"
            if self._windows.get(name) != window:
                self._windows[name], self._used[name] = window, 0


def _nonzero(**numbers: int) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if number}


class Property:
    def __init__(self, simulation: Simulation, shop: Shop) -> None:
        self.shop = shop
        self.property_id = str(_FIRST_PROPERTY + shop.vendor_id)
        self.timezone = _OWN_TIMEZONES.get(shop.shop_id, shop.timezone)
        self.currency = shop.currency
        self.traffic = ShopTraffic(
            simulation.world.of(shop.shop_id), simulation.world.seed, self.timezone
        )
        self._clock = simulation.clock
        self.reset()

    def reset(self) -> None:
        self.allowance = Allowance()
        self.is_shared = True

    @property
    def now(self) -> datetime:
        return self._clock.now()

    @property
    def today(self) -> date:
        return local_day(self.now, self.timezone)

    @property
    def is_thresholded(self) -> bool:
        return self.shop.shop_id in _THRESHOLDED

    def is_sampled(self, days: int) -> bool:
        return self.shop.shop_id in _SAMPLED and days > 14

    def has_other_row(self, day: date) -> bool:
        return self.traffic.incident(TRAFFIC_ANOMALY, day) is not None

    def visible_share(self, day: date) -> float:
        """How much of a day is processed by now: all of it two days after its end."""
        begins = self.traffic.begins(day)
        ends = self.traffic.begins(day + timedelta(days=1))
        now = self.now.timestamp()
        if now < ends:
            seen = now - begins - _PROCESSED_AFTER.total_seconds()
            return max(0.0, seen / (ends - begins))
        return 0.94 if now < ends + 86_400 else 0.985 if now < ends + 2 * 86_400 else 1.0


def visible(count: int, share: float, what: object) -> int:
    """Never more than there is, and never less when more is processed."""
    return count if share >= 1 else floor(count * share + chance_of(str(what), "processed") * 0.999)
