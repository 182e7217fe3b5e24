"""What another policy would have changed, month by month, before anybody decides it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.entrypoints.web import formatting
from hotdash.insights.metrics.period import Range
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.trial import TrialMonth, checked_switch, moved_by, try_policy
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.repositories.visits import VisitedShop

_SHOWN_FIRST = ("revenue", "orders", "roas", "contribution")


@dataclass(frozen=True, slots=True)
class TrialLine:
    month: str
    decided: str
    tried: str
    change: str


@dataclass(frozen=True, slots=True)
class TrialView:
    policy: str
    value: str
    metric: str
    lines: tuple[TrialLine, ...]

    @property
    def changes_nothing(self) -> bool:
        return all(line.change in ("0", formatting.MISSING) for line in self.lines)


def trial_of(
    session: Session, shop: VisitedShop, policy: str, value: str, now: datetime
) -> TrialView:
    """By the metric that people know best of those that the policy moves."""
    metrics = registry()
    checked_switch(metrics, policy, value)
    moved = moved_by(metrics, policy)
    chosen = next(
        (name for name in _SHOWN_FIRST if name in moved), moved[0] if moved else "revenue"
    )
    question = Question.parse(
        shops=[shop.shop_id], metrics=[chosen], by=["month"], range=Range.MONTHS_12
    )
    tried = try_policy(session, question, policy, value, now)
    told = [each for each in tried.months if each.decided is not None or each.tried is not None]
    lines = tuple(_line(each, shop.currency) for each in told)
    return TrialView(policy, value, metrics.get(chosen).title, lines)


def _line(each: TrialMonth, currency: str) -> TrialLine:
    unit = each.metric.unit.value
    unit = (each.currency or currency) if unit == "money" else unit
    change = each.change
    signed = formatting.quantity(change, unit)
    return TrialLine(
        month=each.month,
        decided=formatting.quantity(each.decided, unit),
        tried=formatting.quantity(each.tried, unit),
        change="0" if change == Decimal(0) else f"+{signed}" if (change or 0) > 0 else signed,
    )
