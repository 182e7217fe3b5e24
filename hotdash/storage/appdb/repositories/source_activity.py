"""What one source of one shop did: its reads, its calls by operation and hour, its errors, and when it was throttled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, cast, func, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import ApiCall
from hotdash.storage.appdb.models.operations import Run, RunStep
from hotdash.storage.appdb.repositories.api_calls import OK, THROTTLED

# Throttled calls further apart than this belong to two windows.
WINDOW_ENDS_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One reading of a source within a run; the detail is what the step left behind."""

    run_id: UUID
    kind: str
    status: str
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    detail: Mapping[str, Any]
    error: str | None


@dataclass(frozen=True, slots=True)
class OperationFigures:
    """`middle` and `slow` are how long half, and nineteen of twenty, of the calls took at most."""

    operation: str
    calls: int
    failed: int
    retried: int
    throttled: int
    middle: float
    slow: float
    slowest: float
    cost: int | None


@dataclass(frozen=True, slots=True)
class HourFigures:
    hour: datetime
    calls: int
    failed: int
    throttled: int
    middle: float
    fullest: float | None


@dataclass(frozen=True, slots=True)
class ErrorCount:
    status: str
    operation: str
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ThrottleWindow:
    """From the first refused call to the last of those that came close together."""

    first_at: datetime
    last_at: datetime
    calls: int


def reads_of(session: Session, steps: Sequence[str], limit: int) -> list[ReadRecord]:
    """The newest first, by the names that runs give the step that reads this source."""
    found = session.execute(
        select(RunStep, Run.kind)
        .join(Run, Run.run_id == RunStep.run_id)
        .where(RunStep.step.in_(steps))
        .order_by(RunStep.started_at.desc(), RunStep.run_id.desc())
        .limit(limit)
    )
    return [
        ReadRecord(
            step.run_id,
            kind,
            step.status,
            step.attempt,
            step.started_at,
            step.finished_at,
            step.detail,
            step.error,
        )
        for step, kind in found
    ]


def figures_by_operation(
    session: Session, shop_id: str, source: str, since: datetime
) -> list[OperationFigures]:
    """The busiest first."""
    found = session.execute(
        select(
            ApiCall.operation,
            *_counts(),
            _seconds_of(0.5),
            _seconds_of(0.95),
            func.max(ApiCall.seconds),
            cast(func.sum(ApiCall.cost), BigInteger),
        )
        .where(_of(shop_id, source, since))
        .group_by(ApiCall.operation)
        .order_by(func.count().desc(), ApiCall.operation)
    )
    return [OperationFigures(*row) for row in found]


def figures_by_hour(
    session: Session, shop_id: str, source: str, since: datetime
) -> list[HourFigures]:
    """Hours without a call are not among them."""
    hour = func.date_trunc("hour", ApiCall.at, "UTC")
    calls, failed, _, throttled = _counts()
    found = session.execute(
        select(
            hour,
            calls,
            failed,
            throttled,
            _seconds_of(0.5),
            func.max(ApiCall.throttle),
        )
        .where(_of(shop_id, source, since))
        .group_by(hour)
        .order_by(hour)
    )
    return [HourFigures(*row) for row in found]


def errors_of(
    session: Session, shop_id: str, source: str, since: datetime, limit: int
) -> list[ErrorCount]:
    """The newest first."""
    newest = func.max(ApiCall.at)
    found = session.execute(
        select(ApiCall.status, ApiCall.operation, func.count(), newest)
        .where(_of(shop_id, source, since), ApiCall.status != OK)
        .group_by(ApiCall.status, ApiCall.operation)
        .order_by(newest.desc(), ApiCall.operation)
        .limit(limit)
    )
    return [ErrorCount(*row) for row in found]


def throttle_windows(
    session: Session, shop_id: str, source: str, since: datetime, limit: int
) -> list[ThrottleWindow]:
    """The newest first; calls close together are one."""
    before = func.lag(ApiCall.at).over(order_by=ApiCall.at)
    refused = (
        select(ApiCall.at.label("at"), before.label("before"))
        .where(_of(shop_id, source, since), ApiCall.status.in_(THROTTLED))
        .subquery()
    )
    is_first = func.coalesce(refused.c.at - refused.c.before > WINDOW_ENDS_AFTER, True)
    marked = select(
        refused.c.at, func.count().filter(is_first).over(order_by=refused.c.at).label("number")
    ).subquery()
    first_at = func.min(marked.c.at)
    found = session.execute(
        select(first_at, func.max(marked.c.at), func.count())
        .group_by(marked.c.number)
        .order_by(first_at.desc())
        .limit(limit)
    )
    return [ThrottleWindow(*row) for row in found]


def _of(shop_id: str, source: str, since: datetime) -> ColumnElement[bool]:
    return (ApiCall.shop_id == shop_id) & (ApiCall.vendor == source) & (ApiCall.at >= since)


def _counts() -> tuple[ColumnElement[int], ...]:
    every = func.count()
    return (
        every,
        every.filter(ApiCall.status != OK),
        every.filter(ApiCall.retries > 0),
        every.filter(ApiCall.status.in_(THROTTLED)),
    )


def _seconds_of(share: float) -> ColumnElement[float]:
    return func.percentile_cont(share).within_group(ApiCall.seconds)
