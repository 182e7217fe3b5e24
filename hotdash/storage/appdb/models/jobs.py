"""What is to be done when, what was asked for, and which workers are there to do it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Particulars, Words

IS_WAITING = "status in ('queued', 'running')"


class Schedule(Base):
    """One row per job that is due by the clock: its newest slot, and whether it is paused."""

    __tablename__ = "schedules"
    __table_args__ = ({"schema": "app"},)

    name: Mapped[str] = mapped_column(primary_key=True)
    cron: Mapped[str]
    timezone: Mapped[str]
    last_slot: Mapped[datetime | None]
    next_slot: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    pause_reason: Mapped[str | None] = mapped_column(Words())


class JobRun(Base):
    """A slot is done once, whoever is there to do it."""

    __tablename__ = "job_runs"
    __table_args__ = (
        Index("job_runs_by_slot", "job", "slot", unique=True),
        Index("job_runs_waiting", "requested_at", postgresql_where=text(IS_WAITING)),
        Index("job_runs_by_shop", "shops", postgresql_using="gin"),
        {"schema": "app"},
    )

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    job: Mapped[str]
    slot: Mapped[str]
    shops: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    arguments: Mapped[dict[str, Any]] = mapped_column(
        Particulars(), server_default=text("'{}'::jsonb")
    )
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    status: Mapped[str]
    run_id: Mapped[UUID | None]
    worker_id: Mapped[UUID | None]
    error: Mapped[str | None] = mapped_column(Words())


class Worker(Base):
    """One row per worker process, with when it was last heard of."""

    __tablename__ = "workers"
    __table_args__ = ({"schema": "app"},)

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    roles: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    version: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
