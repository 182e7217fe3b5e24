"""The decisions people made about a shop: written once, read newest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Decision


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    shop_id: str
    decision_id: UUID
    scope: str
    action: str
    actor: str
    subject: str
    rationale: str
    decided_at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])
    request_id: str | None = None


def add_decision(session: Session, decision: DecisionRecord) -> None:
    # Without RETURNING: whoever may add a decision need not be allowed to read all of it back.
    session.execute(
        insert(Decision).values(
            shop_id=decision.shop_id,
            decision_id=decision.decision_id,
            scope=decision.scope,
            action=decision.action,
            actor=decision.actor,
            subject=decision.subject,
            rationale=decision.rationale,
            detail=dict(decision.detail),
            decided_at=decision.decided_at,
            request_id=decision.request_id,
        )
    )


def list_decisions(
    session: Session, shop_id: str, *, before: datetime | None = None, limit: int = 100
) -> list[DecisionRecord]:
    query = select(Decision).where(Decision.shop_id == shop_id)
    if before is not None:
        query = query.where(Decision.decided_at < before)
    newest_first = query.order_by(Decision.decided_at.desc(), Decision.decision_id.desc())
    return [_record(row) for row in session.scalars(newest_first.limit(limit))]


def _record(row: Decision) -> DecisionRecord:
    return DecisionRecord(
        shop_id=row.shop_id,
        decision_id=row.decision_id,
        scope=row.scope,
        action=row.action,
        actor=row.actor,
        subject=row.subject,
        rationale=row.rationale,
        decided_at=row.decided_at,
        detail=row.detail,
        request_id=row.request_id,
    )
