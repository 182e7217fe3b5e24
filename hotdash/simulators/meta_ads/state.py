"""Every ad account of the simulated Meta: its token, how much of its limit is used, its jobs."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from hotdash.base.clock import local_day
from hotdash.simulators.ad_accounts import AdAccount, account_of
from hotdash.simulators.ad_days import AdState, AdWorld
from hotdash.simulators.campaigns import META, Campaign
from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.meta_ads.asked import AskedInsights
from hotdash.simulators.orders import Shop
from hotdash.simulators.simulation import Simulation

NAME = META
SCOPES = ("ads_read", "ads_management")
_FIRST_RUN_ID = 238_500_000_000_001
_CALLS_PER_HOUR, _CALLS_PER_CAMPAIGN = 600, 400
_LONGEST_AT_ONCE = 93
_STATUS = {AdState.RUNNING: "ACTIVE", AdState.PAUSED: "PAUSED", AdState.ARCHIVED: "ARCHIVED"}
# A job waits, then runs, stands at a hundred percent for a moment, and only then is done.
_COURSE = (("Job Not Started", 0), ("Job Running", 100), ("Job Completed", 100))


@dataclass
class Job:
    run_id: int
    asked: AskedInsights
    params: Mapping[str, str]
    ends: str = "Job Completed"
    is_stuck: bool = False
    looked_at: int = 0

    def look(self) -> tuple[str, int]:
        """How it stands; each look lets it go on by one step."""
        place = 0 if self.is_stuck else min(self.looked_at, len(_COURSE) - 1)
        self.looked_at += 1
        status, percent = _COURSE[place]
        if status == "Job Completed" and self.ends != status:
            return self.ends, 0
        return status, percent

    @property
    def is_done(self) -> bool:
        return self.looked_at >= len(_COURSE) and self.ends == "Job Completed"


@dataclass
class Limits:
    """What the switches change: how large is too large, which jobs fail, how full the limit is."""

    at_once_days: int = _LONGEST_AT_ONCE
    too_much: tuple[int, int] = (100, 1504018)
    failing_over_days: int | None = None
    failing_as: str = "Job Failed"
    is_stuck: bool = False
    percent: int | None = None
    regain_minutes: int = 0


@dataclass
class MetaAccount:
    world: AdWorld
    clock: SimulatedClock
    token: str | None = field(repr=False)
    permissions: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SCOPES, "granted"))
    limits: Limits = field(default_factory=Limits)
    calls: Counter[str] = field(default_factory=Counter[str])
    jobs: dict[int, Job] = field(default_factory=dict[int, Job])

    @property
    def account(self) -> AdAccount:
        return self.world.account

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        return local_day(self.now, self.account.timezone)

    def status(self, campaign: Campaign) -> str:
        return _STATUS[self.world.state(campaign, self.today)]

    def count_call(self) -> None:
        self.calls[f"{self.now:%Y-%m-%dT%H}"] += 1

    @property
    def percent(self) -> int:
        if self.limits.percent is not None:
            return self.limits.percent
        most = _CALLS_PER_HOUR + _CALLS_PER_CAMPAIGN * len(self.world.campaigns)
        return min(100, self.calls[f"{self.now:%Y-%m-%dT%H}"] * 100 // most)

    @property
    def regain_minutes(self) -> int:
        """How long it answers nothing more; zero where it answers."""
        planted = self.world.planted.throttled_for(self.now)
        if planted:
            return math.ceil(planted / timedelta(minutes=1))
        if self.percent >= 100 and self.limits.percent is None:
            return 60 - self.now.minute
        return self.limits.regain_minutes

    def start_job(self, run_id: int, asked: AskedInsights, params: Mapping[str, str]) -> Job:
        over = self.limits.failing_over_days
        fails = over is not None and asked.days > over
        ends = self.limits.failing_as if fails else "Job Completed"
        job = Job(run_id, asked, params, ends, self.limits.is_stuck)
        self.jobs[run_id] = job
        return job

    def told(self, campaign: Campaign) -> dict[str, Any]:
        """A campaign as its node tells it."""
        since = self.world.state_since(campaign, self.now)
        status = self.status(campaign)
        opened = _noon(self.world.first_day - timedelta(days=20))
        return {
            "id": str(campaign.campaign_id),
            "account_id": str(self.account.account_id),
            "name": campaign.name,
            "status": status,
            "effective_status": status,
            "objective": "OUTCOME_SALES",
            "created_time": opened,
            "updated_time": _noon(since) if since > self.world.first_day else opened,
            "start_time": _noon(self.world.first_day),
        }


def _noon(day: date) -> str:
    return f"{day}T12:00:00+0000"


class MetaState:
    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self._worlds = [
            AdWorld(simulation.world.of(shop.shop_id), account)
            for shop in simulation.shops
            if (account := account_of(shop, META))
        ]
        self.reset()

    def reset(self) -> None:
        self.accounts: Sequence[MetaAccount] = [
            MetaAccount(world, self.simulation.clock, token_of(world.account.shop))
            for world in self._worlds
        ]
        self._runs = 0

    def next_run_id(self) -> int:
        self._runs += 1
        return _FIRST_RUN_ID + self._runs

    def by_shop(self, shop_id: str) -> MetaAccount | None:
        return self._first(lambda each: each.account.shop.shop_id == shop_id)

    def by_token(self, token: str) -> MetaAccount | None:
        return self._first(lambda each: each.token is not None and each.token == token)

    def by_node(self, node: str) -> MetaAccount | None:
        """The account a path is about: its own, that of a campaign or that of a job."""
        number = node.removeprefix("act_")
        if not number.isdecimal():
            return None
        return self._first(lambda each: int(number) in _nodes(each))

    def _first(self, matches: Callable[[MetaAccount], bool]) -> MetaAccount | None:
        return next((each for each in self.accounts if matches(each)), None)


def _nodes(account: MetaAccount) -> set[int]:
    campaigns = (campaign.campaign_id for campaign in account.world.campaigns)
    return {account.account.account_id, *campaigns, *account.jobs}


def token_of(shop: Shop) -> str:
    """The token every simulated account is born with; it opens nothing anywhere else."""
    return f"EAAsimulated{shop.vendor_id}meta"
