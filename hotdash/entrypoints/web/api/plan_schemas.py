"""The shapes of plans of backfills as the API description tells them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.pipeline.backfill.authorisation import Demand

Name = Annotated[str, Field(min_length=1, max_length=200)]


class PlanBody(Shape):
    """Neither models nor sources named is everything."""

    from_: Annotated[date, Field(alias="from")]
    to: date
    models: Annotated[list[Name], Field(max_length=50, default_factory=list[Name])]
    sources: Annotated[list[Name], Field(max_length=50, default_factory=list[Name])]
    refetch: bool = False
    dry_run: bool = True


class PlanAskedAnswer(Shape):
    plan: UUID


class MartShape(Shape):
    mart: str
    partitions: list[str]
    rows: int


class TriedShape(Shape):
    at: datetime
    seconds: float
    changes: int


class PlanShape(Shape):
    """rows stand in the touched partitions now; approvers are those beside who planned it."""

    plan: UUID
    shop: str
    hash: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    from_: Annotated[date, Field(alias="from")]
    to: date
    days: int
    environment: str
    refetch: bool
    named_models: list[str]
    named_sources: list[str]
    models: list[str]
    marts: list[MartShape]
    partitions: int
    rows: int
    chunks: int
    estimated_seconds: int | None
    demand: Demand
    because: str
    approvers: list[str]
    dry_run: TriedShape | None


class PlanningAnswer(Shape):
    """state is queued, running, failed or made; completed is of a plan that is over."""

    plan: UUID
    state: str
    error: str | None
    made: PlanShape | None
