"""The shapes of annotations, goals and saved views in the API."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Amount, Shape
from hotdash.insights.marks.annotations import LONGEST_TITLE, Kind
from hotdash.insights.marks.views import LONGEST_NAME, LONGEST_STATE

First = Annotated[date, Field(alias="from", description="The first day, of the shop.")]


class AnnotationBody(Shape):
    kind: Kind
    title: Annotated[str, Field(max_length=LONGEST_TITLE, description="What happened.")]
    first: First
    last: Annotated[
        date | None, Field(alias="to", description="The last day, where it was more than one.")
    ] = None


class RemoveBody(Shape):
    """Nothing has to be said."""


class AnnotationShape(Shape):
    annotation: UUID
    kind: Kind
    title: str
    first: First
    last: Annotated[date, Field(alias="to")]
    at: datetime
    actor: str


class AnnotationAnswer(Shape):
    shop: str
    annotation: AnnotationShape


class AnnotationsAnswer(Shape):
    shop: str
    annotations: list[AnnotationShape]


class GoalBody(Shape):
    metric: Annotated[str, Field(max_length=80, description="A metric, such as revenue.")]
    first: First
    last: Annotated[date, Field(alias="to", description="The last day.")]
    target: Annotated[Amount, Field(max_length=24)]


class GoalShape(Shape):
    """value is what is known so far; on_track compares it with what these days ask for by now."""

    goal: UUID
    metric: str
    first: First
    last: Annotated[date, Field(alias="to")]
    target: Amount
    currency: str | None
    at: datetime
    actor: str
    value: Amount | None
    why: str | None
    share: Amount | None
    days_known: int
    on_track: bool | None


class GoalAnswer(Shape):
    shop: str
    goal: GoalShape


class GoalsAnswer(Shape):
    shop: str
    goals: list[GoalShape]


class ViewBody(Shape):
    name: Annotated[str, Field(max_length=LONGEST_NAME, description="What it is called.")]
    state: Annotated[
        str,
        Field(
            max_length=LONGEST_STATE,
            description="The query of the page's address, such as metric=aov&by=week&range=90d.",
        ),
    ]
    shared: Annotated[bool, Field(description="For everybody in the shop.")] = False


class ViewShape(Shape):
    view: UUID
    name: str
    page: Literal["explore"]
    state: str
    shared: bool
    mine: bool
    at: datetime


class ViewAnswer(Shape):
    shop: str
    view: ViewShape


class ViewsAnswer(Shape):
    shop: str
    views: list[ViewShape]
