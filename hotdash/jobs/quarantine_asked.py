"""Asking a vendor again for what no table could hold, put in line in the web and carried out by a worker."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.retry_quarantine import STEP, RetryRequest, retry_in_run
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.jobs import (
    JobRecord,
    JobRequest,
    newest_jobs,
    request_job,
)
from hotdash.storage.appdb.repositories.runs import steps_of
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.quarantine import Chosen, Quarantined

JOB = "retry_quarantine"
_LOOKED_AT = 50


def enqueue_retry(
    database: Database,
    clock: Clock,
    shop_id: str,
    source: str,
    record: str | None,
    *,
    actor: str,
    request_id: str | None = None,
) -> UUID:
    """One at a time of each source: a second question would be asked of the same waiting records."""
    job_id, at = new_id(), clock.now()
    with database.jobs() as session:
        if any(not each.is_over for each in retries_of(session, shop_id, source)):
            raise ConflictError(
                f"What {source} could not be read of is being asked for again already.",
                hint="Wait until that has ended; this page says when.",
            )
        told = {"source": source, "record": record}
        request_job(session, JobRequest(job_id, JOB, str(job_id), actor, [shop_id], told), at)
        add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action="retry_quarantine",
            subject=source,
            at=at,
            detail={"record": record, "job": str(job_id)},
            request_id=request_id,
        )
    return job_id


def carry_out(context: JobContext, job: JobRecord) -> None:
    chosen = Chosen(job.shops, job.arguments["source"], record=job.arguments["record"])
    with context.refreshing() as work:
        retry_in_run(
            *(work, context.progress, RetryRequest(chosen), context.patience),
            context.name_run(job),
        )


def retries_of(session: Session, shop_id: str, source: str) -> list[JobRecord]:
    """The newest first."""
    found = newest_jobs(session, JOB, shop_id, _LOOKED_AT)
    return [each for each in found if each.arguments.get("source") == source]


def retry_document(session: Session, job: JobRecord) -> dict[str, Any]:
    """How far it is, and once it is over what came of it; the session is the owner's."""
    steps = steps_of(session, job.run_id) if job.run_id else []
    told = next((dict(each.detail) for each in steps if each.step == STEP and each.detail), None)
    return {
        "job": str(job.job_id),
        "state": job.status,
        "asked_by": job.requested_by,
        "asked_at": iso_utc(job.requested_at),
        "finished_at": iso_utc(job.finished_at) if job.finished_at else None,
        "record": job.arguments.get("record"),
        "error": job.error,
        "outcome": told,
    }


def quarantine_document(each: Quarantined) -> dict[str, Any]:
    """As every answer tells it; what the vendor sent is told apart."""
    return {
        "record": each.record_id,
        "shop": each.shop_id,
        "source": each.source,
        "table": each.table_name,
        "vendor_id": each.vendor_id,
        "day": each.day.isoformat() if each.day else None,
        "reason": each.reason,
        "waiting": each.is_waiting,
        "times": each.times,
        "first_at": iso_utc(each.first_at),
        "last_at": iso_utc(each.last_at),
    }
