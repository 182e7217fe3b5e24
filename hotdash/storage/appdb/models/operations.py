"""What the pipeline did: runs, their steps, builds, checks, publications and how fresh the data is."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Particulars, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY

RUN_KEY = "app.runs.run_id"
BUILD_KEY = "app.builds.build_id"


class Run(Base):
    """One row per run on a warehouse, whatever it does there."""

    __tablename__ = "runs"
    __table_args__ = (
        Index("runs_by_start", "started_at"),
        Index("runs_by_shop", "shops", postgresql_using="gin"),
        {"schema": "app"},
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    warehouse: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Words())
    shops: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))


class RunStep(Base):
    """One row per step of a run: what is finished is never done again."""

    __tablename__ = "run_steps"
    __table_args__ = ({"schema": "app"},)

    run_id: Mapped[UUID] = mapped_column(ForeignKey(RUN_KEY, ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    attempt: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(
        Particulars(), server_default=text("'{}'::jsonb")
    )
    error: Mapped[str | None] = mapped_column(Words())


class LeaseHolder(Base):
    """Who a person has to look for when the warehouse is taken; the lock itself is elsewhere."""

    __tablename__ = "lease_holders"
    __table_args__ = ({"schema": "app"},)

    warehouse: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    run_id: Mapped[UUID | None]
    pid: Mapped[int]
    host: Mapped[str]
    taken_at: Mapped[datetime]


class Build(Base):
    """One row per build of the warehouse: as of when, how much of it, and why."""

    __tablename__ = "builds"
    __table_args__ = (Index("builds_by_run", "run_id"), {"schema": "app"})

    build_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey(RUN_KEY, ondelete="CASCADE"))
    as_of: Mapped[datetime]
    mode: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Words())
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    status: Mapped[str]


class BuildModel(Base):
    """One row per model that a build computed."""

    __tablename__ = "build_models"
    __table_args__ = ({"schema": "app"},)

    build_id: Mapped[UUID] = mapped_column(
        ForeignKey(BUILD_KEY, ondelete="CASCADE"), primary_key=True
    )
    model: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    seconds: Mapped[float] = mapped_column(Double())
    rows: Mapped[int | None] = mapped_column(BigInteger())


class CheckResult(Base):
    """One row per shop, build and check: what it found, and what to do."""

    __tablename__ = "check_results"
    __table_args__ = (Index("check_results_by_time", "shop_id", "at"), {"schema": "app"})

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    # No key to builds: a warehouse may be older than the app database it publishes to.
    build_id: Mapped[UUID] = mapped_column(primary_key=True)
    check_name: Mapped[str] = mapped_column(primary_key=True)
    severity: Mapped[str]
    status: Mapped[str]
    marts: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    failing_rows: Mapped[int] = mapped_column(BigInteger())
    sentence: Mapped[str] = mapped_column(Words())
    mend: Mapped[str] = mapped_column(Words())
    owner: Mapped[str]
    sample: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    at: Mapped[datetime]
    dimension: Mapped[str | None]
    sources: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    override_id: Mapped[UUID | None]


class PublicationOutcome(Base):
    """One row per shop, build and mart: published, unchanged or blocked, and why."""

    __tablename__ = "publication_outcomes"
    __table_args__ = (Index("publication_outcomes_by_time", "shop_id", "at"), {"schema": "app"})

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    build_id: Mapped[UUID] = mapped_column(primary_key=True)
    mart: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    reasons: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    manifest_id: Mapped[UUID | None]
    at: Mapped[datetime]


class Freshness(Base):
    """Up to when everything a source has is here; the day it stops, pages say so."""

    __tablename__ = "freshness"
    __table_args__ = ({"schema": "app"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    complete_through: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
