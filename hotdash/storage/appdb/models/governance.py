"""What people decided, and the record of everything done that nobody can change."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    FetchedValue,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Particulars, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class Decision(Base):
    """Appended only: a correction is another one that names the one it corrects."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index("decisions_by_time", "shop_id", "decided_at"),
        Index("decisions_by_subject", "shop_id", "subject", "decided_at"),
        Index(
            "decisions_once",
            *("shop_id", "actor", "idempotency_key"),
            unique=True,
            postgresql_where=text("idempotency_key is not null"),
        ),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[str]
    action: Mapped[str]
    actor: Mapped[str]
    subject: Mapped[str]
    rationale: Mapped[str] = mapped_column(Words())
    detail: Mapped[dict[str, Any]] = mapped_column(
        Particulars(), server_default=text("'{}'::jsonb")
    )
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    request_id: Mapped[str | None]
    external_ref: Mapped[str | None] = mapped_column(Words())
    corrects: Mapped[UUID | None]
    recommendation_id: Mapped[UUID | None]
    idempotency_key: Mapped[str | None]


class DashboardFact(Base):
    """Something that happened or was measured, with its type's version: appended, never changed."""

    __tablename__ = "dashboard_facts"
    __table_args__ = (
        Index("dashboard_facts_by_type", "shop_id", "fact_type", "occurred_at"),
        Index(
            "dashboard_facts_rate_limits",
            "occurred_at",
            postgresql_where=text("fact_type = 'ops.rate_limit.window'"),
        ),
        Index(
            "dashboard_facts_corrected_once",
            *("shop_id", "corrects"),
            unique=True,
            postgresql_where=text("corrects is not null"),
        ),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    fact_id: Mapped[UUID] = mapped_column(primary_key=True)
    fact_type: Mapped[str]
    version: Mapped[int]
    occurred_at: Mapped[datetime]
    value: Mapped[Decimal | None] = mapped_column(Numeric(20, 4))
    metadata_: Mapped[dict[str, Any]] = mapped_column(
        "metadata", server_default=text("'{}'::jsonb")
    )
    evidence: Mapped[str | None]
    corrects: Mapped[UUID | None]


class AuditEvent(Base):
    """Without a shop: what concerns the whole installation, shown to no shop's users."""

    __tablename__ = "events"
    __table_args__ = (Index("events_by_time", "shop_id", "at"), {"schema": "audit"})

    shop_id: Mapped[str | None]
    event_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(
        Particulars(), server_default=text("'{}'::jsonb")
    )
    request_id: Mapped[str | None]
    row_hash: Mapped[bytes] = mapped_column(server_default=FetchedValue())


class AuditLink(Base):
    """An event's place in the chain of its shop; the chain of the installation has no name."""

    __tablename__ = "links"
    __table_args__ = (
        CheckConstraint("position > 0"),
        CheckConstraint("octet_length(row_hash) = 32"),
        CheckConstraint("octet_length(previous) = 32"),
        CheckConstraint("octet_length(hash) = 32"),
        {"schema": "audit"},
    )

    chain: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger(), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger(), unique=True)
    row_hash: Mapped[bytes]
    previous: Mapped[bytes]
    hash: Mapped[bytes]
    sealed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class AuditPending(Base):
    """What was committed and is not in the chain yet."""

    __tablename__ = "pending"
    __table_args__ = ({"schema": "audit"},)

    event_id: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)


class AuditArchive(Base):
    """A stretch of a chain that rests in a file of the home."""

    __tablename__ = "archives"
    __table_args__ = (
        CheckConstraint("first_position > 0"),
        CheckConstraint("last_position >= first_position"),
        CheckConstraint("octet_length(sha256) = 32"),
        {"schema": "audit"},
    )

    chain: Mapped[str] = mapped_column(primary_key=True)
    first_position: Mapped[int] = mapped_column(BigInteger(), primary_key=True)
    last_position: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[bytes]
    archived_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
