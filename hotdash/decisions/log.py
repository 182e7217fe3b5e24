"""The decision log: who decided what about which shop, why, and what stood before them when they did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.base.roles import Permission
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision


class Scope(StrEnum):
    PUBLICATION = "publication"
    METRICS = "metrics"
    QUALITY = "quality"
    ALERTS = "alerts"
    BACKFILLS = "backfills"
    OPS = "ops"


# Who asked for one, and why, is told to whoever may see what it is about.
SEEN_WITH: Mapping[Scope, Permission] = {Scope.BACKFILLS: Permission.SEE_BACKFILLS}


def hidden_scopes(sees: Callable[[Permission], bool]) -> frozenset[str]:
    return frozenset(scope.value for scope, needed in SEEN_WITH.items() if not sees(needed))


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
    EXPLAIN_ANOMALY = "anomalies.explain"
    CALL_ANOMALY_FALSE = "anomalies.false_alarm"
    DECIDE_ALERT_RULES = "alerts.rules.decide"
    REQUEST_BACKFILL = "backfills.request"
    APPROVE_BACKFILL = "backfills.approve"
    REFUSE_BACKFILL = "backfills.refuse"
    ABORT_BACKFILL = "backfills.abort"
    ROLL_BACK_BACKFILL = "backfills.roll_back"
    APPROVE_REORDER = "inventory.reorder.approve"
    REJECT_REORDER = "inventory.reorder.reject"
    APPROVE_REPLY = "chatwoot.reply.approve"
    REJECT_REPLY = "chatwoot.reply.reject"
    APPROVE_CHASE = "fulfillment.chase.approve"
    REJECT_CHASE = "fulfillment.chase.reject"
    CREATE_ASSIGNMENT = "seo.assignment.create"
    REJECT_ASSIGNMENT = "seo.assignment.reject"
    APPROVE_BUDGET = "ads.budget.approve"
    REJECT_BUDGET = "ads.budget.reject"
    APPROVE_MEND = "sources.mend.approve"
    REJECT_MEND = "sources.mend.reject"
    ASSIGN_ANOMALY = "anomalies.assign"
    APPROVE_CLEARANCE = "inventory.clearance.approve"
    REJECT_CLEARANCE = "inventory.clearance.reject"
    APPROVE_PROPOSAL = "agents.proposal.approve"
    REJECT_PROPOSAL = "agents.proposal.reject"
    SNOOZE = "recommendation.snooze"
    CORRECT = "decision.correct"


class DecisionError(HotdashError):
    code = "invalid_decision"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What later learning needs: the choices, the order they were shown in, and what led to them."""

    options: Sequence[Mapping[str, Any]] = ()
    shown_order: Sequence[str] = ()
    features: Mapping[str, Any] = field(default_factory=dict[str, Any])
    edits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    feedback: str | None = None
    option: str | None = None
    status: str | None = None
    seconds_to_decide: int | None = None
    # Where one answer is about several things, each by the name others ask for it.
    subjects: Sequence[str] = ()
    # What a model was told of it, the approval that it foretold, and whether it stood there to be learnt from.
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    foretold: str | None = None
    trial: bool | None = None

    def as_detail(self) -> dict[str, Any]:
        """Without what was not told."""
        told = {name: getattr(self, name) for name in self.__slots__}
        plain = {
            name: list(cast(Sequence[Any], value)) if isinstance(value, tuple) else value
            for name, value in told.items()
        }
        return {name: value for name, value in plain.items() if value not in (None, "", [], {})}


NOTHING_LEARNT = Learnt()


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
    external_ref: str | None = None
    corrects: UUID | None = None
    recommendation_id: UUID | None = None
    idempotency_key: str | None = None
    learnt: Learnt = NOTHING_LEARNT


def record_decision(session: Session, decision: Decision, at: datetime) -> UUID:
    """Appended only: a correction is another decision."""
    for name in ("actor", "subject", "rationale"):
        if not str(getattr(decision, name)).strip():
            raise DecisionError(
                f"A decision needs its {name}.", hint=f"Give the {name}.", field=name
            )
    decision_id = new_id()
    shown = {"shown": dict(decision.shown), "evidence": decision.evidence}
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
            detail=shown | decision.learnt.as_detail(),
            request_id=decision.request_id,
            external_ref=decision.external_ref,
            corrects=decision.corrects,
            recommendation_id=decision.recommendation_id,
            idempotency_key=decision.idempotency_key,
        ),
    )
    return decision_id
