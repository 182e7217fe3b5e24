"""What people write beside the numbers: each change a row of its own, of which the newest holds."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class Annotation(Base):
    """One row per change of a note on days of a chart; the newest says how it stands."""

    __tablename__ = "annotations"
    __table_args__ = (
        Index("annotations_by_day", "shop_id", "first_day", "last_day"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    annotation_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str]
    is_removed: Mapped[bool]
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    title: Mapped[str] = mapped_column(Words())


class Goal(Base):
    """One row per change of a goal of a metric over days; the newest says how it stands."""

    __tablename__ = "goals"
    __table_args__ = (
        Index("goals_by_metric", "shop_id", "metric", "first_day"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    goal_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str]
    is_removed: Mapped[bool]
    metric: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    target: Mapped[Decimal]
    currency: Mapped[str | None]


class SavedView(Base):
    """A name for the address of a page; without being shared it is its writer's alone."""

    __tablename__ = "saved_views"
    __table_args__ = (
        Index("saved_views_by_actor", "shop_id", "actor"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    view_id: Mapped[UUID]
    at: Mapped[datetime]
    actor: Mapped[str]
    is_removed: Mapped[bool]
    name: Mapped[str] = mapped_column(Words())
    page: Mapped[str]
    state: Mapped[str] = mapped_column(Words())
    is_shared: Mapped[bool]
