"""What was out of the ordinary, what people said about it, and when it was last looked for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Particulars, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class KeptAnomaly(Base):
    """That of a whole day stands at hour -1; new ones ring, and gone ones later data made ordinary."""

    __tablename__ = "anomalies"
    __table_args__ = (
        Index("anomalies_once", "shop_id", "key", "grain", "day", "hour", unique=True),
        Index("anomalies_by_day", "shop_id", "day"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    anomaly_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    metric: Mapped[str]
    title: Mapped[str]
    dimension: Mapped[str | None]
    part_name: Mapped[str | None] = mapped_column(Words())
    grain: Mapped[str]
    day: Mapped[date]
    hour: Mapped[int]
    level: Mapped[str]
    is_new: Mapped[bool]
    is_better: Mapped[bool]
    value: Mapped[Decimal] = mapped_column(Numeric())
    expected: Mapped[Decimal] = mapped_column(Numeric())
    low: Mapped[Decimal] = mapped_column(Numeric())
    high: Mapped[Decimal] = mapped_column(Numeric())
    unit: Mapped[str]
    z: Mapped[Decimal] = mapped_column(Numeric())
    method: Mapped[str]
    judged_by: Mapped[int]
    money: Mapped[Decimal | None]
    currency: Mapped[str]
    context: Mapped[dict[str, Any]] = mapped_column(Particulars())
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]


class AnomalyEvent(Base):
    """What somebody said about an anomaly; the newest is how it stands."""

    __tablename__ = "anomaly_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "anomaly_id"], ["app.anomalies.shop_id", "app.anomalies.anomaly_id"]
        ),
        Index("anomaly_events_by_anomaly", "shop_id", "anomaly_id", "at"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    anomaly_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str]
    state: Mapped[str]
    assignee: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(Words())


class AnomalyLook(Base):
    """When a shop was last looked at, at which publication, and where more is asked for than usual."""

    __tablename__ = "anomaly_looks"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    publication_id: Mapped[UUID | None]
    at: Mapped[datetime]
    last_day: Mapped[date]
    series: Mapped[int]
    raised: Mapped[dict[str, Any]]
