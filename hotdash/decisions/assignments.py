"""Landing pages given to somebody: assigned by a decision, moved on by whoever works on them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.decisions.log import Action, Decision, Learnt, Scope, record_decision
from hotdash.decisions.recommendations.contract import Kind
from hotdash.storage.appdb.repositories.assignments import (
    AssignmentRecord,
    add_assignment,
    list_assignments,
)
from hotdash.storage.appdb.repositories.decisions import decision_by_key
from hotdash.storage.appdb.repositories.recommendations import (
    APPROVED,
    AnswerRecord,
    RecommendationRecord,
    answer_as_person,
    asked_about,
)

LONGEST_PAGE = 1000
LONGEST_ASSIGNEE = 120


class State(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DROPPED = "dropped"


ENDED = (State.DONE, State.DROPPED)


class AssignmentError(HotdashError):
    code = "invalid_assignment"


@dataclass(frozen=True, slots=True)
class Assign:
    landing_page: str
    assignee: str
    rationale: str
    actor: str
    request_id: str | None = None
    idempotency_key: str | None = None


def require_assignee(told: str | None) -> str:
    assignee = (told or "").strip()
    if not assignee or len(assignee) > LONGEST_ASSIGNEE:
        raise AssignmentError(
            "Nothing is assigned to nobody.",
            hint=f"Name who works on it, in {LONGEST_ASSIGNEE} characters or fewer.",
            field="assignee",
        )
    return assignee


def assign(session: Session, shop_id: str, asked: Assign, now: datetime) -> AssignmentRecord:
    """As the tile of searches offers it; what is asked about the page is answered with it."""
    page, assignee = _require_page(asked.landing_page), require_assignee(asked.assignee)
    repeated = _repeated(session, shop_id, asked, page)
    if repeated is not None:
        return repeated
    assignment_id = new_id()
    waiting = asked_about(session, shop_id, Kind.ASSIGN_PAGE, f"page:{page}")
    decision = Decision(
        shop_id=shop_id,
        scope=Scope.OPS,
        action=Action.CREATE_ASSIGNMENT,
        actor=asked.actor,
        subject=f"page:{page}",
        rationale=asked.rationale,
        request_id=asked.request_id,
        recommendation_id=waiting.recommendation_id if waiting else None,
        idempotency_key=asked.idempotency_key,
        learnt=Learnt(
            options=waiting.options if waiting else (),
            features=waiting.features if waiting else {},
            status=APPROVED if waiting else None,
            edits={"assignment": str(assignment_id), "assignee": assignee, "landing_page": page},
        ),
    )
    decision_id = record_decision(session, decision, now)
    if waiting is not None:
        _approve(session, waiting, decision_id, now)
    made = (shop_id, assignment_id, now, page, assignee, State.OPEN.value, asked.actor)
    record = AssignmentRecord(*made, decision_id, note=asked.rationale.strip())
    add_assignment(session, record)
    return record


def _approve(
    session: Session, waiting: RecommendationRecord, decision_id: UUID, now: datetime
) -> None:
    told = AnswerRecord(APPROVED, now, decision_id, told={"decision": str(decision_id)})
    if not answer_as_person(session, waiting.shop_id, waiting.recommendation_id, told):
        raise ConflictError(
            "Somebody answered what is recommended for this page at the same moment, or your "
            "role no longer allows it.",
            hint="Look into the queue again.",
            field="landing_page",
        )


def move(
    session: Session,
    shop_id: str,
    assignment_id: UUID,
    state: State,
    now: datetime,
    *,
    actor: str,
    assignee: str | None = None,
    note: str | None = None,
) -> AssignmentRecord:
    """On to another state or to somebody else; what has ended stays as it ended."""
    found = list_assignments(session, shop_id, assignment_id=assignment_id)
    if not found:
        raise NotFoundError(
            f"There is no assignment {assignment_id} in this shop.",
            hint="Look at the list of assignments.",
            field="assignment",
        )
    [last] = found
    if State(last.state) in ENDED:
        raise ConflictError(
            f"This assignment is {last.state}.", hint="Assign the page anew.", field="state"
        )
    told = require_assignee(assignee) if assignee is not None else last.assignee
    moved = (shop_id, assignment_id, now, last.landing_page, told, state.value, actor)
    record = AssignmentRecord(*moved, last.decision_id, note=note)
    add_assignment(session, record)
    return record


def _repeated(session: Session, shop_id: str, asked: Assign, page: str) -> AssignmentRecord | None:
    if asked.idempotency_key is None:
        return None
    earlier = decision_by_key(session, shop_id, asked.actor, asked.idempotency_key)
    if earlier is None:
        return None
    assignment = earlier.detail.get("edits", {}).get("assignment")
    if earlier.subject != f"page:{page}" or assignment is None:
        raise ConflictError(
            "This Idempotency-Key stands for something else.",
            hint="Use a new key for each thing you ask for.",
            field="Idempotency-Key",
        )
    return list_assignments(session, shop_id, assignment_id=UUID(assignment))[0]


def _require_page(told: str) -> str:
    """As Google Analytics names it, so that the answer is found beside the anomaly."""
    page = told.strip()
    if not page.startswith("/") or len(page) > LONGEST_PAGE:
        raise AssignmentError(
            f"{told[:80]!r} is no landing page.",
            hint="Write its path without the domain, like /collections/hoses.",
            field="landing_page",
        )
    return page
