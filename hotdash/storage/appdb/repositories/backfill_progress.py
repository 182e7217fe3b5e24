"""How far a backfill is, what its steps left behind, what it changed, and how long such things took."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import BackfillChunk, BackfillDiff
from hotdash.storage.appdb.models.operations import (
    Build,
    BuildModel,
    PublicationOutcome,
    Run,
    RunStep,
)

WAITING, RUNNING, COMPLETED = "waiting", "running", "completed"
BUILDS_LOOKED_AT = 10


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    shop_id: str
    chunk: str
    status: str
    rows: int | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DiffRecord:
    """A metric of a day before and after; without a currency where it is none of money."""

    shop_id: str
    metric: str
    version: str
    day: date
    currency: str
    before: Decimal | None
    after: Decimal | None


def add_chunks(
    session: Session, backfill_id: UUID, shops: Sequence[str], chunks: Sequence[str]
) -> None:
    """Nothing of them is done: what an attempt that failed had done is done anew by the next."""
    rows = [
        {"shop_id": shop_id, "backfill_id": backfill_id, "chunk": chunk, "status": WAITING}
        for shop_id in shops
        for chunk in chunks
    ]
    undone = {"status": WAITING, "rows": None, "started_at": None, "finished_at": None}
    session.execute(
        upsert(BackfillChunk)
        .values(rows)
        .on_conflict_do_update(
            index_elements=[
                BackfillChunk.shop_id,
                BackfillChunk.backfill_id,
                BackfillChunk.chunk,
            ],
            set_=undone,
        )
    )


def begin_chunk(session: Session, backfill_id: UUID, chunk: str, at: datetime) -> None:
    _change(session, backfill_id, chunk, {"status": RUNNING, "started_at": at})


def finish_chunk(
    session: Session, backfill_id: UUID, chunk: str, rows: int | None, at: datetime
) -> None:
    _change(session, backfill_id, chunk, {"status": COMPLETED, "rows": rows, "finished_at": at})


def chunks_of(session: Session, backfill_id: UUID) -> list[ChunkRecord]:
    found = session.scalars(
        select(BackfillChunk)
        .where(BackfillChunk.backfill_id == backfill_id)
        .order_by(BackfillChunk.shop_id, BackfillChunk.chunk)
    )
    return [
        ChunkRecord(row.shop_id, row.chunk, row.status, row.rows, row.started_at, row.finished_at)
        for row in found
    ]


def add_diff(session: Session, diff_id: UUID, rows: Sequence[DiffRecord]) -> None:
    if rows:
        session.execute(insert(BackfillDiff), [{**asdict(row), "diff_id": diff_id} for row in rows])


def diff_of(session: Session, diff_id: UUID) -> list[DiffRecord]:
    found = session.scalars(
        select(BackfillDiff)
        .where(BackfillDiff.diff_id == diff_id)
        .order_by(BackfillDiff.shop_id, BackfillDiff.metric, BackfillDiff.version, BackfillDiff.day)
    )
    return [
        DiffRecord(
            row.shop_id, row.metric, row.version, row.day, row.currency, row.before, row.after
        )
        for row in found
    ]


def seconds_of_models(session: Session, models: Sequence[str]) -> dict[str, float]:
    """What each of them took in the mean of the last builds that were not of everything."""
    recent = (
        select(Build.build_id)
        .where(Build.status == COMPLETED, Build.mode != "full")
        .order_by(Build.started_at.desc())
        .limit(BUILDS_LOOKED_AT)
    )
    found = session.execute(
        select(BuildModel.model, func.avg(BuildModel.seconds))
        .where(BuildModel.build_id.in_(recent), BuildModel.model.in_(models))
        .group_by(BuildModel.model)
    )
    return {model: float(seconds) for model, seconds in found}


def blocked_now(session: Session, shop_id: str) -> set[str]:
    """The marts of a shop that their newest publication left as they were."""
    newest = (
        select(PublicationOutcome.mart, PublicationOutcome.outcome)
        .where(PublicationOutcome.shop_id == shop_id)
        .ext(distinct_on(PublicationOutcome.mart))
        .order_by(PublicationOutcome.mart, PublicationOutcome.at.desc())
        .subquery()
    )
    return set(session.scalars(select(newest.c.mart).where(newest.c.outcome == "blocked")))


def steps_left(session: Session, resource: str) -> dict[str, Mapping[str, Any]]:
    """What the finished steps of every run of this backfill left, also of runs that failed."""
    found = session.execute(
        select(RunStep.step, RunStep.detail)
        .join(Run, Run.run_id == RunStep.run_id)
        .where(Run.warehouse == resource, RunStep.status == COMPLETED)
        .order_by(RunStep.finished_at)
    )
    return {row.step: row.detail for row in found}


def _change(session: Session, backfill_id: UUID, chunk: str, values: Mapping[str, Any]) -> None:
    session.execute(
        update(BackfillChunk)
        .where(BackfillChunk.backfill_id == backfill_id, BackfillChunk.chunk == chunk)
        .values(values)
    )
