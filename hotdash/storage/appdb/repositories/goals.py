"""What a shop wants a metric to be over some days: appended, the newest of each holds."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.marks import Goal


@dataclass(frozen=True, slots=True)
class GoalRecord:
    shop_id: str
    goal_id: UUID
    at: datetime
    actor: str
    metric: str
    first_day: date
    last_day: date
    target: Decimal
    currency: str | None


def add_goal(session: Session, record: GoalRecord, *, is_removed: bool = False) -> None:
    # Without RETURNING: whoever may add one is not asked to read it back.
    session.execute(
        insert(Goal)
        .inline()
        .values(
            shop_id=record.shop_id,
            entry_id=new_id(),
            goal_id=record.goal_id,
            at=record.at,
            actor=record.actor,
            is_removed=is_removed,
            metric=record.metric,
            first_day=record.first_day,
            last_day=record.last_day,
            target=record.target,
            currency=record.currency,
        )
    )


def list_goals(session: Session, shop_id: str) -> list[GoalRecord]:
    """Those that hold, the newest days first."""
    newest = session.scalars(
        select(Goal)
        .where(Goal.shop_id == shop_id)
        .ext(distinct_on(Goal.goal_id))
        .order_by(Goal.goal_id, Goal.at.desc(), Goal.entry_id.desc())
    )
    held = [_record(row) for row in newest if not row.is_removed]
    return sorted(held, key=lambda each: (each.last_day, each.first_day, each.metric), reverse=True)


def _record(row: Goal) -> GoalRecord:
    return GoalRecord(
        row.shop_id,
        row.goal_id,
        row.at,
        row.actor,
        row.metric,
        row.first_day,
        row.last_day,
        row.target,
        row.currency,
    )
