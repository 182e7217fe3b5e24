"""What each campaign delivered on each day of its ad account: spend, impressions, clicks, and what is claimed."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from hotdash.base.clock import days_between, local_day
from hotdash.simulators.ad_accounts import AdAccount, PlantedAds
from hotdash.simulators.ad_claims import Claim, claims_of
from hotdash.simulators.campaigns import Campaign, campaigns_of, minor_spend_per_order
from hotdash.simulators.journeys import LONGEST_JOURNEY, journey_of
from hotdash.simulators.orders import epoch, instant
from hotdash.simulators.world import ShopWorld

_SMOOTHED_OVER = 28
_ORDER_DAYS_KEPT = 2_000
_FLIPS_LOOKED_FOR = 400
_CLICK_COSTS = {"USD": 140, "JPY": 160, "EUR": 120}


class AdState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class AdDay:
    """`spend` in whole minor units of the account's currency."""

    day: date
    campaign: Campaign
    spend: int
    impressions: int
    clicks: int


@dataclass(frozen=True, slots=True)
class _OrderDay:
    """What the orders of one shop-local day say about ads: paid clicks before them, and claims for them."""

    clicks: tuple[tuple[int, int], ...]
    claims: tuple[Claim, ...]


class AdWorld:
    """One ad account over a shop's world: a later instant adds to its days and takes nothing away."""

    def __init__(self, world: ShopWorld, account: AdAccount) -> None:
        self.account = account
        self.campaigns = campaigns_of(account.shop, account.platform)
        self.planted = PlantedAds(account.shop, account.platform, world.plan.last_closed_day)
        self.first_day = local_day(instant(world.plan.days[0].begins), account.timezone)
        self._world = world
        self._zone = ZoneInfo(account.timezone)
        self._of_orders = lru_cache(maxsize=_ORDER_DAYS_KEPT)(self._read_orders)

    def is_running(self, campaign: Campaign, day: date) -> bool:
        return self.state(campaign, day) is AdState.RUNNING

    def state(self, campaign: Campaign, day: date) -> AdState:
        if self.planted.is_archived(campaign, day):
            return AdState.ARCHIVED
        rests = not campaign.is_running(day) or self.planted.is_paused(campaign, day)
        return AdState.PAUSED if rests else AdState.RUNNING

    def state_since(self, campaign: Campaign, now: datetime) -> date:
        """The first day of the state the campaign is in now."""
        today = local_day(now, self.account.timezone)
        state = self.state(campaign, today)
        for back in range(1, _FLIPS_LOOKED_FOR):
            day = today - timedelta(days=back)
            if day < self.first_day:
                break
            if self.state(campaign, day) is not state:
                return day + timedelta(days=1)
        return self.first_day

    def days(self, first: date, last: date, now: datetime) -> Iterator[AdDay]:
        """What was delivered by now, day by day; a campaign that rests has no row."""
        asked = (max(first, self.first_day), min(last, local_day(now, self.account.timezone)))
        if asked[0] > asked[1]:
            return
        clicks = self._clicks(*asked, now)
        for day in days_between(*asked):
            passed = self._passed(day, now)
            for campaign in self.campaigns:
                if self.is_running(campaign, day):
                    yield self._delivered(campaign, day, passed, clicks[campaign.campaign_id, day])

    def claims(self, first: date, last: date, now: datetime) -> Iterator[Claim]:
        """What the platform says these days' ads sold, as far as it has arrived by now."""
        running = {campaign.campaign_id: campaign for campaign in self.campaigns}
        for claim in self._claims(first, last):
            day = self.day_of(claim.touched_at)
            if (
                first <= day <= last
                and claim.arrives_at <= epoch(now)
                and self.is_running(running[claim.campaign_id], day)
            ):
                yield claim

    def day_of(self, seconds: int) -> date:
        return local_day(instant(seconds), self.account.timezone)

    def _delivered(self, campaign: Campaign, day: date, passed: float, visits: int) -> AdDay:
        chance = Random(f"ads/{self._world.shop.shop_id}/{campaign.campaign_id}/{day}")
        spike = self.planted.spike(campaign, day)
        planned = self._usual_spend(day) * campaign.share * chance.uniform(0.88, 1.12) * spike
        spend = max(1, int(planned))
        click_cost = _CLICK_COSTS[self.account.currency] * chance.uniform(0.8, 1.2)
        clicks = visits + int(int(spend / click_cost) * passed)
        seen = chance.uniform(24, 60)
        impressions = clicks * 12 + int((int(spend / click_cost) * seen + seen) * passed)
        return AdDay(day, campaign, int(spend * passed), max(impressions, clicks), clicks)

    def _usual_spend(self, day: date) -> float:
        """Budgets follow the sales of the weeks before, not those of the day."""
        noon = epoch(datetime(day.year, day.month, day.day, 12, tzinfo=self._zone))
        place = self._world.plan.position(noon)
        before = self._world.plan.days[max(0, place - _SMOOTHED_OVER) : place + 1]
        orders = sum(each.orders for each in before) / len(before)
        return orders * minor_spend_per_order(self._world.shop) * float(self.account.rate)

    def _passed(self, day: date, now: datetime) -> float:
        begins, ends = self._begins(day), self._begins(day + timedelta(days=1))
        return min(1.0, (epoch(now) - begins) / (ends - begins))

    def _begins(self, day: date) -> int:
        return epoch(datetime(day.year, day.month, day.day, tzinfo=self._zone))

    def _clicks(self, first: date, last: date, now: datetime) -> dict[tuple[int, date], int]:
        """The clicks that led to orders in the end: they are in the journeys too."""
        counted: dict[tuple[int, date], int] = defaultdict(int)
        begins, ends = self._begins(first), self._begins(last + timedelta(days=1))
        days = [self._begins(day) for day in days_between(first, last)]
        for position in self._positions(begins, ends + LONGEST_JOURNEY):
            for campaign_id, at in self._of_orders(position).clicks:
                if begins <= at < ends and at <= epoch(now):
                    day = first + timedelta(days=bisect_right(days, at) - 1)
                    counted[campaign_id, day] += 1
        return counted

    def _claims(self, first: date, last: date) -> Iterator[Claim]:
        begins, ends = self._begins(first), self._begins(last + timedelta(days=1))
        for position in self._positions(begins, ends + LONGEST_JOURNEY):
            yield from self._of_orders(position).claims

    def _positions(self, begins: int, ends: int) -> range:
        plan = self._world.plan
        return range(plan.position(begins), plan.position(ends) + 1)

    def _read_orders(self, position: int) -> _OrderDay:
        clicks: list[tuple[int, int]] = []
        claims: list[Claim] = []
        for history in self._world.day(position).histories:
            placed = history[0]
            visits = [
                visit
                for visit in journey_of(placed)
                if visit.campaign and visit.campaign.platform == self.account.platform
            ]
            clicks += [(each.campaign.campaign_id, each.at) for each in visits if each.campaign]
            claims += claims_of(self.account, placed, visits)
        return _OrderDay(tuple(clicks), tuple(claims))
