"""How far a shop is on its way to its target, how fast it would have to grow, and when it arrives."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.money import Money
from hotdash.insights.operations.settings import known_setting
from hotdash.insights.statements import statement

PLANNED_MONTHS = 36
_DAYS_PER_MONTH = Decimal("30.4375")
_MONTHS_PER_QUARTER, _MONTHS_PER_YEAR = 3, 12
_YEAR, _QUARTER = 365, 91
# Beyond this no date is told: it would be as good as never.
_LONGEST = Decimal(12 * 50)
_FINE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the mart knows of the newest day."""

    day: date
    currency: str
    revenue_12m: Decimal
    revenue_12m_before: Decimal | None
    revenue_91d: Decimal | None
    revenue_91d_before: Decimal | None
    days_in_12m: int
    target: Decimal

    @property
    def is_reached(self) -> bool:
        return self.revenue_12m >= self.target


@dataclass(frozen=True, slots=True)
class Arrival:
    """At the present rate, with the day by the fastest and by the slowest known one; None is never."""

    day: date | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True, slots=True)
class Growth:
    standing: Standing
    run_rate: Decimal | None
    share: Decimal
    present_monthly: Decimal | None
    needed_monthly: Decimal | None
    arrival: Arrival | None

    def as_json(self) -> dict[str, Any]:
        """Money to its minor unit and rates to a millionth, as texts."""
        standing = self.standing
        return {
            "day": standing.day.isoformat(),
            "currency": standing.currency,
            "target": _money(standing.target, standing.currency),
            "revenue_12m": _money(standing.revenue_12m, standing.currency),
            "days_in_12m": standing.days_in_12m,
            "run_rate": _money(self.run_rate, standing.currency),
            "share_of_target": _rate(self.share),
            "present_monthly": _rate(self.present_monthly),
            "needed_monthly": _rate(self.needed_monthly),
            "planned_months": PLANNED_MONTHS,
            "arrival": None
            if self.arrival is None
            else {
                "day": _iso(self.arrival.day),
                "earliest": _iso(self.arrival.earliest),
                "latest": _iso(self.arrival.latest),
            },
        }


def load_growth(session: Session, shop_id: str, last: date) -> Growth | None:
    """None where nothing is published yet."""
    default = known_setting("growth_target").default
    row = session.execute(
        statement(__file__, "growth.sql"), {"shop_id": shop_id, "last": last, "target": default}
    ).one_or_none()
    if row is None:
        return None
    return growth_of(
        Standing(
            day=row.day,
            currency=row.currency,
            revenue_12m=row.revenue_12m,
            revenue_12m_before=row.revenue_12m_before,
            revenue_91d=row.revenue_91d,
            revenue_91d_before=row.revenue_91d_before,
            days_in_12m=row.days_in_12m,
            target=Decimal(row.target),
        )
    )


def growth_of(standing: Standing) -> Growth:
    present = monthly_rate(standing.revenue_91d, standing.revenue_91d_before, _MONTHS_PER_QUARTER)
    of_year = monthly_rate(standing.revenue_12m, standing.revenue_12m_before, _MONTHS_PER_YEAR)
    rates = [rate for rate in (present, of_year) if rate is not None]
    return Growth(
        standing=standing,
        run_rate=None if standing.revenue_91d is None else standing.revenue_91d * _YEAR / _QUARTER,
        share=standing.revenue_12m / standing.target if standing.target else Decimal(1),
        present_monthly=present,
        needed_monthly=_needed(standing),
        arrival=_arrival(standing, present, rates),
    )


def _arrival(standing: Standing, present: Decimal | None, rates: list[Decimal]) -> Arrival | None:
    if standing.is_reached:
        return Arrival(standing.day, standing.day, standing.day)
    if present is None:
        return None
    return Arrival(
        day=arrival_day(standing, present),
        earliest=arrival_day(standing, max(rates)),
        latest=arrival_day(standing, min(rates)),
    )


def monthly_rate(now: Decimal | None, before: Decimal | None, months: int) -> Decimal | None:
    """By what share revenue grew per month, so that it compounds to what it is; None without a base."""
    if now is None or before is None or before <= 0 or now <= 0:
        return None
    return (now / before) ** (Decimal(1) / months) - 1


def arrival_day(standing: Standing, monthly: Decimal) -> date | None:
    """Of a target that is not reached yet."""
    if standing.revenue_12m <= 0 or monthly <= 0:
        return None
    months = (standing.target / standing.revenue_12m).ln() / (1 + monthly).ln()
    if months > _LONGEST:
        return None
    days = (months * _DAYS_PER_MONTH).to_integral_value(ROUND_CEILING)
    return standing.day + timedelta(days=int(days))


def _needed(standing: Standing) -> Decimal | None:
    """Per month, to arrive within the planned months."""
    if standing.revenue_12m <= 0:
        return None
    if standing.is_reached:
        return Decimal(0)
    return (standing.target / standing.revenue_12m) ** (Decimal(1) / PLANNED_MONTHS) - 1


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else f"{Money(amount, currency).rounded().amount:f}"


def _rate(rate: Decimal | None) -> str | None:
    return None if rate is None else f"{rate.quantize(_FINE, rounding=ROUND_HALF_UP):f}"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
