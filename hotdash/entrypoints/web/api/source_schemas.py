"""The shapes of sources as the API description tells them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape


class CallCountsShape(Shape):
    calls: int
    failed: int
    retried: int


class SourceShape(Shape):
    """age is that of what is complete; late from the soft limit on, too old from the hard one."""

    shop: str
    source: str
    state: str
    connected_at: datetime | None
    since: datetime | None
    retry_at: datetime | None
    reason: str | None
    hint: str | None
    complete_through: datetime | None
    age_seconds: int | None
    soft_limit_seconds: int | None
    hard_limit_seconds: int | None
    freshness: str
    open_drifts: int
    last_24_hours: CallCountsShape


class SourcesAnswer(Shape):
    shop: str
    sources: list[SourceShape]


class ReadShape(Shape):
    run: UUID
    kind: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    rows: int
    tables: dict[str, int]
    unreadable: int
    error: str | None
    hint: str | None


class OperationShape(Shape):
    """Seconds: half of the calls took at most middle, nineteen of twenty at most slow."""

    operation: str
    calls: int
    failed: int
    retried: int
    throttled: int
    middle: float
    slow: float
    slowest: float
    cost: int | None


class HourShape(Shape):
    """fullest is the largest used share of the vendor's limit, where it tells that."""

    hour: datetime
    calls: int
    failed: int
    throttled: int
    middle: float
    fullest: float | None


class ErrorCountShape(Shape):
    status: str
    operation: str
    calls: int
    last_at: datetime


class ThrottleShape(Shape):
    first_at: datetime
    last_at: datetime
    calls: int


class DriftShape(Shape):
    drift: UUID
    shop: str
    source: str
    table: str
    change: str
    field: str
    detail: str
    impact: str
    affected_models: list[str]
    action: str
    owner: str
    detected_at: datetime
    last_seen_at: datetime
    target_date: date
    next_review: date
    evidence: dict[str, Any]
    closed_at: datetime | None
    closed_because: str | None


class SourceAnswer(SourceShape):
    """Calls by operation of 24 hours, by hour and errors of seven days, throttling of thirty."""

    reads: list[ReadShape]
    calls: list[OperationShape]
    hours: list[HourShape]
    errors: list[ErrorCountShape]
    throttled: list[ThrottleShape]
    drifts: list[DriftShape]


class RecordShape(Shape):
    record: str
    shop: str
    source: str
    table: str
    vendor_id: str | None
    day: date | None
    reason: str
    waiting: bool
    times: int
    first_at: datetime
    last_at: datetime


class QuarantineAnswer(Shape):
    """records are the newest of those that wait; total says how many wait."""

    shop: str
    source: str
    total: int
    records: list[RecordShape]


class RetryBody(Shape):
    """Without a record all of the source that wait are asked for."""

    record: Annotated[str | None, Field(max_length=64)] = None


class RetryAnswer(Shape):
    source: str
    job: UUID
