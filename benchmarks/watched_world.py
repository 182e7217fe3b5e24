"""Two years of three simulated shops as the daily series that are watched, with what is known to have happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hotdash.pipeline.quality.checks.watched import KINDS, Watched
from hotdash.simulators.ad_accounts import AD_SPEND_SPIKE, account_of
from hotdash.simulators.ad_days import AdWorld
from hotdash.simulators.campaigns import GOOGLE, META
from hotdash.simulators.day_plan import HISTORY_DAYS
from hotdash.simulators.orders import Incident, epoch
from hotdash.simulators.shop_profiles import (
    SALES_DROP,
    SALES_SPIKE,
    TRACKING_LOSS,
    TRAFFIC_ANOMALY,
)
from hotdash.simulators.support import support_of
from hotdash.simulators.traffic import ShopTraffic
from hotdash.simulators.world import ShopWorld, World

UNTIL = datetime(2026, 11, 21, 6, tzinfo=UTC)
ORDERS = 20_000
SEED = 7
_SALES = frozenset({"orders", "revenue", "units"})
_STRUCK = {
    SALES_DROP: _SALES,
    SALES_SPIKE: _SALES | {"sessions"},
    TRAFFIC_ANOMALY: frozenset({"sessions"}),
    TRACKING_LOSS: frozenset({"sessions"}),
    AD_SPEND_SPIKE: frozenset({"spend_meta", "spend_google"}),
}
# A day's budget typed twice: days before the end of history, of the shop's own ad account.
_DOUBLED_ADS = {
    ("hot-rod-an", META): (590, 410, 222, 77),
    ("hot-rod-an", GOOGLE): (470, 130),
    ("kanto-garage", GOOGLE): (540, 210),
    ("nordkurve-teile", META): (500, 160),
    ("nordkurve-teile", GOOGLE): (330, 82),
}
SPEND = {META: "spend_meta", GOOGLE: "spend_google"}
Days = dict[date, Decimal]


@dataclass(frozen=True)
class Struck:
    """A labelled incident: the day and the series it bends."""

    shop_id: str
    kind: str
    day: date
    series: frozenset[str]


@dataclass(frozen=True)
class WatchedWorld:
    series: tuple[Watched, ...]
    incidents: tuple[Struck, ...]

    @property
    def weeks(self) -> float:
        return HISTORY_DAYS / 7

    @property
    def shops(self) -> list[str]:
        return sorted({each.shop_id for each in self.series})


def watched_world() -> WatchedWorld:
    world = World(ORDERS, SEED, UNTIL, with_older_incidents=True)
    struck = [
        Struck(each.shop_id, each.kind, date.fromisoformat(each.day), _STRUCK[each.kind])
        for each in world.incidents
        if each.kind in _STRUCK and _is_over(world, each)
    ]
    struck += _doubled_ads(world)
    series = [
        Watched(shop.shop_id, KINDS[name], max(days), days, _labels(struck, shop.shop_id, name))
        for shop in world.shops
        for name, days in _series(world, shop.shop_id, struck).items()
    ]
    return WatchedWorld(tuple(series), tuple(struck))


def _is_over(world: World, incident: Incident) -> bool:
    return date.fromisoformat(incident.day) <= world.of(incident.shop_id).plan.last_closed_day


def _doubled_ads(world: World) -> Iterator[Struck]:
    for (shop_id, platform), agos in _DOUBLED_ADS.items():
        last = world.of(shop_id).plan.last_closed_day
        for ago in agos:
            day = last - timedelta(days=ago)
            yield Struck(shop_id, "ad_budget_tripled", day, frozenset({SPEND[platform]}))


def _labels(struck: list[Struck], shop_id: str, series: str) -> frozenset[date]:
    return frozenset(
        each.day for each in struck if each.shop_id == shop_id and series in each.series
    )


def _series(world: World, shop_id: str, struck: list[Struck]) -> dict[str, Days]:
    shop = world.of(shop_id)
    plan = shop.plan.days[:HISTORY_DAYS]
    days = [each.day for each in plan]
    sessions = ShopTraffic(shop, SEED, shop.shop.timezone)
    found = _sales(shop, days) | {
        "sessions": {
            day: Decimal(sum(seen.sessions for seen in sessions.day(day).values())) for day in days
        },
        "conversations": _conversations(world, shop, days),
    }
    for platform, name in SPEND.items():
        account = account_of(shop.shop, platform)
        if account is not None:
            found[name] = _spend(AdWorld(shop, account), days)
            for each in struck:
                is_of_this = each.shop_id == shop_id and name in each.series
                if is_of_this and each.kind == "ad_budget_tripled":
                    found[name][each.day] *= 3
    return found


def _sales(shop: ShopWorld, days: list[date]) -> dict[str, Days]:
    found: dict[str, Days] = {"orders": {}, "revenue": {}, "units": {}}
    for position, day in enumerate(days):
        placed = [history[0] for history in shop.day(position).histories]
        lines = [line for order in placed for line in order.lines]
        net = sum(line.original_total - line.discount_total for line in lines)
        found["orders"][day] = Decimal(len(placed))
        found["revenue"][day] = Decimal(net) / 100
        found["units"][day] = Decimal(sum(line.quantity for line in lines))
    return found


def _conversations(world: World, shop: ShopWorld, days: list[date]) -> Days:
    found = dict.fromkeys(days, Decimal(0))
    for case in support_of(world, shop.shop.shop_id).cases_as_of(epoch(UNTIL)):
        day = days[min(shop.plan.position(case.opened_at), len(days) - 1)]
        found[day] += 1
    return found


def _spend(ads: AdWorld, days: list[date]) -> Days:
    found = dict.fromkeys(days, Decimal(0))
    for each in ads.days(days[0], days[-1], UNTIL):
        if each.day in found:
            found[each.day] += Decimal(each.spend) / 100
    return found


def orders_of_a_larger_world(times: int) -> list[Watched]:
    """The same days of shops so many times as large: the plan alone knows them."""
    world = World(ORDERS * times, SEED, UNTIL, with_older_incidents=True)
    found: list[Watched] = []
    for shop in world.shops:
        plan = world.of(shop.shop_id).plan
        days = {each.day: Decimal(each.orders) for each in plan.days[:HISTORY_DAYS]}
        bent = frozenset(
            date.fromisoformat(each.day)
            for each in plan.incidents
            if each.kind in (SALES_DROP, SALES_SPIKE)
        )
        found.append(Watched(shop.shop_id, KINDS["orders"], max(days), days, bent))
    return found
