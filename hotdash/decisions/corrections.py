"""A decision is never changed: what was wrong about it is said by another one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.decisions.log import Action, Decision, Learnt, Scope, record_decision
from hotdash.storage.appdb.repositories.decisions import (
    DecisionRecord,
    decision_by_key,
    find_decision,
)


def correct(
    session: Session,
    shop_id: str,
    decision_id: UUID,
    now: datetime,
    *,
    actor: str,
    rationale: str,
    edits: Mapping[str, Any] | None = None,
    request_id: str | None = None,
    idempotency_key: str | None = None,
    hidden: Collection[str] = (),
) -> UUID:
    """What it set off stays as it is: whoever wants that undone decides that."""
    if idempotency_key is not None:
        earlier = decision_by_key(session, shop_id, actor, idempotency_key)
        if earlier is not None:
            return _repeated(earlier, decision_id)
    found = find_decision(session, shop_id, decision_id)
    if found is None or found.scope in hidden:
        raise NotFoundError(
            f"There is no decision {decision_id} in this shop.",
            hint="Look into the history: `hotdash decisions list --history`.",
            field="decision",
        )
    shown = {
        "action": found.action,
        "rationale": found.rationale,
        "decided_at": iso_utc(found.decided_at),
    }
    decision = Decision(
        shop_id=shop_id,
        scope=Scope(found.scope),
        action=Action.CORRECT,
        actor=actor,
        subject=found.subject,
        rationale=rationale,
        shown=shown,
        request_id=request_id,
        corrects=decision_id,
        recommendation_id=found.recommendation_id,
        idempotency_key=idempotency_key,
        learnt=Learnt(edits=dict(edits or {})),
    )
    return record_decision(session, decision, now)


def _repeated(earlier: DecisionRecord, decision_id: UUID) -> UUID:
    if earlier.corrects != decision_id:
        raise ConflictError(
            "This Idempotency-Key stands for something else.",
            hint="Use a new key for each thing you ask for.",
            field="Idempotency-Key",
        )
    return earlier.decision_id
