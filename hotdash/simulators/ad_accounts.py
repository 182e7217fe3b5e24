"""Which ad account each shop has with each platform, and what was planted into their days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from hotdash.simulators.campaigns import GOOGLE, META, Campaign
from hotdash.simulators.orders import Incident, Shop
from hotdash.simulators.shop_profiles import HOT_ROD_AN, KANTO_GARAGE, NORDKURVE_TEILE

AD_SPEND_SPIKE = "ad_spend_spike"
AD_CAMPAIGN_PAUSED = "ad_campaign_paused"
AD_CAMPAIGN_ARCHIVED = "ad_campaign_archived"
AD_RATE_LIMIT = "ad_rate_limit"


@dataclass(frozen=True, slots=True)
class AdAccount:
    """`rate` is what one unit of the shop's currency is worth in the account's."""

    shop: Shop
    platform: str
    account_id: int
    name: str
    timezone: str
    currency: str
    rate: Decimal = Decimal(1)


# Nordkurve's agency opened its Meta account at home in New York: days and money are not the shop's.
_ACCOUNTS: tuple[AdAccount, ...] = (
    AdAccount(HOT_ROD_AN, META, 431_000_000_057_001, "Hot Rod AN", "America/Chicago", "USD"),
    AdAccount(HOT_ROD_AN, GOOGLE, 4_310_057_001, "Hot Rod AN", "America/Chicago", "USD"),
    AdAccount(KANTO_GARAGE, GOOGLE, 4_310_057_002, "Kanto Garage", "Asia/Tokyo", "JPY"),
    AdAccount(
        NORDKURVE_TEILE,
        META,
        431_000_000_057_003,
        "Nordkurve Teile (agency)",
        "America/New_York",
        "USD",
        Decimal("1.08"),
    ),
    AdAccount(NORDKURVE_TEILE, GOOGLE, 4_310_057_003, "Nordkurve Teile", "Europe/Berlin", "EUR"),
)


@dataclass(frozen=True, slots=True)
class _Planted:
    """`ago` counts days back from the last closed day; `campaign` is its key."""

    shop: Shop
    platform: str
    kind: str
    campaign: str
    ago: int
    days: int
    factor: float
    told: str


_PLANTED: tuple[_Planted, ...] = (
    _Planted(
        *(HOT_ROD_AN, META, AD_SPEND_SPIKE, "prospecting", 6, 1, 3.4),
        "A daily budget was typed with a digit too many.",
    ),
    _Planted(
        *(HOT_ROD_AN, META, AD_SPEND_SPIKE, "catalogue", -8, 1, 2.8),
        "The catalogue campaign was let run without a cap.",
    ),
    _Planted(
        *(HOT_ROD_AN, GOOGLE, AD_CAMPAIGN_PAUSED, "an-fittings", 15, 4, 0.0),
        "The search campaign was paused and forgotten for four days.",
    ),
    _Planted(
        *(NORDKURVE_TEILE, GOOGLE, AD_SPEND_SPIKE, "brand", 21, 1, 2.9),
        "A competitor bid on the brand's name and made it dear.",
    ),
    _Planted(
        *(NORDKURVE_TEILE, META, AD_CAMPAIGN_ARCHIVED, "catalogue", 60, 1_000, 0.0),
        "The catalogue campaign was archived, and what it had spent stays spent.",
    ),
    _Planted(
        *(HOT_ROD_AN, META, AD_RATE_LIMIT, "", -3, 1, 0.0),
        "Meta throttles the account from 02:00 to 04:30 UTC.",
    ),
)
_THROTTLED_FROM, _THROTTLED_UNTIL = time(2, 0), time(4, 30)


@dataclass(frozen=True)
class PlantedAds:
    """What was planted for one shop and platform, reckoned from the shop's last closed day."""

    shop: Shop
    platform: str
    last_closed_day: date

    def spike(self, campaign: Campaign, day: date) -> float:
        factors = [
            each.factor
            for each in self._of(AD_SPEND_SPIKE)
            if each.campaign == campaign.key and self._covers(each, day)
        ]
        return factors[0] if factors else 1.0

    def is_paused(self, campaign: Campaign, day: date) -> bool:
        return self._is_planted(AD_CAMPAIGN_PAUSED, campaign, day)

    def is_archived(self, campaign: Campaign, day: date) -> bool:
        return self._is_planted(AD_CAMPAIGN_ARCHIVED, campaign, day)

    def throttled_for(self, instant: datetime) -> timedelta:
        """How long the platform still throttles; zero outside of the planted hours."""
        for each in self._of(AD_RATE_LIMIT):
            day = self.last_closed_day - timedelta(days=each.ago)
            begins = datetime.combine(day, _THROTTLED_FROM, UTC)
            ends = datetime.combine(day, _THROTTLED_UNTIL, UTC)
            if begins <= instant < ends:
                return ends - instant
        return timedelta(0)

    def _is_planted(self, kind: str, campaign: Campaign, day: date) -> bool:
        return any(
            each.campaign == campaign.key and self._covers(each, day) for each in self._of(kind)
        )

    def _covers(self, planted: _Planted, day: date) -> bool:
        since = (day - self.last_closed_day).days + planted.ago
        return 0 <= since < planted.days

    def _of(self, kind: str) -> list[_Planted]:
        wanted = (self.shop, self.platform, kind)
        return [each for each in _PLANTED if (each.shop, each.platform, each.kind) == wanted]


def account_of(shop: Shop, platform: str) -> AdAccount | None:
    wanted = (shop.shop_id, platform)
    found = (each for each in _ACCOUNTS if (each.shop.shop_id, each.platform) == wanted)
    return next(found, None)


def ad_incidents(shop: Shop, last_closed_day: date) -> Sequence[Incident]:
    """As the world labels them: by the first day of each."""
    return [
        Incident(
            shop.shop_id,
            each.kind,
            str(last_closed_day - timedelta(days=each.ago)),
            each.factor,
            each.told,
        )
        for each in _PLANTED
        if each.shop is shop
    ]
