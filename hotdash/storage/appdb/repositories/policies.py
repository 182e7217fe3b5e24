"""What a shop decided how its metrics count, and from which day on."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import MetricPolicy


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    shop_id: str
    policy: str
    value: str
    effective_from: date
    decided_at: datetime
    decided_by: str
    reason: str


def decide_policy(session: Session, decision: PolicyDecision) -> None:
    """Added, never changed: for the same day the later decision holds."""
    session.add(
        MetricPolicy(
            shop_id=decision.shop_id,
            policy=decision.policy,
            value=decision.value,
            effective_from=decision.effective_from,
            decided_at=decision.decided_at,
            decided_by=decision.decided_by,
            reason=decision.reason,
        )
    )
    session.flush()


def list_policies(session: Session, shop_id: str) -> list[PolicyDecision]:
    """Every decision in the order in which they came to hold."""
    rows = session.scalars(
        select(MetricPolicy)
        .where(MetricPolicy.shop_id == shop_id)
        .order_by(MetricPolicy.policy, MetricPolicy.effective_from, MetricPolicy.decided_at)
    )
    return [_record(row) for row in rows]


def policy_on(session: Session, shop_id: str, policy: str, day: date) -> str | None:
    return session.scalar(
        select(MetricPolicy.value)
        .where(
            MetricPolicy.shop_id == shop_id,
            MetricPolicy.policy == policy,
            MetricPolicy.effective_from <= day,
        )
        .order_by(MetricPolicy.effective_from.desc(), MetricPolicy.decided_at.desc())
        .limit(1)
    )


def _record(row: MetricPolicy) -> PolicyDecision:
    return PolicyDecision(
        shop_id=row.shop_id,
        policy=row.policy,
        value=row.value,
        effective_from=row.effective_from,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
