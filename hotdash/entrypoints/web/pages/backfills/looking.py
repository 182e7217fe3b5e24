"""Everything that is known of one backfill of one shop: its plan, how it stands, who is at it, what it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.entrypoints.web.api.backfills import names_of_tellers
from hotdash.entrypoints.web.parts import Parts
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.jobs.at_work import backfill_at_work, has_worker
from hotdash.jobs.plan_asked import find_planning, planning_document
from hotdash.jobs.show_backfills import found_diff, show_backfill
from hotdash.jobs.show_plan import plan_document
from hotdash.jobs.sum_up_diff import FIRST, MetricChange, sum_up
from hotdash.storage.appdb.repositories.backfills import (
    EventRecord,
    PlanRecord,
    newest_events,
    plan_records,
)
from hotdash.storage.appdb.repositories.publications import Pointer, pointer_of
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stake:
    """What the days that are to be computed anew say now."""

    revenue: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Looked:
    """`event` and `standing` are there once it was asked for; `planning` where it was planned in the web."""

    backfill_id: UUID
    now: datetime
    planning: Document | None
    plan: Document | None
    event: EventRecord | None
    standing: Document | None
    work: Document
    made_by: str | None
    changes: Sequence[MetricChange]
    stake: Stake | None
    pointer: Pointer | None

    @property
    def days(self) -> Document:
        """Whatever tells its days: `from` and `to`."""
        told = self.plan or self.planning or (self.standing["shops"][0] if self.standing else None)
        if told is None:
            raise ValueError(f"nothing is known of {self.backfill_id}")
        return told


def look(parts: Parts, visit: Visit, shop: VisitedShop, backfill_id: UUID) -> Looked:
    """The person's own view first: what that does not show is not looked for elsewhere."""
    now, shop_id, names = parts.context.clock.now(), shop.shop_id, names_of_tellers(parts)
    with parts.context.database.as_user(visit.user_id) as session:
        events = newest_events(session, [shop_id], backfill_id)
        record = _plan_of(session, backfill_id, shop_id)
        made_by, rows = (
            found_diff(session, backfill_id, shop_id) if events or record else (None, [])
        )
        standing = show_backfill(session, backfill_id, names, shop_id) if events else None
        days = record.plan["days"] if record else None
        stake = _stake(session, shop, days, now) if days else None
    with parts.context.database.jobs() as session:
        job = find_planning(session, backfill_id, shop_id)
        if not events and record is None and job is None:
            raise NotFoundError(
                f"There is no backfill {backfill_id} of this shop.",
                hint="The page Backfills lists those there are.",
                field="backfill",
            )
        planning = planning_document(job) if job else None
        return Looked(
            backfill_id,
            now,
            planning and {**planning, "has_worker": has_worker(session, now)},
            plan_document(session, record, names) if record else None,
            events[0] if events else None,
            standing,
            backfill_at_work(session, backfill_id, shop_id, now),
            made_by,
            sum_up(rows),
            stake,
            pointer_of(session, shop_id),
        )


def _plan_of(session: Session, plan_id: UUID, shop_id: str) -> PlanRecord | None:
    records = plan_records(session, plan_id)
    return next((each for each in records if each.shop_id == shop_id), None)


def _stake(session: Session, shop: VisitedShop, days: Sequence[str], now: datetime) -> Stake | None:
    """None where nothing is published that could answer."""
    first, last = (datetime.fromisoformat(day).date() for day in days)
    try:
        question = Question.parse(shops=[shop.shop_id], metrics=[FIRST], first=first, last=last)
        answer = query(session, question, now)
        return Stake(answer.only(FIRST).value, answer.rows[0].currency or shop.currency)
    except (HotdashError, IndexError):
        return None
