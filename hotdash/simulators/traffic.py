"""What the analytics see: the visits that led to orders, many more that did not, and what no consent lets through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from zlib import crc32
from zoneinfo import ZoneInfo

from hotdash.base.clock import local_day
from hotdash.simulators.journeys import LONGEST_JOURNEY, Visit, journey_of, visit
from hotdash.simulators.orders import Incident, Link, Order, instant
from hotdash.simulators.shop_profiles import SALES_SPIKE, TRACKING_LOSS, TRAFFIC_ANOMALY
from hotdash.simulators.world import ShopWorld

OTHER = "(other)"
_SESSIONS_PER_ORDER = 38
_VIEWS_PER_SESSION = 1.7
_DRAWN_AT_MOST = 240
_SMOOTHED_OVER = 14
_FOLLOWED = 0.6
# Together with the orders that have no visits at all, 8 to 11% of the purchases are missing.
_NO_CONSENT = {"us": 0.03, "jp": 0.02, "de": 0.045}
_DAY_SECONDS = 86_400
_CHANNEL_GROUPS: Mapping[str, str] = {
    "organic": "Organic Search",
    "(none)": "Direct",
    "cpc": "Paid Search",
    "paid_social": "Paid Social",
    "email": "Email",
    "social": "Organic Social",
    "referral": "Referral",
}
_UNNAMED_CAMPAIGNS = {"organic": "(organic)", "(none)": "(direct)", "referral": "(referral)"}


@dataclass(frozen=True, slots=True, order=True)
class Entrance:
    """Where a session began and what brought it."""

    landing_page: str
    source: str
    medium: str
    campaign: str
    channel_group: str

    @classmethod
    def of(cls, seen: Visit) -> "Entrance":
        return cls._named(seen.landing_page, seen.source, seen.medium, seen.utm_campaign)

    @classmethod
    def through(cls, link: Link, landing_page: str) -> "Entrance":
        return cls._named(landing_page, link.source, link.medium, link.campaign)

    @classmethod
    def _named(cls, page: str, source: str, medium: str, campaign: str | None) -> "Entrance":
        told = campaign or _UNNAMED_CAMPAIGNS.get(medium, "(not set)")
        return cls(page, source, medium, told, _CHANNEL_GROUPS[medium])


UNLISTED = Entrance(*[OTHER] * 5)
_CRAWLED = Entrance("/", "(direct)", "(none)", "(direct)", "Direct")


@dataclass(slots=True)
class Traffic:
    """The sessions of one day through one entrance; `purchases` are amounts in minor units."""

    sessions: int = 0
    engaged: int = 0
    users: int = 0
    carts: int = 0
    purchases: list[int] = field(default_factory=list[int])

    @property
    def key_events(self) -> int:
        return self.carts + len(self.purchases)


class ShopTraffic:
    """One shop's visitors, by days of whatever timezone its analytics count in."""

    def __init__(self, world: ShopWorld, seed: int, timezone: str) -> None:
        self.world = world
        self.timezone = timezone
        self._seed = seed
        self._zone = ZoneInfo(timezone)
        self._planted = {
            (incident.kind, incident.day): incident for incident in world.plan.incidents
        }
        # A day needs the journeys of the month after it; two years of days fit beside them.
        self._journeys = lru_cache(maxsize=120)(self._make_journeys)
        self.day = lru_cache(maxsize=1_000)(self._make_day)
        self.product_views = lru_cache(maxsize=1_000)(self._make_product_views)

    def begins(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp())

    def incident(self, kind: str, day: date) -> Incident | None:
        return self._planted.get((kind, str(day)))

    def expected_sessions(self, day: date) -> float:
        """Of an ordinary day: smooth, because who does not buy does not know how many do."""
        noon = self.begins(day) + _DAY_SECONDS // 2
        days = self.world.plan.days
        place = self.world.plan.position(noon)
        near = days[max(0, place - _SMOOTHED_OVER) : place + _SMOOTHED_OVER + 1]
        weekday = 1.08 if day.weekday() >= 5 else 0.97
        return sum(each.orders for each in near) / len(near) * _SESSIONS_PER_ORDER * weekday

    def _make_day(self, day: date) -> Mapping[Entrance, Traffic]:
        cells: dict[Entrance, Traffic] = {}
        if not self._is_open(day):
            return cells
        chance = Random(f"traffic/{self._seed}/{self.world.shop.shop_id}/{day}")
        self._add_visitors(cells, chance, day)
        self._add_buyers(cells, day)
        crawl = self.incident(TRAFFIC_ANOMALY, day)
        if crawl is not None:
            more = max(20, int(self.expected_sessions(day) * crawl.factor))
            # A crawler opens more pages than the analytics keep apart.
            for entrance, share in ((_CRAWLED, 0.3), (UNLISTED, 0.7)):
                seen = cells.setdefault(entrance, Traffic())
                seen.sessions += int(more * share)
                seen.users += int(more * share)
        return dict(sorted(cells.items()))

    def _is_open(self, day: date) -> bool:
        first, last = self.world.plan.days[0], self.world.plan.days[-1]
        return first.begins <= self.begins(day) and self.begins(day) + _DAY_SECONDS <= last.ends

    def _measured_share(self, day: date) -> float:
        lost = self.incident(TRACKING_LOSS, day)
        return 1.0 if lost is None else lost.factor

    def _add_visitors(self, cells: dict[Entrance, Traffic], chance: Random, day: date) -> None:
        spike = self.incident(SALES_SPIKE, day)
        factor = chance.uniform(0.88, 1.12) * (spike.factor if spike else 1.0)
        sessions = round(self.expected_sessions(day) * factor * self._measured_share(day))
        if spike is not None and spike.brought_by is not None:
            linked = round(sessions * (1 - 1 / spike.factor))
            self._add_linked(cells, spike.brought_by, linked)
            sessions -= linked
        drawn = min(sessions, _DRAWN_AT_MOST)
        at = self.begins(day)
        for number in range(drawn):
            weight = sessions // drawn + (number < sessions % drawn)
            entrance = Entrance.of(visit(self.world.shop, chance, number, "", at))
            seen = cells.setdefault(entrance, Traffic())
            seen.sessions += weight
            seen.engaged += round(weight * chance.uniform(0.4, 0.76))
            seen.users += max(1, round(weight * 0.92))
            seen.carts += round(weight * chance.uniform(0.0, 0.62) ** 4)

    def _add_linked(self, cells: dict[Entrance, Traffic], link: Link, sessions: int) -> None:
        """Most follow it to where it points, the others begin at the front page."""
        pointed = round(sessions * _FOLLOWED)
        for page, came in ((link.landing_page, pointed), ("/", sessions - pointed)):
            seen = cells.setdefault(Entrance.through(link, page), Traffic())
            seen.sessions += came
            seen.engaged += round(came * 0.58)
            seen.users += round(came * 0.92)
            seen.carts += round(came * 0.03)

    def _add_buyers(self, cells: dict[Entrance, Traffic], day: date) -> None:
        begins, ends = self.begins(day), self.begins(day + timedelta(days=1))
        plan = self.world.plan
        first, last = plan.position(begins - _DAY_SECONDS), plan.position(ends + LONGEST_JOURNEY)
        share = self._measured_share(day)
        for position in range(first, last + 1):
            for seen, paid in self._journeys(position).get(day, ()):
                if chance_of(seen.visitor, "blocked") >= share:
                    continue
                cell = cells.setdefault(Entrance.of(seen), Traffic())
                if paid is None:
                    cell.sessions += 1
                    cell.engaged += 1
                    cell.users += 1
                else:
                    cell.purchases.append(paid)

    def _make_journeys(self, position: int) -> Mapping[date, list[tuple[Visit, int | None]]]:
        """By day: each visit before an order of this shop-day, and each purchase as the last visit's."""
        told: dict[date, list[tuple[Visit, int | None]]] = {}
        for order in self._consented(position):
            visits = journey_of(order)
            for seen in visits:
                told.setdefault(self._day_of(seen.at), []).append((seen, None))
            if visits:
                bought = told.setdefault(self._day_of(order.created_at), [])
                bought.append((visits[-1], order.total_price))
        return told

    def _consented(self, position: int) -> Iterator[Order]:
        lost = _NO_CONSENT[self.world.shop.locale]
        for history in self.world.day(position).histories:
            if chance_of(str(history[0].order_id), "consent") >= lost:
                yield history[0]

    def _day_of(self, at: int) -> date:
        return local_day(instant(at), self.timezone)

    def _make_product_views(self, day: date) -> Mapping[str, tuple[int, int]]:
        """By page: how often it was seen and by how many."""
        sessions = sum(seen.sessions for seen in self.day(day).values())
        views = round(sessions * _VIEWS_PER_SESSION)
        chance = Random(f"views/{self._seed}/{self.world.shop.shop_id}/{day}")
        products = {product.product_id: product for product in self.world.catalog.products}
        pool = self.world.catalog.pool
        seen: dict[str, int] = {}
        drawn = min(views, _DRAWN_AT_MOST)
        for number in range(drawn):
            product = products[pool[int(chance.random() * len(pool))].product_id]
            within = "/collections/all" if chance.random() < 0.15 else ""
            path = f"{within}/products/{product.handle}"
            seen[path] = seen.get(path, 0) + views // drawn + (number < views % drawn)
        return {path: (count, max(1, round(count * 0.83))) for path, count in sorted(seen.items())}


def chance_of(what: str, of: str) -> float:
    """A number between 0 and 1 that belongs to it for ever."""
    return crc32(f"{of}/{what}".encode()) / 2**32
