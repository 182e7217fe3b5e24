"""Who is at what somebody put in line: a living process, nobody yet, or a process that died."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.jobs.backfill_asked import GIVE_UP, asked_of_workers
from hotdash.jobs.queue import Lane
from hotdash.pipeline.backfill.status import resource_of
from hotdash.storage.appdb.repositories import jobs, workers
from hotdash.storage.appdb.repositories.leases import is_locked


def has_worker(session: Session, now: datetime) -> bool:
    """One that has the warehouse; without it what is in line stays there."""
    return any(
        each.is_alive(now) and Lane.WAREHOUSE.value in each.roles
        for each in workers.list_workers(session)
    )


def backfill_at_work(
    session: Session, backfill_id: UUID, shop_id: str, now: datetime
) -> dict[str, Any]:
    """`error` is that of the newest attempt, where it ended in one: it may have begun nothing at all."""
    asked = asked_of_workers(session, backfill_id, shop_id)
    waiting = next((each for each in asked if not each.is_over), None)
    failed = asked[0] if asked and asked[0].status == jobs.FAILED else None
    return {
        "has_process": is_locked(session, resource_of(backfill_id)),
        "in_line_since": iso_utc(waiting.requested_at) if waiting else None,
        "is_giving_up": waiting is not None and GIVE_UP in waiting.arguments,
        "has_worker": has_worker(session, now),
        "error": failed.error if failed else None,
        "failed_at": iso_utc(failed.finished_at) if failed and failed.finished_at else None,
    }
