"""What another decision would have changed, month by month; nothing is decided by asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.insights.metrics.definition import Metric, PolicySwitch
from hotdash.insights.metrics.query.answer import Answer, rounded
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import QueryError, Question
from hotdash.insights.metrics.registry import Registry, registry


@dataclass(frozen=True, slots=True)
class TrialMonth:
    month: str
    metric: Metric
    currency: str | None
    decided: Decimal | None
    tried: Decimal | None

    @property
    def change(self) -> Decimal | None:
        if self.decided is None or self.tried is None:
            return None
        return self.tried - self.decided


@dataclass(frozen=True, slots=True)
class Trial:
    policy: str
    value: str
    shop_id: str
    months: Sequence[TrialMonth]

    def as_json(self) -> dict[str, Any]:
        return {
            "policy": self.policy,
            "value": self.value,
            "shop": self.shop_id,
            "months": [_month(each) for each in self.months],
        }


def try_policy(
    session: Session, question: Question, policy: str, value: str, now: datetime
) -> Trial:
    """The question is asked twice in one snapshot: as it was decided, and as if this had been."""
    metrics = registry()
    checked_switch(metrics, policy, value)
    _refuse_unmoved(metrics, question, policy)
    decided = query(session, question, now)
    tried = query(session, question, now, assumed={policy: value})
    months = [
        TrialMonth(
            str(row.key["month"]),
            each.metric,
            row.currency,
            row.cells[each.asked].value,
            _at(tried, row.key["month"], each.asked),
        )
        for row in decided.rows
        for each in decided.metrics
    ]
    return Trial(policy, value, question.shops[0], months)


def checked_switch(metrics: Registry, policy: str, value: str) -> PolicySwitch:
    """The switch of that name, and that the value is one of its own."""
    switches = metrics.switches()
    switch = switches.get(policy)
    if switch is None:
        raise QueryError(
            f"No metric asks about the policy {policy!r}.",
            hint=f"Use one of {', '.join(sorted(switches))}.",
            field="policy",
        )
    if not switch.allows(value):
        raise QueryError(
            f"{policy} cannot be {value!r}.",
            hint=f"Use {switch.offer}.",
            field="value",
        )
    return switch


def moved_by(metrics: Registry, policy: str) -> list[str]:
    """The metrics that have the switch, and those made of them."""
    moved = {
        metric.name
        for metric in metrics
        if policy in {each.switch for each in metric.policy if each.moves_value}
    }
    for _ in range(len(moved) + 3):
        moved |= {metric.name for metric in metrics if moved & metric.components.keys()}
    return sorted(moved)


def _refuse_unmoved(metrics: Registry, question: Question, policy: str) -> None:
    moved = moved_by(metrics, policy)
    for asked in question.metrics:
        metrics.get(asked.name, asked.version)
        if asked.name not in moved:
            raise QueryError(
                f"{policy} changes nothing about {asked.name}.",
                hint=f"Ask about one of {', '.join(moved)}."
                if moved
                else f"It moves no metric: {metrics.switches()[policy].reason}",
                field="metric",
            )


def _at(answer: Answer, month: object, metric: str) -> Decimal | None:
    found = [row.cells[metric].value for row in answer.rows if row.key["month"] == month]
    return found[0] if found else None


def _month(each: TrialMonth) -> dict[str, Any]:
    return {
        "month": each.month,
        "metric": each.metric.name,
        "currency": each.currency,
        "decided": _text(rounded(each.decided, each.metric, each.currency)),
        "tried": _text(rounded(each.tried, each.metric, each.currency)),
        "change": _text(rounded(each.change, each.metric, each.currency)),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
