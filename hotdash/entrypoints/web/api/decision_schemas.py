"""The shapes of recommendations, decisions, assignments and facts in the API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Query
from pydantic import Field

from hotdash.decisions.assignments import LONGEST_ASSIGNEE, LONGEST_PAGE, State
from hotdash.decisions.recommendations.answering import LONGEST_TEXT
from hotdash.decisions.recommendations.contract import Confidence
from hotdash.entrypoints.web.api.schemas import Amount, Shape

MOST_LISTED = 200
Edit = str | int | bool | None

Rationale = Annotated[
    str, Field(max_length=LONGEST_TEXT, description="Why; it is kept with the decision.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="A text of your own: asked twice with it, it is decided once.",
    ),
]
Cursor = Annotated[
    str | None, Query(max_length=200, description="next_cursor of the answer before.")
]
Limit = Annotated[int, Query(ge=1, le=MOST_LISTED, description="How many at most.")]


class ShownBody(Shape):
    """What the person had before them: it is what learning needs later."""

    shown_at: Annotated[
        datetime | None, Field(description="When it came before the person's eyes.")
    ] = None
    shown_order: list[UUID] = Field(
        default_factory=list[UUID],
        max_length=50,
        description="The recommendations, in the order shown.",
    )
    feedback: Annotated[
        str | None, Field(max_length=LONGEST_TEXT, description="Whatever should be known.")
    ] = None


class ApproveBody(ShownBody):
    rationale: Rationale
    option: Annotated[
        str | None, Field(max_length=200, description="Which of the options, where not the first.")
    ] = None
    edits: dict[str, Edit] = Field(
        default_factory=dict[str, Edit],
        max_length=20,
        description="What was changed before approving, such as units.",
    )
    external_ref: Annotated[
        str | None,
        Field(
            max_length=LONGEST_TEXT, description="Its number elsewhere, such as a purchase order."
        ),
    ] = None
    assignee: Annotated[
        str | None,
        Field(
            max_length=LONGEST_ASSIGNEE,
            description="Who works on it; a page or an anomaly needs somebody.",
        ),
    ] = None


class RejectBody(ShownBody):
    rationale: Rationale
    option: Annotated[
        str | None,
        Field(max_length=200, description="Which of the options: an anomaly may be explained."),
    ] = None


class PutOffBody(ShownBody):
    rationale: Rationale
    until: Annotated[datetime, Field(description="Until when it is not asked.")]


class CorrectBody(Shape):
    rationale: Rationale
    edits: dict[str, Edit] = Field(
        default_factory=dict[str, Edit],
        max_length=20,
        description="What should have been decided.",
    )


class AssignBody(Shape):
    landing_page: Annotated[
        str, Field(max_length=LONGEST_PAGE, description="Its path, such as /collections/hoses.")
    ]
    assignee: Annotated[str, Field(max_length=LONGEST_ASSIGNEE, description="Who works on it.")]
    rationale: Rationale


class MoveBody(Shape):
    state: State
    assignee: Annotated[
        str | None, Field(max_length=LONGEST_ASSIGNEE, description="Who takes it over.")
    ] = None
    note: Annotated[str | None, Field(max_length=LONGEST_TEXT, description="What was done.")] = None


class EvidenceShape(Shape):
    label: str
    url: str


class RecommendationShape(Shape):
    recommendation: UUID
    shop: str
    kind: str
    subject: str
    period: str
    title: str
    reason: str
    impact_amount: Amount | None
    currency: str | None
    impact_text: str | None
    confidence: Confidence
    deadline: datetime | None
    evidence: list[EvidenceShape]
    verb: str
    options: list[dict[str, Any]]
    status: str
    rank: int | None
    proposed_by: str
    opened_at: datetime
    updated_at: datetime
    snoozed_until: datetime | None
    decision: UUID | None
    context: dict[str, str] = Field(description="What learning is told of it.")
    approval: Amount | None = Field(description="How likely its approval is thought.")
    is_trial: bool = Field(description="Whether it stands where it does to be learnt from.")


class QueueAnswer(Shape):
    shop: str
    recommendations: list[RecommendationShape]
    next_cursor: str | None


class EvidenceAnswer(Shape):
    shop: str
    kind: str
    subject: str
    rows: list[dict[str, Any]]


class OutcomeShape(Shape):
    measured_at: datetime
    metric: str
    before: Amount | None
    after: Amount | None
    verdict: str
    sentence: str
    baseline: Amount | None = Field(description="What it would have become by itself.")
    compared_with: int | None = Field(description="How many that were left alone say so.")
    worked: bool | None = Field(description="Whether what was done did what it was for.")


class DecisionShape(Shape):
    decision: UUID
    shop: str
    scope: str
    action: str
    actor: str
    by: str
    subject: str
    rationale: str
    decided_at: datetime
    shown: dict[str, Any]
    evidence: str | None
    options: list[dict[str, Any]]
    option: str | None
    edits: dict[str, Any]
    feedback: str | None
    seconds_to_decide: int | None
    external_ref: str | None
    request_id: str | None
    corrects: UUID | None
    recommendation: UUID | None
    outcome: OutcomeShape | None


class DecisionsAnswer(Shape):
    shop: str
    decisions: list[DecisionShape]
    next_cursor: str | None


class BinShape(Shape):
    from_: float = Field(alias="from")
    to: float
    answers: int
    foretold: float
    approved: float


class QualityShape(Shape):
    """Of the newest answers, each foretold before it was given."""

    answers: int
    auc: float | None
    calibration_error: float | None
    brier: float | None
    bins: list[BinShape]


class LearntKindShape(Shape):
    """What people like and what works, which are two numbers."""

    kind: str
    answers: int
    approved: int
    ignored: int
    liked: float | None
    outcomes: int
    worked: int
    works: float | None


class WeightShape(Shape):
    column: str
    mean: float
    deviation: float
    sure: float
    words: str


class CardShape(Shape):
    version: int
    answers: int
    fewest_answers: int
    is_ready: bool
    said: dict[str, int]
    outcomes: int
    learned_to: datetime | None
    since: datetime | None
    frozen_since: datetime | None
    prior_shops: int
    quality: QualityShape
    kinds: list[LearntKindShape]
    weights: list[WeightShape]


class ModelAnswer(Shape):
    shop: str
    changed_at: datetime | None
    card: CardShape | None


class AnsweredAnswer(Shape):
    recommendation: UUID
    decision: UUID
    status: str
    action: str
    assignment: UUID | None
    is_repeated: bool


class CorrectedAnswer(Shape):
    decision: UUID
    corrects: UUID


class AssignmentShape(Shape):
    assignment: UUID
    shop: str
    landing_page: str
    assignee: str
    state: State
    changed_at: datetime
    note: str | None
    decision: UUID


class AssignmentsAnswer(Shape):
    shop: str
    assignments: list[AssignmentShape]


class FactItem(Shape):
    fact: UUID
    shop: str
    type: str
    version: int
    occurred_at: datetime
    value: Amount | None
    metadata: dict[str, Any]
    evidence: str | None
    corrects: UUID | None


class FactsAnswer(Shape):
    shop: str
    facts: list[FactItem]
    next_cursor: str | None
