"""What a person answers to a recommendation: the decision, its effect and what learning needs, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.decisions.anomaly_answers import Saying, require_unended, say
from hotdash.decisions.assignments import require_assignee
from hotdash.decisions.log import Action, Decision, Learnt, Scope, record_decision
from hotdash.decisions.recommendations.contract import KINDS, Kind, has_ended
from hotdash.storage.appdb.repositories.anomalies import (
    ASSIGNED,
    EXPLAINED,
    FALSE_ALARM,
    AnomalyRecord,
)
from hotdash.storage.appdb.repositories.assignments import AssignmentRecord, add_assignment
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, decision_by_key
from hotdash.storage.appdb.repositories.recommendations import (
    APPROVED,
    REJECTED,
    SNOOZED,
    AnswerRecord,
    RecommendationRecord,
    answer_as_operator,
    answer_as_person,
    find_recommendation,
)

_SAID = {
    Action.ASSIGN_ANOMALY: ASSIGNED,
    Action.CALL_ANOMALY_FALSE: FALSE_ALARM,
    Action.EXPLAIN_ANOMALY: EXPLAINED,
}
_ENDINGS = {"false alarm": Action.CALL_ANOMALY_FALSE, EXPLAINED: Action.EXPLAIN_ANOMALY}
LONGEST_SNOOZE = timedelta(days=14)
LONGEST_TEXT = 2000


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    SNOOZE = "snooze"


_STATUSES = {Verdict.APPROVE: APPROVED, Verdict.REJECT: REJECTED, Verdict.SNOOZE: SNOOZED}


class AnswerError(HotdashError):
    code = "invalid_answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """As the person gave it; shown_at and shown_order say what they had before them, and when."""

    verdict: Verdict
    rationale: str
    actor: str
    until: datetime | None = None
    option: str | None = None
    edits: Mapping[str, Any] = field(default_factory=dict[str, Any])
    feedback: str | None = None
    external_ref: str | None = None
    assignee: str | None = None
    shown_at: datetime | None = None
    shown_order: Sequence[str] = ()
    request_id: str | None = None
    idempotency_key: str | None = None
    # From the owner's own login; no membership stands for it.
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    recommendation: UUID
    decision: UUID
    status: str
    action: str
    assignment: UUID | None = None
    is_repeated: bool = False


def answer(
    session: Session, shop_id: str, recommendation_id: UUID, given: Answer, now: datetime
) -> Answered:
    """The same request twice is one decision; what somebody else answered is not answered again."""
    earlier = _earlier(session, shop_id, given)
    if earlier is not None:
        return _repeated(earlier, recommendation_id, given)
    asked = find_recommendation(session, shop_id, recommendation_id)
    if asked is None:
        raise NotFoundError(
            f"There is no recommendation {recommendation_id} in this shop.",
            hint="Look into the queue: `hotdash decisions list`.",
            field="recommendation",
        )
    _require_usable(given, now)
    _require_asked(asked, now)
    action = _action(asked, given)
    assignment = new_id() if action is Action.CREATE_ASSIGNMENT else None
    if action in (Action.CREATE_ASSIGNMENT, Action.ASSIGN_ANOMALY):
        require_assignee(given.assignee)
    if assignment is not None:
        _require_page(asked)
    waiting = _unended(session, asked) if action in _SAID else []
    decision = record_decision(session, _decision(asked, given, action, assignment, now), now)
    _take_effect(session, asked, given, decision, now)
    if assignment is not None:
        add_assignment(session, _assigned(asked, given, assignment, decision, now))
    if action in _SAID:
        _say_of_anomalies(session, waiting, given, action, now)
    return Answered(
        asked.recommendation_id, decision, _STATUSES[given.verdict], action.value, assignment
    )


def _earlier(session: Session, shop_id: str, given: Answer) -> DecisionRecord | None:
    if given.idempotency_key is None:
        return None
    return decision_by_key(session, shop_id, given.actor, given.idempotency_key)


def _repeated(earlier: DecisionRecord, recommendation_id: UUID, given: Answer) -> Answered:
    status = _STATUSES[given.verdict]
    if earlier.recommendation_id != recommendation_id or earlier.detail.get("status") != status:
        raise ConflictError(
            "This Idempotency-Key stands for another answer.",
            hint="Use a new key for each thing you ask for.",
            field="Idempotency-Key",
        )
    assignment = earlier.detail.get("edits", {}).get("assignment")
    return Answered(
        recommendation_id,
        earlier.decision_id,
        status,
        earlier.action,
        UUID(assignment) if assignment else None,
        is_repeated=True,
    )


def _action(asked: RecommendationRecord, given: Answer) -> Action:
    if given.verdict is Verdict.SNOOZE:
        return Action.SNOOZE
    rules = KINDS[Kind(asked.kind)]
    if given.verdict is Verdict.APPROVE:
        return rules.approve
    if asked.kind != Kind.LOOK_INTO or given.option is None:
        return rules.reject
    if given.option not in _ENDINGS:
        raise AnswerError(
            f"{given.option[:40]!r} is nothing that an anomaly can turn out to be.",
            hint=f"Choose one of {', '.join(_ENDINGS)}.",
            field="option",
        )
    return _ENDINGS[given.option]


def _unended(session: Session, asked: RecommendationRecord) -> list[AnomalyRecord]:
    anomalies = [str(each) for each in asked.features.get("anomalies") or ()]
    return require_unended(session, asked.shop_id, anomalies)


def _say_of_anomalies(
    session: Session,
    anomalies: Sequence[AnomalyRecord],
    given: Answer,
    action: Action,
    now: datetime,
) -> None:
    """Of all that were asked as one: each stands afterwards as if it had been said on its own page."""
    assignee = require_assignee(given.assignee) if action is Action.ASSIGN_ANOMALY else None
    note = given.rationale.strip()
    said = Saying(_SAID[action], given.actor, assignee, note, given.request_id)
    for each in anomalies:
        say(session, each, said, now)


def _decision(
    asked: RecommendationRecord,
    given: Answer,
    action: Action,
    assignment: UUID | None,
    now: datetime,
) -> Decision:
    edits = dict(given.edits)
    if assignment is not None:
        page = asked.features.get("landing_page")
        edits |= {"assignment": str(assignment), "assignee": given.assignee, "landing_page": page}
    if action is Action.ASSIGN_ANOMALY:
        edits["assignee"] = given.assignee
    return Decision(
        shop_id=asked.shop_id,
        scope=Scope.OPS,
        action=action,
        actor=given.actor,
        subject=asked.subject,
        rationale=given.rationale,
        shown=_shown(asked),
        evidence=asked.evidence[0]["url"] if asked.evidence else None,
        request_id=given.request_id,
        external_ref=given.external_ref,
        recommendation_id=asked.recommendation_id,
        idempotency_key=given.idempotency_key,
        learnt=Learnt(
            options=asked.options,
            shown_order=tuple(given.shown_order),
            features=asked.features,
            edits=edits,
            feedback=given.feedback,
            option=given.option,
            status=_STATUSES[given.verdict],
            seconds_to_decide=_seconds(asked, given, now),
            subjects=_subjects(asked),
            context=asked.context,
            foretold=None if asked.approval is None else f"{asked.approval:f}",
            trial=asked.is_trial or None,
        ),
    )


def _shown(asked: RecommendationRecord) -> dict[str, Any]:
    return {
        "title": asked.title,
        "reason": asked.reason,
        "impact_amount": None if asked.impact_amount is None else f"{asked.impact_amount:f}",
        "currency": asked.currency,
        "impact_text": asked.impact_text,
        "confidence": asked.confidence,
        "deadline": iso_utc(asked.deadline) if asked.deadline else None,
        "rank": asked.rank,
        "proposed_by": asked.proposed_by,
    }


def _seconds(asked: RecommendationRecord, given: Answer, now: datetime) -> int:
    """From when it was shown; what tells an impossible moment is not believed."""
    since = given.shown_at
    if since is None or not asked.opened_at <= since <= now:
        since = asked.opened_at
    return int((now - since).total_seconds())


def _subjects(asked: RecommendationRecord) -> tuple[str, ...]:
    """Conversations are asked for one by one by who measures how fast they are answered."""
    conversations: Sequence[int] = asked.features.get("conversations") or ()
    return tuple(f"conversation:{number}" for number in conversations)


def _take_effect(
    session: Session,
    asked: RecommendationRecord,
    given: Answer,
    decision: UUID,
    now: datetime,
) -> None:
    told = {"decision": str(decision), "shown_order": list(given.shown_order)}
    until = given.until if given.verdict is Verdict.SNOOZE else None
    record = AnswerRecord(_STATUSES[given.verdict], now, decision, until, told)
    key = asked.shop_id, asked.recommendation_id
    if given.is_operator:
        is_done = answer_as_operator(session, *key, record, given.actor)
    else:
        is_done = answer_as_person(session, *key, record)
    if not is_done:
        raise ConflictError(
            "Somebody answered this at the same moment, or your role no longer allows it.",
            hint="Look into the queue again.",
            field="recommendation",
        )


def _assigned(
    asked: RecommendationRecord, given: Answer, assignment: UUID, decision: UUID, now: datetime
) -> AssignmentRecord:
    page = str(asked.features["landing_page"])
    assignee = require_assignee(given.assignee)
    made = (asked.shop_id, assignment, now, page, assignee, "open", given.actor, decision)
    return AssignmentRecord(*made, note=given.rationale.strip())


def _require_page(asked: RecommendationRecord) -> None:
    if not asked.features.get("landing_page"):
        raise AnswerError(
            "This recommendation names no landing page, so it cannot be approved.",
            hint="Reject it, and assign the page itself. Whoever proposes it has to name the "
            "page as the feature landing_page.",
            field="recommendation",
        )


def _require_asked(asked: RecommendationRecord, now: datetime) -> None:
    if not asked.is_asked:
        raise ConflictError(
            f"This recommendation is {asked.status} already.",
            hint="A decision is corrected by another one: `hotdash decisions correct`.",
            field="recommendation",
        )
    if asked.deadline is not None and has_ended(Kind(asked.kind), asked.deadline, now):
        raise ConflictError(
            f"This recommendation ended with its deadline, {iso_utc(asked.deadline)}.",
            hint="The next `hotdash run` takes it out of the queue; then it may be proposed again.",
            field="recommendation",
        )


def _require_usable(given: Answer, now: datetime) -> None:
    for name in ("rationale", "feedback", "external_ref", "option"):
        told = getattr(given, name) or ""
        if len(told) > LONGEST_TEXT:
            raise AnswerError(
                f"The {name} has {len(told):,} characters.",
                hint=f"Say it in {LONGEST_TEXT:,} or fewer.",
                field=name,
            )
    if given.verdict is not Verdict.SNOOZE:
        return
    latest = now + LONGEST_SNOOZE
    if given.until is None or not now < given.until <= latest:
        raise AnswerError(
            f"It cannot be put off until {iso_utc(given.until) if given.until else 'nothing'}.",
            hint=f"Name a moment after now and not after {iso_utc(latest)}.",
            field="until",
        )
