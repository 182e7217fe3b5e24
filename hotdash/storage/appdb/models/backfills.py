"""What backfills were asked for, planned and done, how far one is, and what it changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Particulars, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class BackfillEvent(Base):
    """One row per event and shop, appended only; the newest says how the backfill stands."""

    __tablename__ = "backfills"
    __table_args__ = (
        Index("backfills_by_shop", "shop_id", "backfill_id", "event_id"),
        Index("backfills_in_turn", "shop_id", "backfill_id", "previous_event", unique=True),
        {"schema": "audit"},
    )

    event_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    shop_id: Mapped[str]
    backfill_id: Mapped[UUID]
    at: Mapped[datetime]
    status: Mapped[str]
    triggered_by: Mapped[str]
    triggered_at: Mapped[datetime]
    date_from: Mapped[date]
    date_to: Mapped[date]
    models: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    sources: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    refetch: Mapped[bool]
    reason: Mapped[str] = mapped_column(Words())
    environment: Mapped[str]
    plan_hash: Mapped[str]
    approved_by: Mapped[str | None]
    incident_ref: Mapped[str | None]
    deviation: Mapped[str | None] = mapped_column(Words())
    rows_affected: Mapped[int | None] = mapped_column(BigInteger())
    duration_seconds: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    diff_id: Mapped[UUID | None]
    manifest_before: Mapped[UUID | None]
    manifest_after: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(
        Particulars(), server_default=text("'{}'::jsonb")
    )
    previous_event: Mapped[int | None] = mapped_column(BigInteger())


class BackfillPlan(Base):
    """One row per plan of a backfill, as it was shown before somebody asked for it."""

    __tablename__ = "backfill_plans"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_hash: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    plan: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class BackfillChunk(Base):
    """All of them stand here as waiting before the first begins, so that the share done is known."""

    __tablename__ = "backfill_chunks"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    backfill_id: Mapped[UUID] = mapped_column(primary_key=True)
    chunk: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    rows: Mapped[int | None] = mapped_column(BigInteger())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BackfillDiff(Base):
    """A metric of a day before and after; without a currency where it is none of money."""

    __tablename__ = "backfill_diffs"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    diff_id: Mapped[UUID] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True, server_default=text("''::text"))
    before: Mapped[Decimal | None] = mapped_column(Numeric())
    after: Mapped[Decimal | None] = mapped_column(Numeric())
