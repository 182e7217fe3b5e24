"""What whoever just answered is told: what became of it, and who was given it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.decisions.recommendations.answering import Answer, Verdict
from hotdash.storage.appdb.repositories.decisions import find_decision
from hotdash.storage.appdb.repositories.recommendations import find_recommendation
from hotdash.storage.appdb.session import Database

ANSWERED = "answered"
_TOLD = {
    Verdict.APPROVE.value: "Approved; nobody else is asked about it.",
    Verdict.REJECT.value: "Rejected; your reason is kept with it.",
    Verdict.SNOOZE.value: "Put off; it comes back by itself.",
}


@dataclass(frozen=True, slots=True)
class AnsweredView:
    told: str
    anomaly_url: str | None = None


def answered_word(asked: UUID, given: Answer) -> str:
    """Of what was given to somebody the address says which it is, and never to whom."""
    is_given = given.verdict is Verdict.APPROVE and given.assignee is not None
    return f"{given.verdict}.{asked}" if is_given else given.verdict.value


def answered_view(
    database: Database, user_id: UUID, shop_id: str, word: str
) -> AnsweredView | None:
    """None where the address says no verdict of ours."""
    verdict, _, asked = word.partition(".")
    if verdict not in _TOLD:
        return None
    given = None
    if verdict == Verdict.APPROVE and asked:
        with database.as_user(user_id) as session:
            given = _given(session, shop_id, asked)
    return given or AnsweredView(_TOLD[verdict])


def _given(session: Session, shop_id: str, asked: str) -> AnsweredView | None:
    try:
        record = find_recommendation(session, shop_id, UUID(asked))
    except ValueError:
        return None
    if record is None or record.decision_id is None:
        return None
    decision = find_decision(session, shop_id, record.decision_id)
    assignee = decision.detail.get("edits", {}).get("assignee") if decision else None
    if not assignee:
        return None
    anomalies = record.features.get("anomalies") or ()
    url = f"/anomalies/{anomalies[0]}?shop={shop_id}" if anomalies else None
    return AnsweredView(f"Approved and given to {assignee}; nobody else is asked about it.", url)
