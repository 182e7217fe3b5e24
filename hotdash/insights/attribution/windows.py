"""How many days before an order a touch still counts: as the shop decided for the day, else as approved."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from sqlalchemy.orm import Session

from hotdash.insights.metrics.query.segments import load_policies
from hotdash.insights.metrics.registry import registry


@dataclass(frozen=True, slots=True)
class CreditWindows:
    click_days: int
    lookback_days: int
    half_life_days: int

    @classmethod
    def on(cls, session: Session, shop_id: str, day: date) -> Self:
        decided, switches = load_policies(session, [shop_id]), registry().switches()

        def days(policy: str) -> int:
            value = decided.value(shop_id, policy, day)
            return int(switches[policy].written_default if value is None else value)

        return cls(
            days("attribution_click_days"),
            days("attribution_lookback_days"),
            days("attribution_half_life_days"),
        )
