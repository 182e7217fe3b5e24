"""What people typed into Google and which of the shop's pages they found: by Pacific days, rare queries unnamed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from hotdash.simulators.journeys import LANDING_PAGES
from hotdash.simulators.traffic import ShopTraffic
from hotdash.simulators.world import ShopWorld

TIMEZONE = "America/Los_Angeles"
# Of all sessions; Google counts a click also where no consent lets the analytics see it.
_SEARCHED = 0.31
_UNNAMED = 0.3
_STEMS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "us": (
        ("hot rod an", "an fittings shop", "fuel system parts"),
        ("an fittings", "6 an fitting", "8 an hose end", "90 degree an fitting"),
        ("braided hose", "nylon braided fuel line", "ptfe hose e85"),
        ("fuel cell 15 gal", "inline fuel pump 340 lph", "fuel pressure regulator"),
        ("oil cooler kit", "transmission cooler an", "aluminum radiator"),
        ("an size chart", "what size is 6 an", "an thread size"),
        ("how to assemble an fittings", "cut braided hose", "an fitting leak"),
    ),
    "jp": (
        ("関東ガレージ", "バイク 部品 通販"),
        ("an フィッティング", "ホースエンド"),
        ("ステンメッシュホース", "燃料ホース"),
        ("燃料ポンプ", "燃圧レギュレーター"),
        ("オイルクーラーキット", "ラジエーター アルミ"),
        ("an サイズ 表", "m8 ボルト 規格"),
        ("フィッティング 組み立て", "ホース 切り方"),
    ),
    "de": (
        ("nordkurve teile", "tuning teile shop"),
        ("dash fittings", "an anschluss"),
        ("stahlflex leitung", "kraftstoffschlauch 8 mm"),
        ("kraftstoffpumpe", "benzindruckregler"),
        ("ölkühler kit", "kühlwasserschlauch"),
        ("dash größen tabelle", "an größe in mm"),
        ("stahlflex selbst bauen", "schlauch schneiden"),
    ),
}


@dataclass(frozen=True, slots=True)
class Search:
    """One query that led to one page on one day; `positions` is the sum over its impressions."""

    page: str
    query: str
    clicks: int
    impressions: int
    positions: int
    is_named: bool


class ShopSearches:
    def __init__(self, world: ShopWorld, seed: int) -> None:
        self._world = world
        self._seed = seed
        self._traffic = ShopTraffic(world, seed, TIMEZONE)
        self.day = lru_cache(maxsize=1_000)(self._make_day)

    def begins(self, day: date) -> int:
        return self._traffic.begins(day)

    def _make_day(self, day: date) -> tuple[Search, ...]:
        """Empty before the shop opened, and on a quiet day."""
        shop = self._world.shop
        plan = self._world.plan
        if not plan.days[0].begins <= self.begins(day) < plan.days[-1].begins:
            return ()
        chance = Random(f"searches/{self._seed}/{shop.shop_id}/{day}")
        clicks = self._traffic.expected_sessions(day) * _SEARCHED * chance.uniform(0.85, 1.15)
        return tuple(
            found
            for place, page in enumerate(LANDING_PAGES)
            for rank, query in enumerate(_STEMS[shop.locale][place])
            for found in _searched(chance, page, query, place, rank, clicks)
        )


def _searched(
    chance: Random, page: str, query: str, place: int, rank: int, clicks: float
) -> list[Search]:
    """Its named part, and the people nobody may tell apart."""
    expected = clicks * (0.3 / (1 + place)) * (0.6 / (1 + rank))
    position = 1 + place * 0.7 + rank * 2.1 + chance.random()
    rate = 0.28 / (1 + position**1.15)
    return [
        Search(
            page=page,
            query=query,
            clicks=clicked,
            impressions=shown,
            positions=round(shown * (position + chance.random() * 0.4)),
            is_named=is_named,
        )
        for is_named, share in ((True, 1 - _UNNAMED), (False, _UNNAMED))
        if (shown := _whole(chance, expected * share / rate))
        for clicked in (min(shown, _whole(chance, expected * share)),)
    ]


def _whole(chance: Random, expected: float) -> int:
    """Rounded by lot, so that also what is rare happens."""
    return int(expected + chance.random())
