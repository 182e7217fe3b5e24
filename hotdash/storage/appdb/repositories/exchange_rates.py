"""What currencies were worth, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import ExchangeRate


@dataclass(frozen=True, slots=True)
class DatedRate:
    """One unit of base is rate units of quote; without a rate, what was told before was taken back."""

    shop_id: str
    day: date
    base: str
    quote: str
    rate: Decimal | None
    imported_at: datetime
    imported_by: str


def add_rates(session: Session, rates: Iterable[DatedRate]) -> None:
    """Added, never changed: for the same day and pair the later import holds."""
    rows = [
        {
            "shop_id": each.shop_id,
            "day": each.day,
            "base": each.base,
            "quote": each.quote,
            "rate": each.rate,
            "imported_at": each.imported_at,
            "imported_by": each.imported_by,
        }
        for each in rates
    ]
    if rows:
        session.execute(insert(ExchangeRate), rows)


def list_rates(session: Session, shop_id: str) -> list[DatedRate]:
    """What holds of each day and pair."""
    return [each for each in newest_rates(session, shop_id) if each.rate is not None]


def newest_rates(session: Session, shop_id: str) -> list[DatedRate]:
    """What was told last of each day and pair, also that there is none any more."""
    key = (ExchangeRate.base, ExchangeRate.quote, ExchangeRate.day)
    found = session.execute(
        select(
            ExchangeRate.shop_id,
            ExchangeRate.day,
            ExchangeRate.base,
            ExchangeRate.quote,
            ExchangeRate.rate,
            ExchangeRate.imported_at,
            ExchangeRate.imported_by,
        )
        .where(ExchangeRate.shop_id == shop_id)
        .ext(distinct_on(*key))
        .order_by(*key, ExchangeRate.imported_at.desc())
    )
    return [DatedRate(*row) for row in found]
