"""What sources do: their calls, their state, and how their shapes drift."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY

IS_OPEN = "closed_at is null"


class ApiCall(Base):
    """Kept for 30 days; the hours below last."""

    __tablename__ = "api_calls"
    __table_args__ = (
        Index("api_calls_by_time", "shop_id", "at"),
        Index("api_calls_by_run", "run_id", postgresql_where=text("run_id is not null")),
        Index("api_calls_by_age", "at", postgresql_using="brin"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    call_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    run_id: Mapped[UUID | None]
    vendor: Mapped[str]
    operation: Mapped[str]
    status: Mapped[str]
    seconds: Mapped[float] = mapped_column(Double())
    retries: Mapped[int] = mapped_column(BigInteger())
    cost: Mapped[int | None] = mapped_column(BigInteger())
    throttle: Mapped[float | None] = mapped_column(Double())


class ApiCallHour(Base):
    """One row per vendor, operation and hour, made of the single calls before they go."""

    __tablename__ = "api_call_hours"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger())
    failed: Mapped[int] = mapped_column(BigInteger())
    retried: Mapped[int] = mapped_column(BigInteger())
    throttled: Mapped[int] = mapped_column(BigInteger())
    seconds: Mapped[float] = mapped_column(Double())
    slowest: Mapped[float] = mapped_column(Double())
    cost: Mapped[int] = mapped_column(BigInteger())


class SourceState(Base):
    """Whether a source answers; a rejected key is not tried again until it is entered anew."""

    __tablename__ = "source_states"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    since: Mapped[datetime]
    failures: Mapped[int] = mapped_column(BigInteger(), server_default=text("0"))
    retry_at: Mapped[datetime | None]
    code: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Words())
    hint: Mapped[str | None] = mapped_column(Words())
    seen_at: Mapped[datetime]


class SchemaDrift(Base):
    """One way in which a vendor left its contract, until somebody closes it."""

    __tablename__ = "schema_drifts"
    __table_args__ = (
        Index(
            "schema_drifts_open",
            *("shop_id", "source", "table_name", "kind", "field", "detail"),
            unique=True,
            postgresql_where=text(IS_OPEN),
        ),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    drift_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    table_name: Mapped[str]
    kind: Mapped[str]
    field: Mapped[str]
    detail: Mapped[str]
    impact: Mapped[str]
    affected_models: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    action: Mapped[str]
    owner: Mapped[str]
    detected_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    target_date: Mapped[date]
    next_review: Mapped[date]
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    closed_at: Mapped[datetime | None]
    closed_because: Mapped[str | None] = mapped_column(Words())
