"""How vendors left their contracts: one open record each, until a person closes it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, case, cast, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.models import SchemaDrift

# What loses no rows is accepted by closing it, for good; what does is news when it comes again.
ACCEPTED_BY_CLOSING = ("added", "new_value", "deprecated", "version_ending")
NAMED_BY_DETAIL = "new_value"
IMPACTS = ("Critical", "High", "Medium", "Low")


@dataclass(frozen=True, slots=True)
class DriftRecord:
    shop_id: str
    drift_id: UUID
    source: str
    table_name: str
    kind: str
    field: str
    detail: str
    impact: str
    affected_models: tuple[str, ...]
    action: str
    owner: str
    detected_at: datetime
    last_seen_at: datetime
    target_date: date
    next_review: date
    evidence: dict[str, Any]
    closed_at: datetime | None = None
    closed_because: str | None = None


def note_drift(session: Session, drift: DriftRecord) -> bool:
    """Whether it is news. What is known gets its newest evidence and the graver impact of the two."""
    known = session.scalars(
        select(SchemaDrift)
        .where(
            SchemaDrift.shop_id == drift.shop_id,
            SchemaDrift.source == drift.source,
            SchemaDrift.table_name == drift.table_name,
            SchemaDrift.kind == drift.kind,
            SchemaDrift.field == drift.field,
            or_(SchemaDrift.kind != NAMED_BY_DETAIL, SchemaDrift.detail == drift.detail),
            or_(SchemaDrift.closed_at.is_(None), SchemaDrift.kind.in_(ACCEPTED_BY_CLOSING)),
        )
        .order_by(SchemaDrift.closed_at.is_(None).desc(), SchemaDrift.detected_at.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if known is None:
        return _add(session, drift)
    known.last_seen_at = max(known.last_seen_at, drift.last_seen_at)
    if known.closed_at is None:
        _refresh(known, drift)
    session.flush()
    return False


def list_drifts(
    session: Session, shops: Collection[str] | None = None, *, closed: bool = False
) -> list[DriftRecord]:
    """The open ones, the gravest first; with the closed ones behind them where asked."""
    order = case({name: place for place, name in enumerate(IMPACTS)}, value=SchemaDrift.impact)
    wanted = select(SchemaDrift).order_by(
        SchemaDrift.closed_at.is_not(None), order, SchemaDrift.detected_at
    )
    if shops is not None:
        wanted = wanted.where(SchemaDrift.shop_id.in_(shops))
    if not closed:
        wanted = wanted.where(SchemaDrift.closed_at.is_(None))
    return [_record(row) for row in session.scalars(wanted)]


def find_drift(session: Session, named: str) -> DriftRecord:
    """By its id, or by how that begins or ends where no other does."""
    drift_id = cast(SchemaDrift.drift_id, String)
    found = session.scalars(
        select(SchemaDrift)
        .where(
            or_(
                drift_id.startswith(named, autoescape=True),
                drift_id.endswith(named, autoescape=True),
            )
        )
        .limit(2)
    ).all()
    if len(found) != 1:
        many = "Several drifts have" if found else "No drift has"
        raise NotFoundError(
            f"{many} an id like {named!r}.", hint="`hotdash drift list` shows their ids."
        )
    return _record(found[0])


def close_drift(session: Session, drift: DriftRecord, because: str, at: datetime) -> None:
    session.execute(
        update(SchemaDrift)
        .where(
            SchemaDrift.shop_id == drift.shop_id,
            SchemaDrift.drift_id == drift.drift_id,
            SchemaDrift.closed_at.is_(None),
        )
        .values(closed_at=at, closed_because=because)
    )


def _add(session: Session, drift: DriftRecord) -> bool:
    values: dict[str, Any] = {name: getattr(drift, name) for name in DriftRecord.__slots__}
    values |= {"drift_id": new_id(), "affected_models": list(drift.affected_models)}
    added = session.execute(
        insert(SchemaDrift).values(values).on_conflict_do_nothing().returning(SchemaDrift.drift_id)
    )
    return added.first() is not None


def _refresh(known: SchemaDrift, drift: DriftRecord) -> None:
    known.detail = drift.detail
    known.affected_models = list(drift.affected_models)
    known.evidence = drift.evidence or known.evidence
    if IMPACTS.index(drift.impact) < IMPACTS.index(known.impact):
        known.impact = drift.impact
        known.target_date = min(known.target_date, drift.target_date)
        known.next_review = min(known.next_review, drift.next_review)


def _record(row: SchemaDrift) -> DriftRecord:
    values: dict[str, Any] = {name: getattr(row, name) for name in DriftRecord.__slots__}
    values["affected_models"] = tuple(row.affected_models)
    return DriftRecord(**values)
