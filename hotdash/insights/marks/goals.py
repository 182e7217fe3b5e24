"""Goals: what a metric is to be over some days, how far it is, and what a day's share of it would be."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.insights.metrics.definition import Aggregation, Metric, Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.repositories.goals import GoalRecord, add_goal, list_goals
from hotdash.storage.appdb.repositories.shops import get_shop

_LONGEST_DAYS = 3 * 366
_MOST = Decimal(10) ** 15
_FINEST = Decimal("0.0001")


class GoalError(HotdashError):
    code = "invalid_goal"


@dataclass(frozen=True, slots=True)
class NewGoal:
    metric: str
    first: date
    last: date
    target: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """value is of the goal's days that are over; days_known how many of them these are."""

    goal: GoalRecord
    metric: Metric
    value: Decimal | None
    why: str | None
    days_known: int

    @property
    def days(self) -> int:
        return (self.goal.last_day - self.goal.first_day).days + 1

    @property
    def is_summed(self) -> bool:
        return is_summed(self.metric)

    @property
    def share(self) -> Decimal | None:
        """Of the target; a target of nought is no share of anything."""
        if self.value is None or self.goal.target <= 0:
            return None
        return self.value / self.goal.target

    @property
    def share_of_days(self) -> Decimal:
        return Decimal(self.days_known) / self.days

    @property
    def is_on_track(self) -> bool | None:
        """A sum against the share of its days that is over, anything else against the target itself."""
        if self.value is None or not self.days_known:
            return None
        wanted = self.goal.target * (self.share_of_days if self.is_summed else 1)
        return self.value >= wanted if self.metric.direction == "up" else self.value <= wanted


def is_summed(metric: Metric) -> bool:
    return metric.aggregation is Aggregation.SUM


def set_goal(
    session: Session, shop_id: str, wanted: NewGoal, actor: str, now: datetime
) -> GoalRecord:
    metric = registry().get(wanted.metric)
    _refuse_days(wanted)
    target = wanted.target
    if not target.is_finite() or not 0 < target < _MOST or target != target.quantize(_FINEST):
        raise GoalError(
            f"{target} is no goal.",
            hint="Name a number above zero with at most four decimals.",
            field="target",
        )
    for each in list_goals(session, shop_id):
        if (each.metric, each.first_day, each.last_day) == (
            metric.name,
            wanted.first,
            wanted.last,
        ):
            raise ConflictError(
                f"{metric.title} has a goal for these days already.",
                hint="Remove that one first; what it was stays on record.",
                field="metric",
            )
    currency = get_shop(session, shop_id).currency if metric.unit is Unit.MONEY else None
    record = GoalRecord(
        shop_id, new_id(), now, actor, metric.name, wanted.first, wanted.last, target, currency
    )
    add_goal(session, record)
    return record


def _refuse_days(wanted: NewGoal) -> None:
    if wanted.first > wanted.last or (wanted.last - wanted.first).days >= _LONGEST_DAYS:
        raise GoalError(
            f"{wanted.first} to {wanted.last} are no days of a goal.",
            hint="Name a last day that is not before the first, and at most three years.",
            field="to",
        )


def remove_goal(
    session: Session, shop_id: str, goal_id: UUID, actor: str, now: datetime
) -> GoalRecord:
    for each in list_goals(session, shop_id):
        if each.goal_id == goal_id:
            gone = replace(each, at=now, actor=actor)
            add_goal(session, gone, is_removed=True)
            return gone
    raise NotFoundError(
        f"There is no goal {goal_id} in this shop.",
        hint="Load the page again: somebody may have removed it already.",
        field="goal",
    )


def progress_of(session: Session, goal: GoalRecord, now: datetime) -> Progress:
    metric = registry().get(goal.metric)
    question = Question.parse(
        shops=[goal.shop_id],
        metrics=[goal.metric],
        first=goal.first_day,
        last=goal.last_day,
    )
    answer = query(session, question, now)
    known = answer.shops[0].last_complete
    if known is None or known < goal.first_day:
        why = answer.only(goal.metric).why or "None of its days is over."
        return Progress(goal, metric, None, why, 0)
    if known < goal.last_day:
        # A day that is not over would count in the sum and not in the days.
        answer = query(session, question.until(known), now)
    cell = answer.only(goal.metric)
    days_known = (min(known, goal.last_day) - goal.first_day).days + 1
    return Progress(goal, metric, cell.value, cell.why, days_known)


def target_of(goal: GoalRecord, metric: Metric, bucket: Window) -> Decimal | None:
    """What the goal asks of these days: their share of a sum, the target itself of anything else."""
    first, last = max(goal.first_day, bucket.first), min(goal.last_day, bucket.last)
    if first > last:
        return None
    if not is_summed(metric):
        return goal.target
    days = (goal.last_day - goal.first_day).days + 1
    return goal.target * ((last - first).days + 1) / days
