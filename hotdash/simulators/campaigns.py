"""The paid campaigns of each shop: what they are called, where they run, and what they cost."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hotdash.simulators.orders import Shop

META = "meta_ads"
GOOGLE = "google_ads"
_TITLES = (
    (GOOGLE, "Brand search", "brand", 0.30, 0.16),
    (GOOGLE, "AN fittings search", "an-fittings", 0.34, 0.06),
    (GOOGLE, "Shopping fuel systems", "shopping-fuel", 0.36, 0.07),
    (META, "Prospecting builders", "prospecting", 0.45, 0.02),
    (META, "Retargeting carts", "retargeting", 0.35, 0.10),
    (META, "Catalogue sales", "catalogue", 0.20, 0.04),
)
_MINOR_PER_ORDER = {"USD": 700, "JPY": 900, "EUR": 600}


@dataclass(frozen=True, slots=True)
class Campaign:
    """`share` of its platform's spend, `conversion` of its clicks that order in the end."""

    platform: str
    campaign_id: int
    name: str
    key: str
    share: float
    conversion: float

    @property
    def utm_campaign(self) -> str:
        """What its links say: the name as people write it into links."""
        return self.name.lower().replace(" ", "-")

    def is_running(self, day: date) -> bool:
        """Retargeting rests in January, everything else runs through."""
        return not (self.key == "retargeting" and day.month == 1)


@lru_cache(maxsize=16)
def campaigns_of(shop: Shop, platform: str | None = None) -> tuple[Campaign, ...]:
    return tuple(
        Campaign(
            platform=where,
            campaign_id=shop.vendor_id * 1_000 + number,
            name=name,
            key=key,
            share=share,
            conversion=conversion,
        )
        for number, (where, name, key, share, conversion) in enumerate(_TITLES, 1)
        if platform in (None, where)
    )


def minor_spend_per_order(shop: Shop) -> int:
    """What a platform spends, in the shop's minor units, for each order of an ordinary day."""
    return _MINOR_PER_ORDER[shop.currency]
