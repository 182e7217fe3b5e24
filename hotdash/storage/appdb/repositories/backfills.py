"""How backfills stand, by the newest of their events, and the plans they carry out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on, insert
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.base.logging import without_addresses
from hotdash.storage.appdb.models import BackfillEvent, BackfillPlan
from hotdash.storage.appdb.models.serving import Manifest

RUNNING = "running"
_IN_TURN = ("shop_id", "backfill_id", "previous_event")


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What was said about one shop of a backfill, and all that was known when it was said."""

    shop_id: str
    backfill_id: UUID
    at: datetime
    status: str
    triggered_by: str
    triggered_at: datetime
    date_from: date
    date_to: date
    models: Sequence[str]
    sources: Sequence[str]
    refetch: bool
    reason: str
    environment: str
    plan_hash: str
    approved_by: str | None = None
    incident_ref: str | None = None
    deviation: str | None = None
    rows_affected: int | None = None
    duration_seconds: Decimal | None = None
    diff_id: UUID | None = None
    manifest_before: UUID | None = None
    manifest_after: UUID | None = None
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    event_id: int | None = None
    """As it was read; what is made of it and added follows it."""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A shop's share of a plan; the hash is that of the whole."""

    shop_id: str
    plan_id: UUID
    plan_hash: str
    made_at: datetime
    made_by: str
    plan: Mapping[str, Any]
    expires_at: datetime


def shops_backfilling(session: Session) -> set[str]:
    return {event.shop_id for event in newest_events(session) if event.status == RUNNING}


def running_backfills(session: Session) -> set[UUID]:
    return {event.backfill_id for event in newest_events(session) if event.status == RUNNING}


def newest_events(
    session: Session, shops: Collection[str] | None = None, backfill_id: UUID | None = None
) -> list[EventRecord]:
    """Of every backfill and shop the newest event, the newest backfill first."""
    of_one = (BackfillEvent.shop_id, BackfillEvent.backfill_id)
    newest = (
        select(BackfillEvent.event_id)
        .ext(distinct_on(*of_one))
        .order_by(*of_one, BackfillEvent.event_id.desc())
    )
    if shops is not None:
        newest = newest.where(BackfillEvent.shop_id.in_(shops))
    if backfill_id is not None:
        newest = newest.where(BackfillEvent.backfill_id == backfill_id)
    found = session.scalars(
        select(BackfillEvent)
        .where(BackfillEvent.event_id.in_(newest))
        .order_by(BackfillEvent.triggered_at.desc(), BackfillEvent.backfill_id.desc(), "shop_id")
    )
    return [_event(row) for row in found]


def events_of(session: Session, backfill_id: UUID) -> list[EventRecord]:
    """In the order they were said."""
    found = session.scalars(
        select(BackfillEvent)
        .where(BackfillEvent.backfill_id == backfill_id)
        .order_by(BackfillEvent.event_id)
    )
    return [_event(row) for row in found]


def add_events(session: Session, events: Sequence[EventRecord]) -> None:
    """Appended only, each after the one it was made of. What people say by their role goes through `tell`."""
    statement = insert(BackfillEvent).on_conflict_do_nothing(index_elements=_IN_TURN)
    added = session.scalars(
        statement.returning(BackfillEvent.shop_id), [_row(event) for event in events]
    )
    late = {event.shop_id for event in events}.difference(added)
    if late:
        raise ConflictError(
            f"Somebody said something else of the backfill {events[0].backfill_id} of "
            f"{', '.join(sorted(late))} at the same moment.",
            hint="Look at it again with `hotdash backfill status`.",
        )


def tell(
    session: Session,
    shop_id: str,
    backfill_id: UUID,
    status: str,
    at: datetime,
    told: Mapping[str, Any],
) -> bool:
    """As the person of this transaction; False where their role or how it stands does not allow it.

    Where somebody else says something at the same moment, the transaction ends as a conflict.
    """
    query = text(
        "select app.tell_backfill(:shop, :backfill, :status, cast(:at as timestamptz), :told)"
    ).bindparams(bindparam("told", type_=JSONB), bindparam("status", type_=Text))
    values = {"shop": shop_id, "backfill": backfill_id, "status": status, "at": at}
    return bool(session.scalar(query, {**values, "told": without_addresses(told)}))


def lock_shops(session: Session, shops: Sequence[str]) -> None:
    """Until this transaction ends nobody else begins a backfill of these shops."""
    for shop_id in sorted(shops):
        key = func.hashtext(f"hotdash backfill {shop_id}", type_=Integer)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def save_plan(session: Session, records: Sequence[PlanRecord]) -> None:
    session.execute(insert(BackfillPlan), [asdict(record) for record in records])


def plan_records(session: Session, plan_id: UUID) -> list[PlanRecord]:
    found = session.scalars(
        select(BackfillPlan).where(BackfillPlan.plan_id == plan_id).order_by(BackfillPlan.shop_id)
    )
    return [_plan(row) for row in found]


def open_plans(session: Session, shop_id: str, at: datetime, limit: int) -> list[PlanRecord]:
    """Of a shop, still good and not asked for yet, the newest first."""
    asked_for = (
        select(BackfillEvent.event_id)
        .where(
            BackfillEvent.shop_id == BackfillPlan.shop_id,
            BackfillEvent.backfill_id == BackfillPlan.plan_id,
        )
        .exists()
    )
    found = session.scalars(
        select(BackfillPlan)
        .where(BackfillPlan.shop_id == shop_id, BackfillPlan.expires_at > at, ~asked_for)
        .order_by(BackfillPlan.made_at.desc(), BackfillPlan.plan_id.desc())
        .limit(limit)
    )
    return [_plan(row) for row in found]


def keep_manifest(session: Session, shop_id: str, manifest_id: UUID, until: datetime) -> None:
    """What a rollback leads back to stays at least until then."""
    session.execute(
        update(Manifest)
        .where(Manifest.shop_id == shop_id, Manifest.manifest_id == manifest_id)
        .values(keep_until=func.greatest(Manifest.keep_until, until))
    )


def _row(event: EventRecord) -> dict[str, Any]:
    told = asdict(event) | {"models": list(event.models), "sources": list(event.sources)}
    return told | {"previous_event": told.pop("event_id")}


def _event(row: BackfillEvent) -> EventRecord:
    return EventRecord(**{name: getattr(row, name) for name in EventRecord.__dataclass_fields__})


def _plan(row: BackfillPlan) -> PlanRecord:
    return PlanRecord(**{name: getattr(row, name) for name in PlanRecord.__dataclass_fields__})
