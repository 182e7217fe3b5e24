"""Who is there to work: every worker says so again and again, and whoever falls silent is taken for dead."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Worker

SILENT_AFTER = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    worker_id: UUID
    host: str
    pid: int
    roles: tuple[str, ...]
    version: str
    started_at: datetime
    seen_at: datetime

    def is_alive(self, now: datetime) -> bool:
        return now - self.seen_at <= SILENT_AFTER

    @property
    def name(self) -> str:
        return f"process {self.pid} on {self.host}"


def say_alive(session: Session, worker: WorkerRecord, at: datetime) -> None:
    values = {
        "host": worker.host,
        "pid": worker.pid,
        "roles": list(worker.roles),
        "version": worker.version,
        "started_at": worker.started_at,
        "seen_at": at,
    }
    row = insert(Worker).values(worker_id=worker.worker_id, **values)
    session.execute(
        row.on_conflict_do_update(index_elements=[Worker.worker_id], set_={"seen_at": at})
    )


def list_workers(session: Session) -> list[WorkerRecord]:
    return [
        WorkerRecord(
            row.worker_id,
            row.host,
            row.pid,
            tuple(row.roles),
            row.version,
            row.started_at,
            row.seen_at,
        )
        for row in session.scalars(select(Worker).order_by(Worker.started_at, Worker.worker_id))
    ]


def call_silent(session: Session, worker_id: UUID, at: datetime) -> None:
    """Of a process that is known to be gone; its last word is made too old to count."""
    silent = at - SILENT_AFTER - timedelta(seconds=1)
    session.execute(
        update(Worker)
        .where(Worker.worker_id == worker_id, Worker.seen_at > silent)
        .values(seen_at=silent)
    )


def forget_workers(session: Session, seen_before: datetime, kept: Collection[UUID] = ()) -> None:
    session.execute(
        delete(Worker).where(Worker.seen_at < seen_before, Worker.worker_id.not_in(kept))
    )


def forget_worker(session: Session, worker_id: UUID) -> None:
    session.execute(delete(Worker).where(Worker.worker_id == worker_id))
