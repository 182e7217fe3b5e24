"""Landing pages that somebody works on, as lists show them."""

from dataclasses import dataclass
from uuid import UUID

from hotdash.decisions.assignments import ENDED, State
from hotdash.entrypoints.web import formatting
from hotdash.storage.appdb.repositories.assignments import AssignmentRecord

ASSIGNMENT_STATES = {
    State.OPEN.value: "Open",
    State.IN_PROGRESS.value: "In progress",
    State.DONE.value: "Done",
    State.DROPPED.value: "Dropped",
}
STILL_OPEN = [each.value for each in State if each not in ENDED]


@dataclass(frozen=True, slots=True)
class AssignedView:
    assignment_id: UUID
    page: str
    assignee: str
    state: str
    state_word: str
    at: str
    note: str


def assigned_view(record: AssignmentRecord, timezone: str) -> AssignedView:
    return AssignedView(
        assignment_id=record.assignment_id,
        page=record.landing_page,
        assignee=record.assignee,
        state=record.state,
        state_word=ASSIGNMENT_STATES[record.state],
        at=formatting.shop_time(record.at, timezone),
        note=record.note or formatting.MISSING,
    )
