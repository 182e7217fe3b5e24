"""What checks add up to, how late a shop may be, which warnings are set aside, which days were odd."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class FreshnessLimitRow(Base):
    """How late a source of this shop may be; the newest row holds."""

    __tablename__ = "freshness_limits"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    decided_at: Mapped[datetime] = mapped_column(primary_key=True)
    soft_minutes: Mapped[int]
    hard_minutes: Mapped[int]
    decided_by: Mapped[str]
    reason: Mapped[str] = mapped_column(Words())


class CheckOverride(Base):
    """A warning that somebody set aside for a time; another row takes it back."""

    __tablename__ = "check_overrides"
    __table_args__ = (
        Index("check_overrides_by_check", "shop_id", "check_name", "decided_at"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    override_id: Mapped[UUID] = mapped_column(primary_key=True)
    check_name: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    reason: Mapped[str] = mapped_column(Words())
    expires_at: Mapped[datetime]
    revokes: Mapped[UUID | None]


class ScorecardDay(Base):
    """One dimension of one source on one day, between 0 and 1."""

    __tablename__ = "scorecard_days"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    score: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    asked: Mapped[int] = mapped_column(BigInteger())
    failed: Mapped[int] = mapped_column(BigInteger())
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class LabelledIncident(Base):
    """Days of a series that no baseline may learn from."""

    __tablename__ = "labelled_incidents"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    series: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    told: Mapped[str] = mapped_column(Words())
    labelled_by: Mapped[str]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
