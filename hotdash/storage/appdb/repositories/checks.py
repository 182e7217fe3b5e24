"""What was built and what the gate found, kept for pages, scorecards and alerts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Build, BuildModel, CheckResult, Run

RUNNING = "running"
COMPLETED = "completed"
FAILED = "failed"
PASSED = "passed"
_BY_GRAVITY = case({"blocking": 0, "warning": 1}, value=CheckResult.severity, else_=2)


@dataclass(frozen=True)
class BuildRecord:
    build_id: UUID
    run_id: UUID
    as_of: datetime
    mode: str
    reason: str
    started_at: datetime
    finished_at: datetime | None
    status: str = COMPLETED


@dataclass(frozen=True)
class ModelRecord:
    model: str
    status: str
    seconds: float
    rows: int | None


@dataclass(frozen=True)
class CheckRecord:
    """One check's answer for one shop; a passed one has nothing to say."""

    shop_id: str
    check_name: str
    severity: str
    status: str
    marts: tuple[str, ...] = ()
    failing_rows: int = 0
    sentence: str = ""
    mend: str = ""
    owner: str = ""
    sample: tuple[dict[str, Any], ...] = field(default=())
    dimension: str | None = None
    sources: tuple[str, ...] = ()
    # Of a warning that somebody set aside: it is shown, and tells nobody.
    override_id: UUID | None = None
    at: datetime | None = field(default=None, compare=False)


def save_build(session: Session, build: BuildRecord, models: Iterable[ModelRecord]) -> None:
    """A repeated step overwrites what it said before, but does not forget the models it knew."""
    values = {
        "build_id": build.build_id,
        "run_id": build.run_id,
        "as_of": build.as_of,
        "mode": build.mode,
        "reason": build.reason,
        "started_at": build.started_at,
        "finished_at": build.finished_at,
        "status": build.status,
    }
    session.execute(
        insert(Build).values(values).on_conflict_do_update(index_elements=["build_id"], set_=values)
    )
    computed = [
        BuildModel(
            build_id=build.build_id,
            model=model.model,
            status=model.status,
            seconds=model.seconds,
            rows=model.rows,
        )
        for model in models
    ]
    if computed:
        session.execute(delete(BuildModel).where(BuildModel.build_id == build.build_id))
        session.add_all(computed)


def close_abandoned_builds(session: Session, at: datetime) -> None:
    """A build whose run has ended, and that never said so itself, died with it."""
    is_over = select(Run.run_id).where(Run.run_id == Build.run_id, Run.status != RUNNING).exists()
    session.execute(
        update(Build).where(Build.status == RUNNING, is_over).values(status=FAILED, finished_at=at)
    )


def save_check_results(
    session: Session, build_id: UUID, results: Sequence[CheckRecord], at: datetime
) -> None:
    """A repeated step overwrites what it said before."""
    session.execute(delete(CheckResult).where(CheckResult.build_id == build_id))
    session.add_all(
        CheckResult(
            shop_id=result.shop_id,
            build_id=build_id,
            check_name=result.check_name,
            severity=result.severity,
            status=result.status,
            marts=list(result.marts),
            failing_rows=result.failing_rows,
            sentence=result.sentence,
            mend=result.mend,
            owner=result.owner,
            sample=list(result.sample),
            at=at,
            dimension=result.dimension,
            sources=list(result.sources),
            override_id=result.override_id,
        )
        for result in results
    )


def failed_checks(session: Session, shop_id: str, build_id: UUID) -> list[CheckRecord]:
    """What stands between a shop's build and its pages, the gravest first."""
    found = session.scalars(
        select(CheckResult)
        .where(
            CheckResult.shop_id == shop_id,
            CheckResult.build_id == build_id,
            CheckResult.status == FAILED,
        )
        .order_by(_BY_GRAVITY, CheckResult.check_name)
    )
    return [_check_record(row) for row in found]


def failures_before(session: Session, shop_id: str, build_id: UUID) -> list[CheckRecord]:
    """Of the newest build that was checked before this one."""
    before = session.scalar(
        select(CheckResult.build_id)
        .where(CheckResult.shop_id == shop_id, CheckResult.build_id != build_id)
        .order_by(CheckResult.at.desc())
        .limit(1)
    )
    return failed_checks(session, shop_id, before) if before else []


def passed_checks(session: Session, shop_id: str, build_id: UUID) -> set[str]:
    """By name, those that were asked of the shop and found nothing; silence about others is no answer."""
    return set(
        session.scalars(
            select(CheckResult.check_name).where(
                CheckResult.shop_id == shop_id,
                CheckResult.build_id == build_id,
                CheckResult.status == PASSED,
            )
        )
    )


def newest_answers(session: Session, shop_id: str) -> list[CheckRecord]:
    """Every check's answer in the shop's newest checked build, the failing and gravest first."""
    found = session.scalars(
        select(CheckResult)
        .where(
            CheckResult.shop_id == shop_id,
            CheckResult.build_id == newest_checked_build(session, shop_id),
        )
        .order_by(CheckResult.status, _BY_GRAVITY, CheckResult.check_name)
    )
    return [_check_record(row) for row in found]


def answers_of(session: Session, shop_id: str, check_name: str, limit: int) -> list[CheckRecord]:
    """What one check said, the newest first."""
    found = session.scalars(
        select(CheckResult)
        .where(CheckResult.shop_id == shop_id, CheckResult.check_name == check_name)
        .order_by(CheckResult.at.desc())
        .limit(limit)
    )
    return [_check_record(row) for row in found]


def newest_checked_build(session: Session, shop_id: str) -> UUID | None:
    return session.scalar(
        select(CheckResult.build_id)
        .where(CheckResult.shop_id == shop_id)
        .order_by(CheckResult.at.desc())
        .limit(1)
    )


def newest_finished_build(session: Session) -> BuildRecord | None:
    found = session.scalars(
        select(Build)
        .where(Build.status == COMPLETED, Build.finished_at.is_not(None))
        .order_by(Build.finished_at.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    return BuildRecord(
        *(found.build_id, found.run_id, found.as_of, found.mode, found.reason or ""),
        *(found.started_at, found.finished_at, found.status),
    )


def build_models(session: Session, build_id: UUID) -> list[ModelRecord]:
    found = session.scalars(
        select(BuildModel).where(BuildModel.build_id == build_id).order_by(BuildModel.model)
    )
    return [ModelRecord(row.model, row.status, row.seconds, row.rows) for row in found]


def _check_record(row: CheckResult) -> CheckRecord:
    return CheckRecord(
        shop_id=row.shop_id,
        check_name=row.check_name,
        severity=row.severity,
        status=row.status,
        marts=tuple(row.marts),
        failing_rows=row.failing_rows,
        sentence=row.sentence,
        mend=row.mend,
        owner=row.owner,
        sample=tuple(row.sample),
        dimension=row.dimension,
        sources=tuple(row.sources),
        override_id=row.override_id,
        at=row.at,
    )
