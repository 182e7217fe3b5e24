"""The one durable record of what the pipeline began, finished, and left behind when it died."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.operations import Run, RunStep


class RunStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True)
class RunRecord:
    run_id: UUID
    warehouse: str
    kind: str
    status: RunStatus
    shops: tuple[str, ...]
    started_at: datetime
    finished_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class StepRecord:
    step: str
    status: RunStatus
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    detail: Mapping[str, Any]
    error: str | None


def start_run(
    session: Session, run_id: UUID, warehouse: str, kind: str, shops: Sequence[str], at: datetime
) -> None:
    session.add(
        Run(
            run_id=run_id,
            warehouse=warehouse,
            kind=kind,
            status=RunStatus.RUNNING.value,
            started_at=at,
            shops=list(shops),
        )
    )


def finish_run(
    session: Session, run_id: UUID, status: RunStatus, at: datetime, error: str | None = None
) -> None:
    session.execute(
        update(Run)
        .where(Run.run_id == run_id)
        .values(status=status.value, finished_at=at, error=error)
    )


def running(session: Session, warehouse: str) -> list[RunRecord]:
    """Under the warehouse's lock these are dead; the newest first."""
    found = session.scalars(
        select(Run)
        .where(Run.warehouse == warehouse, Run.status == RunStatus.RUNNING.value)
        .order_by(Run.started_at.desc(), Run.run_id.desc())
    )
    return [_run(run) for run in found]


def finish_dead_runs(session: Session, warehouse: str, at: datetime, error: str) -> None:
    """Under the warehouse's lock; without it pages would say for ever that they are under way."""
    for run in running(session, warehouse):
        finish_run(session, run.run_id, RunStatus.FAILED, at, error)


def find_run(session: Session, run_id: UUID) -> RunRecord | None:
    run = session.scalar(select(Run).where(Run.run_id == run_id))
    return _run(run) if run else None


def latest_runs(session: Session, limit: int) -> list[RunRecord]:
    newest = select(Run).order_by(Run.started_at.desc(), Run.run_id.desc()).limit(limit)
    return [_run(run) for run in session.scalars(newest)]


def steps_of(session: Session, run_id: UUID) -> list[StepRecord]:
    """In the order they began."""
    found = session.scalars(
        select(RunStep).where(RunStep.run_id == run_id).order_by(RunStep.started_at)
    )
    return [_step(step) for step in found]


def newest_detail(session: Session, step: str) -> Mapping[str, Any] | None:
    """What the step left behind when it was last completed, in whichever run."""
    return session.scalar(
        select(RunStep.detail)
        .where(RunStep.step == step, RunStep.status == RunStatus.COMPLETED.value)
        .order_by(RunStep.finished_at.desc(), RunStep.run_id.desc())
        .limit(1)
    )


def start_step(session: Session, run_id: UUID, step: str, at: datetime) -> int:
    """Which attempt at this step begins now."""
    started = insert(RunStep).values(
        run_id=run_id, step=step, status=RunStatus.RUNNING.value, attempt=1, started_at=at
    )
    again = started.on_conflict_do_update(
        index_elements=[RunStep.run_id, RunStep.step],
        set_={"attempt": RunStep.attempt + 1, "status": RunStatus.RUNNING.value, "error": None},
    )
    return session.execute(again.returning(RunStep.attempt)).scalar_one()


def finish_step(
    session: Session, run_id: UUID, step: str, detail: Mapping[str, Any], at: datetime
) -> None:
    _end_step(session, run_id, step, RunStatus.COMPLETED, at, detail=dict(detail))


def fail_step(session: Session, run_id: UUID, step: str, error: str, at: datetime) -> None:
    _end_step(session, run_id, step, RunStatus.FAILED, at, error=error)


def _end_step(
    session: Session, run_id: UUID, step: str, status: RunStatus, at: datetime, **values: Any
) -> None:
    session.execute(
        update(RunStep)
        .where(RunStep.run_id == run_id, RunStep.step == step)
        .values(status=status.value, finished_at=at, **values)
    )


def _run(run: Run) -> RunRecord:
    return RunRecord(
        run.run_id,
        run.warehouse,
        run.kind,
        RunStatus(run.status),
        tuple(run.shops),
        run.started_at,
        run.finished_at,
        run.error,
    )


def _step(step: RunStep) -> StepRecord:
    return StepRecord(
        step.step,
        RunStatus(step.status),
        step.attempt,
        step.started_at,
        step.finished_at,
        step.detail,
        step.error,
    )
