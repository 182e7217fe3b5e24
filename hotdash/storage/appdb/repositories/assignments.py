"""Who works on which landing page: one row per change, the newest says how it stands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import SeoAssignment


@dataclass(frozen=True, slots=True)
class AssignmentRecord:
    shop_id: str
    assignment_id: UUID
    at: datetime
    landing_page: str
    assignee: str
    state: str
    actor: str
    decision_id: UUID
    note: str | None = None


def add_assignment(session: Session, record: AssignmentRecord) -> None:
    session.execute(insert(SeoAssignment).inline().values(asdict(record)))


def list_assignments(
    session: Session, shop_id: str, states: Sequence[str] = (), assignment_id: UUID | None = None
) -> list[AssignmentRecord]:
    """As each stands, the newest change first."""
    newest = (
        select(SeoAssignment.event_id)
        .where(SeoAssignment.shop_id == shop_id)
        .ext(distinct_on(SeoAssignment.assignment_id))
        .order_by(SeoAssignment.assignment_id, SeoAssignment.event_id.desc())
    )
    if assignment_id is not None:
        newest = newest.where(SeoAssignment.assignment_id == assignment_id)
    query = select(SeoAssignment).where(
        SeoAssignment.shop_id == shop_id, SeoAssignment.event_id.in_(newest)
    )
    if states:
        query = query.where(SeoAssignment.state.in_(states))
    names = AssignmentRecord.__dataclass_fields__
    return [
        AssignmentRecord(**{name: getattr(row, name) for name in names})
        for row in session.scalars(query.order_by(SeoAssignment.event_id.desc()))
    ]
