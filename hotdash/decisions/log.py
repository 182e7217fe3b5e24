"""The decision log: who decided what about which shop, why, and what stood before them when they did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision


class Scope(StrEnum):
    PUBLICATION = "publication"
    METRICS = "metrics"
    QUALITY = "quality"
    ALERTS = "alerts"
    BACKFILLS = "backfills"


class Action(StrEnum):
    ROLL_BACK = "publication.roll_back"
    RELEASE = "publication.release"
    DECIDE_POLICY = "metrics.policy.decide"
    OVERRIDE_CHECK = "quality.check.override"
    REVOKE_OVERRIDE = "quality.check.revoke"
    DECIDE_FRESHNESS = "quality.freshness.decide"
    LABEL_INCIDENT = "quality.incident.label"
    RESOLVE_ALERT = "alerts.resolve"
    CALL_FALSE_ALARM = "alerts.false_alarm"
    REQUEST_BACKFILL = "backfills.request"
    APPROVE_BACKFILL = "backfills.approve"
    REFUSE_BACKFILL = "backfills.refuse"
    ABORT_BACKFILL = "backfills.abort"
    ROLL_BACK_BACKFILL = "backfills.roll_back"


class DecisionError(HotdashError):
    code = "invalid_decision"


@dataclass(frozen=True, slots=True)
class Decision:
    """Shown is what the person had before them; evidence points to what it rests on."""

    shop_id: str
    scope: Scope
    action: Action
    actor: str
    subject: str
    rationale: str
    shown: Mapping[str, Any] = field(default_factory=dict[str, Any])
    evidence: str | None = None
    request_id: str | None = None


def record_decision(session: Session, decision: Decision, at: datetime) -> UUID:
    """Appended only: a correction is another decision."""
    for name in ("actor", "subject", "rationale"):
        if not str(getattr(decision, name)).strip():
            raise DecisionError(
                f"A decision needs its {name}.", hint=f"Give the {name}.", field=name
            )
    decision_id = new_id()
    add_decision(
        session,
        DecisionRecord(
            shop_id=decision.shop_id,
            decision_id=decision_id,
            scope=decision.scope.value,
            action=decision.action.value,
            actor=decision.actor,
            subject=decision.subject,
            rationale=decision.rationale.strip(),
            decided_at=at,
            detail={"shown": dict(decision.shown), "evidence": decision.evidence},
            request_id=decision.request_id,
        ),
    )
    return decision_id
