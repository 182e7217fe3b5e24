"""What is published for a shop, and which of its days are complete in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from hotdash.base.clock import local_day, parse_iso
from hotdash.base.errors import NotFoundError
from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.statements import statement


@dataclass(frozen=True, slots=True)
class Held:
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Published:
    """One shop's revenue as it is published; without a build nothing is."""

    shop_id: str
    shop_name: str
    timezone: str
    currency: str
    build: UUID | None
    manifest: UUID | None
    as_of: Mapping[str, datetime]
    first_day: date | None
    held: Held | None

    def windows(self, period: Period, now: datetime) -> "Windows":
        """Both windows end with the last day that is complete in what is published."""
        known = min([now, *self.as_of.values()])
        return Windows(
            period.window(known, self.timezone), period.base_window(known, self.timezone)
        )

    def covers(self, day: date) -> bool:
        """Whether a day without a row is a day without orders, and not a day nobody has read."""
        if self.first_day is None or not self.as_of:
            return False
        last = local_day(min(self.as_of.values()), self.timezone) - timedelta(days=1)
        return self.first_day <= day <= last


@dataclass(frozen=True, slots=True)
class Windows:
    current: Window
    base: Window | None

    def as_parameters(self) -> dict[str, date]:
        base = self.base or self.current
        return {
            "first": self.current.first,
            "last": self.current.last,
            "base_first": base.first,
            "base_last": base.last,
        }


def load_published(session: Session, shop_id: str) -> Published:
    found = session.execute(
        statement(__file__, "publication.sql"), {"shop_id": shop_id}
    ).one_or_none()
    if found is None:
        raise NotFoundError(
            f"There is no shop {shop_id!r}.",
            hint="Choose one of the shops in the list.",
            field="shop",
        )
    as_of: Mapping[str, str] = found.as_of or {}
    return Published(
        shop_id=found.shop_id,
        shop_name=found.name,
        timezone=found.timezone,
        currency=found.currency,
        build=found.build_id,
        manifest=found.manifest_id,
        as_of={source: parse_iso(at) for source, at in as_of.items()},
        first_day=found.first_day,
        held=_held(found),
    )


def _held(row: Row[tuple[object, ...]]) -> Held | None:
    if row.pinned_at is None:
        return None
    return Held(row.pinned_at, row.pinned_by, row.pin_reason)
