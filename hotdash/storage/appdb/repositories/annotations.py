"""What happened on which days, as people wrote it down: appended, the newest of each holds."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.marks import Annotation


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    shop_id: str
    annotation_id: UUID
    at: datetime
    actor: str
    kind: str
    first_day: date
    last_day: date
    title: str


def add_annotation(session: Session, record: AnnotationRecord, *, is_removed: bool = False) -> None:
    # Without RETURNING: whoever may add one is not asked to read it back.
    session.execute(
        insert(Annotation)
        .inline()
        .values(
            shop_id=record.shop_id,
            entry_id=new_id(),
            annotation_id=record.annotation_id,
            at=record.at,
            actor=record.actor,
            is_removed=is_removed,
            kind=record.kind,
            first_day=record.first_day,
            last_day=record.last_day,
            title=record.title,
        )
    )


def list_annotations(session: Session, shop_id: str) -> list[AnnotationRecord]:
    """Those that hold, by their first day."""
    newest = session.scalars(
        select(Annotation)
        .where(Annotation.shop_id == shop_id)
        .ext(distinct_on(Annotation.annotation_id))
        .order_by(Annotation.annotation_id, Annotation.at.desc(), Annotation.entry_id.desc())
    )
    held = [_record(row) for row in newest if not row.is_removed]
    return sorted(held, key=lambda each: (each.first_day, each.title))


def _record(row: Annotation) -> AnnotationRecord:
    return AnnotationRecord(
        row.shop_id,
        row.annotation_id,
        row.at,
        row.actor,
        row.kind,
        row.first_day,
        row.last_day,
        row.title,
    )
