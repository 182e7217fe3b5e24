"""What a person says about an anomaly: appended to it, and to the audit log in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError
from hotdash.decisions.anomaly_answers import Saying, say
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.insights.anomalies.keeping import headline_of
from hotdash.insights.anomalies.states import ANSWERS, State
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord, find_anomaly

LONGEST_NOTE = 2000
_DECISIONS = {
    State.EXPLAINED: Action.EXPLAIN_ANOMALY,
    State.FALSE_ALARM: Action.CALL_ANOMALY_FALSE,
}


class AnomalyAnswerError(HotdashError):
    code = "invalid_answer"


@dataclass(frozen=True, slots=True)
class AnomalyAnswer:
    state: State
    actor: str
    note: str = ""
    assignee: str | None = None
    request_id: str | None = None


def state_named(text: str) -> State:
    for each in ANSWERS:
        if each.value == text:
            return each
    raise AnomalyAnswerError(
        f"{text[:40]!r} is no answer to an anomaly.",
        hint=f"Use one of {', '.join(ANSWERS)}.",
        field="state",
    )


def answer_anomaly(
    session: Session, record: AnomalyRecord, answer: AnomalyAnswer, now: datetime
) -> AnomalyRecord:
    """How it stands afterwards. What ends it needs a reason, which is kept as a decision."""
    note = answer.note.strip()
    _require_usable(record, answer, note)
    assignee = answer.assignee if answer.state is State.ASSIGNED else None
    said = Saying(answer.state.value, answer.actor, assignee, note or None, answer.request_id)
    say(session, record, said, now)
    _decide(session, record, answer, note, now)
    return find_anomaly(session, record.about.shop_id, str(record.anomaly_id))


def _decide(
    session: Session, record: AnomalyRecord, answer: AnomalyAnswer, note: str, now: datetime
) -> None:
    action = _DECISIONS.get(answer.state)
    if action is None:
        return
    decision = Decision(
        record.about.shop_id,
        Scope.ALERTS,
        action,
        answer.actor,
        str(record.anomaly_id),
        note,
        shown={"series": record.about.key, "sentence": headline_of(record)},
        request_id=answer.request_id,
    )
    record_decision(session, decision, now)


def _require_usable(record: AnomalyRecord, answer: AnomalyAnswer, note: str) -> None:
    if State(record.state).is_over:
        raise ConflictError(
            f"This anomaly is {State(record.state).label.lower()} already.",
            hint="Nothing is left to do; another day's anomaly is another one.",
            field="anomaly",
        )
    if len(note) > LONGEST_NOTE:
        raise AnomalyAnswerError(
            f"The reason has {len(note)} characters.",
            hint=f"Say it in {LONGEST_NOTE} or fewer.",
            field="reason",
        )
    if answer.state.is_over and not note:
        raise AnomalyAnswerError(
            "An anomaly is not ended without a reason.",
            hint="Say in a sentence what it was: it stands with the next one of its kind.",
            field="reason",
        )
    if answer.state is State.ASSIGNED and not (answer.assignee or "").strip():
        raise AnomalyAnswerError(
            "An anomaly is assigned to somebody.", hint="Name who looks at it.", field="assignee"
        )
