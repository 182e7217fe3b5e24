"""What is recommended to a shop, everything that happened to it, what came of it, and who works on what."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Particulars, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY

IS_ASKED = "status in ('open', 'snoozed')"


class Recommendation(Base):
    """One thing to decide; of a kind and subject at most one is asked at a time."""

    __tablename__ = "recommendations"
    __table_args__ = (
        Index("recommendations_by_period", "shop_id", "kind", "subject", "period", unique=True),
        Index(
            "recommendations_asked_once",
            *("shop_id", "kind", "subject"),
            unique=True,
            postgresql_where=text(IS_ASKED),
        ),
        Index("recommendations_by_rank", "shop_id", "status", "rank"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    recommendation_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    period: Mapped[str]
    proposed_by: Mapped[str]
    title: Mapped[str]
    reason: Mapped[str]
    impact_amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    impact_text: Mapped[str | None]
    confidence: Mapped[str]
    deadline: Mapped[datetime | None]
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    verb: Mapped[str]
    options: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    features: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    status: Mapped[str]
    rank: Mapped[int | None]
    score: Mapped[Decimal]
    magnitude: Mapped[Decimal]
    metric: Mapped[str]
    measured: Mapped[Decimal | None]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    snoozed_until: Mapped[datetime | None]
    snoozed_magnitude: Mapped[Decimal | None]
    closed_at: Mapped[datetime | None]
    decision_id: Mapped[UUID | None]
    context: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    approval: Mapped[Decimal | None]
    is_trial: Mapped[bool] = mapped_column(server_default=text("false"))


class RecommendationEvent(Base):
    """Appended only: what learning will need of how each was shown, changed and answered."""

    __tablename__ = "recommendation_events"
    __table_args__ = (
        Index(
            "recommendation_events_by_recommendation", "shop_id", "recommendation_id", "event_id"
        ),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    recommendation_id: Mapped[UUID]
    at: Mapped[datetime]
    event: Mapped[str]
    actor: Mapped[str]
    rank: Mapped[int | None]
    magnitude: Mapped[Decimal | None]
    detail: Mapped[dict[str, Any]] = mapped_column(
        Particulars(), server_default=text("'{}'::jsonb")
    )


class DecisionOutcome(Base):
    """One row per decision of which was measured what came of it."""

    __tablename__ = "decision_outcomes"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    decision_id: Mapped[UUID] = mapped_column(primary_key=True)
    measured_at: Mapped[datetime]
    metric: Mapped[str]
    before: Mapped[Decimal | None]
    after: Mapped[Decimal | None]
    verdict: Mapped[str]
    sentence: Mapped[str]
    baseline: Mapped[Decimal | None]
    compared_with: Mapped[int | None]
    worked: Mapped[bool | None]


class SeoAssignment(Base):
    """One row per change of an assignment; the newest says how it stands."""

    __tablename__ = "seo_assignments"
    __table_args__ = (
        Index("seo_assignments_by_assignment", "shop_id", "assignment_id", "event_id"),
        {"schema": "app"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    event_id: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    assignment_id: Mapped[UUID]
    at: Mapped[datetime]
    landing_page: Mapped[str]
    assignee: Mapped[str] = mapped_column(Words())
    state: Mapped[str]
    actor: Mapped[str]
    note: Mapped[str | None] = mapped_column(Words())
    decision_id: Mapped[UUID]
