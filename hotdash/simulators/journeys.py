"""How each order came about: the visits before it, told alike to Shopify, the analytics and the click collector."""

from dataclasses import dataclass, replace
from random import Random
from urllib.parse import urlencode

from hotdash.simulators.campaigns import GOOGLE, META, Campaign, campaigns_of
from hotdash.simulators.orders import Link, Order, Shop

# Source, medium, share of the visits that lead to orders.
_CHANNELS: tuple[tuple[str, str, float], ...] = (
    ("google", "organic", 0.26),
    ("(direct)", "(none)", 0.19),
    ("google", "cpc", 0.18),
    ("facebook", "paid_social", 0.13),
    ("newsletter", "email", 0.12),
    ("instagram", "social", 0.06),
    ("bing", "organic", 0.03),
    ("forum.example", "referral", 0.03),
)
_REFERRERS = {
    "google": "https://www.google.com/",
    "facebook": "https://www.facebook.com/",
    "instagram": "https://www.instagram.com/",
    "bing": "https://www.bing.com/",
    "forum.example": "https://forum.example/threads/an-lines",
}
LANDING_PAGES = (
    "/",
    "/collections/an-fittings",
    "/collections/braided-hose",
    "/collections/fuel-systems",
    "/collections/cooling",
    "/pages/an-size-chart",
    "/blogs/tech/how-to-assemble-an-fittings",
)
LONGEST_JOURNEY = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of one browser; `visitor` is the collector's pseudonymous id."""

    visit_id: int
    visitor: str
    at: int
    source: str
    medium: str
    campaign: Campaign | None
    utm_campaign: str | None
    landing_page: str
    referrer: str | None
    click_id: str | None

    @property
    def utm(self) -> dict[str, str]:
        """As written into the link: visits without a campaign carry none."""
        if self.utm_campaign is None:
            return {}
        return {
            "utm_source": self.source,
            "utm_medium": self.medium,
            "utm_campaign": self.utm_campaign,
        }

    def url(self, shop: Shop) -> str:
        query = dict(self.utm)
        if self.click_id is not None:
            query["gclid" if self.source == "google" else "fbclid"] = self.click_id
        asked = f"?{urlencode(query)}" if query else ""
        return f"https://www.{shop.shop_id}.example{self.landing_page}{asked}"


def journey_of(order: Order) -> tuple[Visit, ...]:
    """The visits before the order, oldest first; the last is minutes before it. One order in 16 has none."""
    chance = Random(f"journey/{order.shop.shop_id}/{order.order_id}")
    number = order.order_id // 1000
    if number % 16 == 11:
        return ()
    visited = 1 + (chance.random() < 0.46) + (chance.random() < 0.22) + (chance.random() < 0.1)
    ages = sorted(
        (
            int(chance.random() ** 2 * (LONGEST_JOURNEY - 86_400)) + 3_600
            for _ in range(visited - 1)
        ),
        reverse=True,
    )
    ages.append(120 + int(chance.random() * 1_500))
    visitor = f"v{number:x}"
    visits = [
        visit(order.shop, chance, number * 10 + place, visitor, order.created_at - age)
        for place, age in enumerate(ages)
    ]
    if order.brought_by is not None:
        visits[-1] = _through(order.brought_by, visits[-1])
    return tuple(visits)


def _through(link: Link, seen: Visit) -> Visit:
    return replace(
        seen,
        source=link.source,
        medium=link.medium,
        campaign=None,
        utm_campaign=link.campaign,
        landing_page=link.landing_page,
        referrer=_REFERRERS.get(link.source),
        click_id=None,
    )


def visit(shop: Shop, chance: Random, visit_id: int, visitor: str, at: int) -> Visit:
    source, medium = _channel(chance)
    campaign = _campaign(shop, chance, source, medium)
    utm_campaign = campaign.utm_campaign if campaign else None
    if source in ("newsletter", "instagram"):
        utm_campaign = f"{source}-{1 + int(chance.random() * 12):02d}"
    return Visit(
        visit_id=visit_id,
        visitor=visitor,
        at=at,
        source=source,
        medium=medium,
        campaign=campaign,
        utm_campaign=utm_campaign,
        landing_page=LANDING_PAGES[int(chance.random() ** 1.6 * len(LANDING_PAGES))],
        referrer=_REFERRERS.get(source),
        click_id=f"{visit_id:x}.{int(chance.random() * 16**8):08x}" if campaign else None,
    )


def _channel(chance: Random) -> tuple[str, str]:
    left = chance.random() * sum(share for _, _, share in _CHANNELS)
    for source, medium, share in _CHANNELS:
        left -= share
        if left < 0:
            return source, medium
    return _CHANNELS[0][0], _CHANNELS[0][1]


def _campaign(shop: Shop, chance: Random, source: str, medium: str) -> Campaign | None:
    platform = {"cpc": GOOGLE, "paid_social": META}.get(medium)
    if platform is None:
        return None
    choices = campaigns_of(shop, platform)
    return choices[int(chance.random() * len(choices))]


def known_at(order: Order) -> int:
    """When the sessions of an order are attributed: about half an hour after it."""
    return order.created_at + 1_800 + order.order_id // 1000 % 7 * 120
