"""What the shop's orders credit a campaign with, beside what its platform claims, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.windows import CreditWindows
from hotdash.insights.statements import statement

_MOST_DAYS = 366


class ComparisonError(HotdashError):
    code = "invalid_comparison"
    http_status = 422


@dataclass(frozen=True, slots=True)
class ComparedCampaign:
    """A day of a campaign: None where the platform was not read, or claims in a currency without a rate."""

    day: date
    platform: str
    campaign: str
    currency: str
    orders: int
    revenue: Decimal
    claimed_purchases: Decimal | None
    claimed_value: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """What the platform claims beyond the orders; below nought where it claims less."""
        return None if self.claimed_value is None else self.claimed_value - self.revenue

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "platform": self.platform,
            "campaign": self.campaign,
            "currency": self.currency,
            "shopify_orders": self.orders,
            "shopify_revenue": _text(self.revenue),
            "claimed_purchases": _text(self.claimed_purchases),
            "claimed_value": _text(self.claimed_value),
            "gap": _text(self.gap),
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    shop_id: str
    first: date
    last: date
    says: Sequence[str]
    rows: Sequence[ComparedCampaign]

    def as_json(self) -> dict[str, Any]:
        return {
            "shop": self.shop_id,
            "days": [self.first.isoformat(), self.last.isoformat()],
            "says": list(self.says),
            "rows": [row.as_json() for row in self.rows],
        }


def compare_sources(session: Session, shop_id: str, first: date, last: date) -> Comparison:
    """By last click, from one published snapshot; the days in which a platform has anything to say."""
    if first > last or (last - first).days >= _MOST_DAYS:
        raise ComparisonError(
            f"{first} to {last} is no range of at most {_MOST_DAYS} days.",
            hint="Let the first day be at or before the last, and ask for one year at most.",
            field="from",
        )
    asked = {"shop_id": shop_id, "first": first, "last": last}
    found = session.execute(statement(__file__, "compared.sql"), asked).all()
    windows = CreditWindows.on(session, shop_id, last)
    rows = [
        ComparedCampaign(
            day=row.day,
            platform=row.platform,
            campaign=row.campaign,
            currency=row.currency,
            orders=row.credited_orders,
            revenue=row.last_click_revenue,
            claimed_purchases=row.reported_conversions,
            claimed_value=row.reported_value,
        )
        for row in found
    ]
    says = [sentence.format(days=windows.click_days) for sentence in texts.COMPARISON]
    return Comparison(shop_id, first, last, says, rows)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
