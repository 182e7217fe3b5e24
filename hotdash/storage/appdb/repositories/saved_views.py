"""Names for addresses of pages: a person's own, and those that are shared in the shop."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.marks import SavedView


@dataclass(frozen=True, slots=True)
class SavedViewRecord:
    shop_id: str
    view_id: UUID
    at: datetime
    actor: str
    name: str
    page: str
    state: str
    is_shared: bool


def add_saved_view(session: Session, record: SavedViewRecord, *, is_removed: bool = False) -> None:
    # Without RETURNING: whoever may add one is not asked to read it back.
    session.execute(
        insert(SavedView)
        .inline()
        .values(
            shop_id=record.shop_id,
            entry_id=new_id(),
            view_id=record.view_id,
            at=record.at,
            actor=record.actor,
            is_removed=is_removed,
            name=record.name,
            page=record.page,
            state=record.state,
            is_shared=record.is_shared,
        )
    )


def list_saved_views(session: Session, shop_id: str, actor: str) -> list[SavedViewRecord]:
    """Those that this person may see, by name."""
    newest = session.scalars(
        select(SavedView)
        .where(SavedView.shop_id == shop_id, or_(SavedView.is_shared, SavedView.actor == actor))
        .ext(distinct_on(SavedView.view_id))
        .order_by(SavedView.view_id, SavedView.at.desc(), SavedView.entry_id.desc())
    )
    held = [_record(row) for row in newest if not row.is_removed]
    return sorted(held, key=lambda each: (each.name.casefold(), each.view_id))


def _record(row: SavedView) -> SavedViewRecord:
    return SavedViewRecord(
        row.shop_id,
        row.view_id,
        row.at,
        row.actor,
        row.name,
        row.page,
        row.state,
        row.is_shared,
    )
