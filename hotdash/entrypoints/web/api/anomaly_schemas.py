"""The shapes of anomalies in the API."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.insights.anomalies.states import State
from hotdash.jobs.answer_anomaly import LONGEST_NOTE


class AnomalyShape(Shape):
    """Value, expected, low, high and money are decimals as text; unit is a currency for money."""

    id: UUID
    shop: str
    series: str
    metric: str
    title: str
    dimension: str | None
    part: str | None
    grain: str
    day: date
    hour: int | None
    level: str
    state: State
    assignee: str | None
    is_new: Annotated[
        bool,
        Field(
            description="False where the same series rang in the same direction in the seven days before."
        ),
    ]
    is_better: bool
    headline: str
    driver: str | None
    value: str
    expected: str
    low: str
    high: str
    unit: str
    z: str
    method: str
    judged_by: int
    money: str | None
    currency: str
    found_at: datetime


class LookShape(Shape):
    at: datetime
    last_day: date
    series: int
    raised: Annotated[dict[str, str], Field(description="Series that are asked for more, and why.")]


class AnomaliesAnswer(Shape):
    shop: str
    look: LookShape | None
    anomalies: list[AnomalyShape]


class AnomalyEventShape(Shape):
    at: datetime
    actor: str
    state: State
    assignee: str | None
    note: str | None


class PastAnomalyShape(Shape):
    id: UUID
    day: date
    headline: str
    state: State
    ended: str | None


class AnomalyAnswerShape(AnomalyShape):
    sentences: Annotated[
        list[str],
        Field(
            description="In plain words: what came, its worth, what drove it, moved, came before."
        ),
    ]
    context: Annotated[
        dict[str, Any],
        Field(description="driver, split, moved, steady, before, tuned: as it was known then."),
    ]
    events: list[AnomalyEventShape]
    past: list[PastAnomalyShape]


class AnswerBody(Shape):
    state: Annotated[
        Literal["acknowledged", "assigned", "explained", "false_alarm"],
        Field(description="How it stands from now on."),
    ]
    reason: Annotated[
        str, Field(max_length=LONGEST_NOTE, description="What it was; needed where that ends it.")
    ] = ""
    assignee: Annotated[str | None, Field(max_length=200, description="Who looks at it.")] = None
