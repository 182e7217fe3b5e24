"""How backfills stand, for a terminal and for the API: one document for both."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.jobs.backfill import standing
from hotdash.jobs.plan_backfill import diff_row
from hotdash.pipeline.backfill.status import ChunkTimes, Status, how_far, may_follow, what_now
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord, chunks_of, diff_of
from hotdash.storage.appdb.repositories.backfills import (
    EventRecord,
    PlanRecord,
    events_of,
    newest_events,
    plan_records,
)

Document = dict[str, Any]
RUN, DRY_RUN = "run", "dry_run"
# Of the pseudonyms in records; whoever is unknown is shown by theirs.
Names = Mapping[str, str]


def list_backfills(
    session: Session, shops: Sequence[str], names: Names, *, limit: int = 100, offset: int = 0
) -> list[Document]:
    """The newest first; `offset` leaves out as many of them."""
    events = newest_events(session, shops)[offset : offset + limit]
    return [_standing(event, names) for event in events]


def show_backfill(
    session: Session, backfill_id: UUID, names: Names, shop_id: str | None = None
) -> Document:
    """Of the shops that this transaction may see; with a shop only of that one."""
    events = [event for event in standing(session, backfill_id) if _is_of(event, shop_id)]
    newest = max(events, key=lambda event: event.at)
    chunks = [each for each in chunks_of(session, backfill_id) if each.shop_id == newest.shop_id]
    far = how_far([ChunkTimes(each.started_at, each.finished_at) for each in chunks])
    return {
        "backfill": str(backfill_id),
        "shops": [_standing(event, names) for event in events],
        "progress": {
            "done": far.done,
            "planned": far.planned,
            "share": str(far.share),
            "ends_about": _instant(far.ends_about),
        },
        "dry_run": _tried(session, backfill_id, shop_id),
        "next": what_now(Status(newest.status)),
        "may_become": sorted(status.value for status in may_follow(Status(newest.status))),
        "history": [
            {
                "shop": event.shop_id,
                "status": event.status,
                "at": iso_utc(event.at),
                "by": _name(event.detail.get("by", event.triggered_by), names),
                "detail": {
                    name: str(event.detail[name])
                    for name in ("reason", "rationale", "error")
                    if event.detail.get(name)
                },
            }
            for event in events_of(session, backfill_id)
            if _is_of(event, shop_id)
        ],
    }


def show_diff(session: Session, backfill_id: UUID, shop_id: str) -> Document:
    """What it changed by metric and day, or would by its dry run: as a table and as a chart takes it."""
    made_by, rows = found_diff(session, backfill_id, shop_id)
    return {
        "backfill": str(backfill_id),
        "made_by": made_by,
        "rows": [diff_row(row) for row in rows],
    }


def found_diff(
    session: Session, backfill_id: UUID, shop_id: str
) -> tuple[str | None, list[DiffRecord]]:
    """By what it was found, and the numbers of this shop that differ."""
    diff_id, made_by = _diff(session, backfill_id, shop_id)
    rows = diff_of(session, diff_id) if diff_id else []
    return made_by, [row for row in rows if row.shop_id == shop_id]


def _diff(session: Session, backfill_id: UUID, shop_id: str) -> tuple[UUID | None, str | None]:
    """Of the run once there is one: it says what is shown, not what would be."""
    events = newest_events(session, [shop_id], backfill_id)
    if events and events[0].diff_id is not None:
        return events[0].diff_id, RUN
    plans = _plans(session, backfill_id, shop_id)
    if not events and not plans:
        raise NotFoundError(
            f"There is no backfill {backfill_id} of {shop_id}.",
            hint="See those of the shop with `hotdash backfill list`.",
            field="backfill",
        )
    return (backfill_id, DRY_RUN) if any(map(_dry_run, plans)) else (None, None)


def _plans(session: Session, backfill_id: UUID, shop_id: str | None) -> list[PlanRecord]:
    records = plan_records(session, backfill_id)
    return [each for each in records if shop_id is None or each.shop_id == shop_id]


def _dry_run(plan: PlanRecord) -> Document | None:
    return plan.plan.get("dry_run")


def _tried(session: Session, backfill_id: UUID, shop_id: str | None) -> Document | None:
    """Of the shops that may be seen here."""
    found = [told for each in _plans(session, backfill_id, shop_id) if (told := _dry_run(each))]
    if not found:
        return None
    changes = sum(told["changes"] for told in found)
    return {"at": found[0]["at"], "changes": changes}


def _is_of(event: EventRecord, shop_id: str | None) -> bool:
    return shop_id is None or event.shop_id == shop_id


def _name(actor: str, names: Names) -> str:
    return names.get(actor, actor)


def _standing(event: EventRecord, names: Names) -> Document:
    return {
        "backfill": str(event.backfill_id),
        "shop": event.shop_id,
        "status": event.status,
        "at": iso_utc(event.at),
        "from": _day(event.date_from),
        "to": _day(event.date_to),
        "environment": event.environment,
        "models": list(event.models),
        "sources": list(event.sources),
        "refetch": event.refetch,
        "reason": event.reason,
        "asked_by": _name(event.triggered_by, names),
        "asked_at": iso_utc(event.triggered_at),
        "approved_by": event.approved_by and _name(event.approved_by, names),
        "incident": event.incident_ref,
        "deviation": event.deviation,
        "plan_hash": event.plan_hash,
        "rows": event.rows_affected,
        "seconds": _amount(event.duration_seconds),
        "manifest_before": _id(event.manifest_before),
        "manifest_after": _id(event.manifest_after),
        "diff": _id(event.diff_id),
    }


def _day(day: date) -> str:
    return day.isoformat()


def _instant(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _amount(value: object) -> str | None:
    return None if value is None else f"{value:f}"
