"""Facts about how shops are run: added once, read newest first, corrected by another that names the first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Table, exists, func, select
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from hotdash.storage.appdb.models import ApiCall, DashboardFact
from hotdash.storage.appdb.repositories.api_calls import THROTTLED


@dataclass(frozen=True, slots=True)
class FactRecord:
    shop_id: str
    fact_id: UUID
    fact_type: str
    version: int
    occurred_at: datetime
    value: Decimal | None
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any])
    evidence: str | None = None
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class ThrottledCall:
    vendor: str
    at: datetime
    operation: str


def add_facts(session: Session, records: Sequence[FactRecord]) -> int:
    """How many were not there yet. Without RETURNING of more than the role may read."""
    if not records:
        return 0
    rows = [
        {
            "shop_id": record.shop_id,
            "fact_id": record.fact_id,
            "fact_type": record.fact_type,
            "version": record.version,
            "occurred_at": record.occurred_at,
            "value": record.value,
            "metadata": dict(record.metadata),
            "evidence": record.evidence,
            **({"corrects": record.corrects} if record.corrects else {}),
        }
        for record in records
    ]
    table = cast(Table, DashboardFact.__table__)
    added = session.execute(insert(table).on_conflict_do_nothing().returning(table.c.fact_id), rows)
    return len(added.all())


def newest_fact(session: Session, shop_id: str, fact_type: str) -> FactRecord | None:
    found = list_facts(session, shop_id, fact_type=fact_type, limit=1)
    return found[0] if found else None


def list_facts(
    session: Session,
    shop_id: str,
    *,
    fact_type: str | None = None,
    hidden: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[FactRecord]:
    """Without those that another one stands for, and without hidden types."""
    query = select(DashboardFact).where(DashboardFact.shop_id == shop_id, ~_is_corrected())
    if hidden:
        query = query.where(DashboardFact.fact_type.not_in(hidden))
    if fact_type is not None:
        query = query.where(DashboardFact.fact_type == fact_type)
    if since is not None:
        query = query.where(DashboardFact.occurred_at >= since)
    if until is not None:
        query = query.where(DashboardFact.occurred_at < until)
    if before is not None:
        key = func.row(DashboardFact.occurred_at, DashboardFact.fact_id)
        query = query.where(key < func.row(*before))
    newest_first = query.order_by(DashboardFact.occurred_at.desc(), DashboardFact.fact_id.desc())
    return [_record(row) for row in session.scalars(newest_first.limit(limit))]


def last_told(session: Session, shop_id: str) -> dict[str, datetime]:
    """Of every type that this shop has a fact of, when its newest one occurred."""
    found = session.execute(
        select(DashboardFact.fact_type, func.max(DashboardFact.occurred_at).label("at"))
        .where(DashboardFact.shop_id == shop_id)
        .group_by(DashboardFact.fact_type)
        .order_by(DashboardFact.fact_type)
    )
    return {row.fact_type: row.at for row in found}


def pages_told(session: Session, shop_id: str, fact_type: str, since: datetime) -> set[str]:
    """Landing pages that a fact named since then."""
    page = DashboardFact.metadata_["landing_page"].astext
    found = session.scalars(
        select(page).where(
            DashboardFact.shop_id == shop_id,
            DashboardFact.fact_type == fact_type,
            DashboardFact.occurred_at > since,
        )
    )
    return set(found)


def windows_since(session: Session, fact_type: str, since: datetime) -> list[FactRecord]:
    """Of every shop, the newest first: those that had not ended by then. Asked every minute: the
    migration of the mirror made an index of these facts alone."""
    ended_at = cast_to(DashboardFact.metadata_["last_at"].astext, DateTime(timezone=True))
    found = session.scalars(
        select(DashboardFact)
        .where(DashboardFact.fact_type == fact_type, ended_at >= since)
        .order_by(DashboardFact.occurred_at.desc(), DashboardFact.fact_id)
    )
    return [_record(row) for row in found]


def without_breach_times(session: Session, shop_id: str, fact_type: str) -> list[FactRecord]:
    """Facts that name breached conversations and lack the moment of at least one of them."""
    ids = DashboardFact.metadata_["breached_ids"]
    times = DashboardFact.metadata_["breach_times"]
    known = func.coalesce(
        select(func.count()).select_from(func.jsonb_object_keys(times).alias()).scalar_subquery(),
        0,
    )
    found = session.scalars(
        select(DashboardFact)
        .where(
            DashboardFact.shop_id == shop_id,
            DashboardFact.fact_type == fact_type,
            func.jsonb_typeof(ids) == "array",
            func.jsonb_array_length(ids) > known,
            ~_is_corrected(),
        )
        .order_by(DashboardFact.occurred_at, DashboardFact.fact_id)
    )
    return [_record(row) for row in found]


def throttled_calls(session: Session, shop_id: str, run_id: UUID) -> list[ThrottledCall]:
    found = session.execute(
        select(ApiCall.vendor, ApiCall.at, ApiCall.operation)
        .where(
            ApiCall.shop_id == shop_id,
            ApiCall.run_id == run_id,
            ApiCall.status.in_(THROTTLED),
        )
        .order_by(ApiCall.vendor, ApiCall.at)
    )
    return [ThrottledCall(*row) for row in found]


def _is_corrected() -> ColumnElement[bool]:
    later = aliased(DashboardFact)
    return exists().where(
        later.shop_id == DashboardFact.shop_id, later.corrects == DashboardFact.fact_id
    )


def _record(row: DashboardFact) -> FactRecord:
    return FactRecord(
        row.shop_id,
        row.fact_id,
        row.fact_type,
        row.version,
        row.occurred_at,
        row.value,
        row.metadata_,
        row.evidence,
        row.corrects,
    )
