"""Incidents that must not be published, each told to a small shop of its own and put through a real build and gate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.watched_world import ORDERS, SEED
from hotdash.base.progress import SilentProgress
from hotdash.pipeline.quality.checks.drift import OpenDrift
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.findings import Finding, GateReport, Severity
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.simulators.day_plan import HISTORY_DAYS
from hotdash.simulators.orders import Order as PlacedOrder
from hotdash.simulators.world import ShopWorld, World
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.raw_orders import Line, Order, Row, Told
from tests.fixtures.raw_world import FIRST_LOAD, RawWorld

# Of the history, in days before its end: every kind is struck once per such day and shop.
AGOS = (640, 455, 270, 85)
_DAYS_AROUND = 3
_LIMIT = FreshnessLimit(timedelta(hours=1), timedelta(hours=24))


@dataclass
class Week:
    """A shop's orders of the days around the incident, as its world has them."""

    shop_id: str
    day: date
    orders: list[Order]

    @property
    def of_the_day(self) -> list[Order]:
        return [each for each in self.orders if each.at.startswith(self.day.isoformat())]

    def counts(self) -> dict[str, int]:
        days = [each.at[:10] for each in self.orders]
        return {day: days.count(day) for day in set(days)}


Strike = Callable[[RawWorld, Week], object]


def nothing(world: RawWorld, week: Week) -> None:
    world.load(week.shop_id, week.orders, days=week.counts())


def duplicate_load(world: RawWorld, week: Week) -> None:
    world.load(week.shop_id, [*week.orders, *week.of_the_day], days=week.counts())


def negative_prices(world: RawWorld, week: Week) -> None:
    turned = [_with_prices_turned(each) for each in week.of_the_day]
    others = [each for each in week.orders if each not in week.of_the_day]
    world.load(week.shop_id, [*others, *turned], days=week.counts())


def lost_orders_of_lines(world: RawWorld, week: Week) -> None:
    """The lines arrived, the orders they belong to did not."""
    _without(world, week, "orders")


def lost_lines(world: RawWorld, week: Week) -> None:
    """The orders arrived, their lines did not."""
    _without(world, week, "order_lines")


def count_mismatch(world: RawWorld, week: Week) -> None:
    counts = week.counts()
    missed = {week.day.isoformat(): counts[week.day.isoformat()] + 3}
    world.load(week.shop_id, week.orders, days=counts | missed)


def doubled_ads_day(world: RawWorld, week: Week) -> None:
    nothing(world, week)
    _tell_ads(world, week, times=2)


def stale_source(world: RawWorld, week: Week) -> None:
    """Told first of all: when the build is asked, nobody has read it for days."""
    nothing(world, week)


def broken_contract(world: RawWorld, week: Week) -> None:
    nothing(world, week)


STRIKES: dict[str, Strike] = {
    "stale source": stale_source,
    "duplicate load": duplicate_load,
    "negative prices": negative_prices,
    "lost lines": lost_lines,
    "lines of lost orders": lost_orders_of_lines,
    "count mismatch": count_mismatch,
    "broken contract": broken_contract,
    "doubled ads day": doubled_ads_day,
}


@dataclass(frozen=True)
class BlockingIncident:
    shop_id: str
    kind: str
    day: date
    blocked_by: Sequence[str]
    warned_by: Sequence[str]


@dataclass(frozen=True)
class GateReplay:
    incidents: Sequence[BlockingIncident]
    falsely_blocked: Sequence[tuple[str, str]]
    sound_weeks: int

    @property
    def missed(self) -> list[BlockingIncident]:
        return [each for each in self.incidents if not each.blocked_by]


def replay_gate(folder: Path) -> GateReplay:
    """Beside every struck week stands the same week of a shop that nothing happened to."""
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=1024, url=None)
    raw, world = RawWorld(warehouse), World(ORDERS, SEED, FIRST_LOAD)
    told = _tell_weeks(raw, world)
    now = _as_of(raw)
    asked = BuildRequest("replay", now, BuildMode.FULL)
    transform(warehouse, asked, folder / "dbt", SilentProgress())
    kinds = {shop_id: kind for shop_id, kind, _ in told}
    report = ask(warehouse, _request(kinds, now), folder / "dbt", SilentProgress())
    warehouse.close()
    return _judged(told, report)


def _tell_weeks(raw: RawWorld, world: World) -> list[tuple[str, str | None, date]]:
    told: list[tuple[str, str | None, date]] = []
    for kind, strike in STRIKES.items():
        for number, ago in enumerate(AGOS):
            shop = world.shops[number % len(world.shops)]
            week = _week(world.of(shop.shop_id), ago, f"{kind.replace(' ', '-')}-{ago}")
            raw.shop(week.shop_id, "UTC")
            strike(raw, week)
            told.append((week.shop_id, kind, week.day))
        if kind == "stale source":
            raw.loads += 72
    for ago in AGOS:
        for shop in world.shops:
            week = _week(world.of(shop.shop_id), ago, f"sound-{shop.shop_id}-{ago}")
            raw.shop(week.shop_id, "UTC")
            nothing(raw, week)
            _tell_ads(raw, week, times=1)
            told.append((week.shop_id, None, week.day))
    return told


def _as_of(raw: RawWorld) -> datetime:
    return raw.now + timedelta(minutes=10)


def _request(kinds: dict[str, str | None], now: datetime) -> CheckRequest:
    """Limits as wide as the loads of this replay lie apart, so that only the struck ones are beyond."""
    spread = timedelta(hours=len(kinds) * 3)
    limits = {
        shop_id: {"shopify": _LIMIT if kind == "stale source" else _wider(spread)}
        for shop_id, kind in kinds.items()
    }
    drifts = [
        OpenDrift(
            *(shop_id, "shopify", "shopify_orders", "type", "total_price"),
            *("total_price is an object", "high", "Map it.", "data", 12, 12, 12),
        )
        for shop_id, kind in kinds.items()
        if kind == "broken contract"
    ]
    return CheckRequest("replay", now, limits, drifts)


def _wider(spread: timedelta) -> FreshnessLimit:
    return FreshnessLimit(_LIMIT.soft + spread, _LIMIT.hard + spread)


def _judged(told: list[tuple[str, str | None, date]], report: GateReport) -> GateReplay:
    def names(shop_id: str, severity: Severity) -> list[str]:
        return sorted(_checks(report.findings, shop_id, severity))

    incidents = [
        BlockingIncident(
            *(shop_id, kind, day),
            names(shop_id, Severity.BLOCKING),
            names(shop_id, Severity.WARNING),
        )
        for shop_id, kind, day in told
        if kind is not None
    ]
    sound = [shop_id for shop_id, kind, _ in told if kind is None]
    falsely = [(each, check) for each in sound for check in names(each, Severity.BLOCKING)]
    return GateReplay(incidents, falsely, len(sound))


def _checks(findings: Sequence[Finding], shop_id: str, severity: Severity) -> set[str]:
    return {
        each.check for each in findings if each.shop_id == shop_id and each.severity is severity
    }


def _week(shop: ShopWorld, ago: int, shop_id: str) -> Week:
    position = HISTORY_DAYS - 1 - ago
    near = range(position - _DAYS_AROUND, position + _DAYS_AROUND + 1)
    orders = [
        _raw(history[0], number)
        for each in near
        for number, history in enumerate(shop.day(each).histories, each * 1000)
    ]
    days = [each.at[:10] for each in orders]
    busiest = max(sorted(set(days)), key=days.count)
    return Week(shop_id, date.fromisoformat(busiest), orders)


def _raw(placed: PlacedOrder, number: int) -> Order:
    at = datetime.fromtimestamp(placed.processed_at, UTC)
    lines = [
        Line(
            number * 100 + place,
            str(Decimal(line.original_total) / 100 / line.quantity),
            line.quantity,
            discount=str(Decimal(line.discount_total) / 100),
        )
        for place, line in enumerate(placed.lines)
    ]
    return Order(number + 1, f"{at:%Y-%m-%dT%H:%M:%SZ}", lines)


def _with_prices_turned(order: Order) -> Order:
    turned = [Line(line.line_id, f"-{line.price}", line.quantity) for line in order.lines]
    return order.edited(lines=turned)


def _without(world: RawWorld, week: Week, table: str) -> None:
    """The day's rows of one table were lost on the way."""
    kept: Told = {}
    for each in week.orders:
        for name, rows in each.rows().items():
            if not (name == table and each in week.of_the_day):
                kept.setdefault(name, []).extend(rows)
    world.load(week.shop_id, told=kept)


def _tell_ads(world: RawWorld, week: Week, times: int) -> None:
    days = [week.day + timedelta(days=offset) for offset in range(-2, 3)]
    rows = [_ad_day(day) for day in days for _ in range(times if day == week.day else 1)]
    world.slices(week.shop_id, "meta_ads", {"meta_ads_campaign_days": rows}, days=days)


def _ad_day(day: date) -> Row:
    return {
        "day": day,
        "account_id": 7,
        "campaign_id": 1,
        "campaign_name": "prospecting",
        "currency": "USD",
        "timezone": "UTC",
        "impressions": 900,
        "clicks": 31,
        "purchases": 2,
        "purchase_value": Decimal(150),
        "spend": Decimal("48.20"),
    }
