"""The shapes of backfills as the API description tells them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Amount, Shape
from hotdash.pipeline.backfill.authorisation import Demand
from hotdash.pipeline.backfill.status import Status

Sentence = Annotated[str, Field(min_length=1, max_length=2000)]


class StandingShape(Shape):
    backfill: UUID
    shop: str
    status: Status
    at: datetime
    from_: Annotated[date, Field(alias="from")]
    to: date
    environment: str
    models: list[str]
    sources: list[str]
    refetch: bool
    reason: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    incident: str | None
    deviation: str | None
    plan_hash: str
    rows: int | None
    seconds: Amount | None
    manifest_before: UUID | None
    manifest_after: UUID | None
    diff: UUID | None


class BackfillsAnswer(Shape):
    backfills: list[StandingShape]


class ProgressShape(Shape):
    """ends_about is where it would end if the rest went as fast as what is done."""

    done: int
    planned: int
    share: Amount
    ends_about: datetime | None


class SaidShape(Shape):
    shop: str
    status: Status
    at: datetime
    by: str
    detail: dict[str, str]


class DryRunShape(Shape):
    """Made when it was planned; `diff` tells the numbers that would change."""

    at: datetime
    changes: int


class BackfillAnswer(Shape):
    backfill: UUID
    shops: list[StandingShape]
    progress: ProgressShape
    dry_run: DryRunShape | None
    next: str
    may_become: list[Status]
    history: list[SaidShape]


class DiffRow(Shape):
    metric: str
    version: str
    day: date
    currency: str | None
    before: Amount | None
    after: Amount | None


class DiffAnswer(Shape):
    """One row per metric and day: a table as it is, and what a Vega-Lite chart takes as its values.

    made_by is none where it has not run and no dry run was made.
    """

    backfill: UUID
    made_by: Literal["run", "dry_run"] | None
    rows: list[DiffRow]


class AskBody(Shape):
    plan: UUID
    reason: Sentence
    incident: Annotated[str | None, Field(max_length=200)] = None


class ApproveBody(Shape):
    """The hash of the plan that was looked at; the confirmation is for an owner alone."""

    plan_hash: Annotated[str, Field(min_length=12, max_length=64)]
    rationale: Sentence
    confirmation: Annotated[str | None, Field(max_length=300)] = None


class ReasonBody(Shape):
    reason: Sentence


class AskedAnswer(Shape):
    backfill: UUID
    demand: Demand
    because: str


class SaidAnswer(Shape):
    backfill: UUID
    status: Status


class EnqueuedAnswer(Shape):
    backfill: UUID
    job: UUID
