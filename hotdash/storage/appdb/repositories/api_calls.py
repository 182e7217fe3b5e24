"""Every call to a vendor: kept for a month, counted by the hour for ever."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Label, Text, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import ApiCall, ApiCallHour, Shop

OK = "ok"
THROTTLED = ("throttled", "HTTP 429")
# Longer than any process keeps a call before it is written.
LATE_BY_AT_MOST = timedelta(days=1)

_HOUR_KEY = ("shop_id", "vendor", "operation", "hour")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One exchange; `retries` is how many came before it for the same question."""

    shop_id: str
    at: datetime
    run_id: UUID | None
    vendor: str
    operation: str
    status: str
    seconds: float
    retries: int
    cost: int | None = None
    throttle: float | None = None


@dataclass(frozen=True, slots=True)
class CallHour:
    """`failed` brought no answer, `throttled` are those of them that came too fast, `retried` asked again."""

    shop_id: str
    vendor: str
    operation: str
    hour: datetime
    calls: int
    failed: int
    retried: int
    throttled: int
    seconds: float
    slowest: float
    cost: int


@dataclass(frozen=True, slots=True)
class RetryScope:
    """What a shop's domain cost in repeated questions, within one run or since an instant."""

    shop_id: str
    domain: str
    vendor: str
    calls: int
    failed: int
    retried: int
    throttled: int


def save_calls(session: Session, calls: Sequence[CallRecord]) -> int:
    """How many were kept; a shop that is not, or no longer, ours has none."""
    named = {call.shop_id for call in calls}
    known = set(session.scalars(select(Shop.shop_id).where(Shop.shop_id.in_(named))))
    kept = [asdict(call) for call in calls if call.shop_id in known]
    if kept:
        session.execute(insert(ApiCall), kept)
    return len(kept)


def roll_up_calls(session: Session) -> int:
    """Count anew every hour that may have got calls since it was counted; once or twice is the same."""
    newest = session.scalar(select(func.max(ApiCallHour.hour)))
    hour = func.date_trunc("hour", ApiCall.at, "UTC").label("hour")
    counted = select(
        ApiCall.shop_id, ApiCall.vendor, ApiCall.operation, hour, *_figures()
    ).group_by(ApiCall.shop_id, ApiCall.vendor, ApiCall.operation, hour)
    if newest is not None:
        counted = counted.where(ApiCall.at >= newest - LATE_BY_AT_MOST)
    names: list[str] = [*_HOUR_KEY, *(label.name for label in _figures())]
    statement = insert(ApiCallHour).from_select(names, counted)
    anew = {name: statement.excluded[name] for name in names if name not in _HOUR_KEY}
    done = session.execute(
        statement.on_conflict_do_update(index_elements=list(_HOUR_KEY), set_=anew).returning(
            ApiCallHour.hour
        )
    )
    return len(done.all())


def forget_calls(session: Session, before: datetime) -> int:
    """Whole hours only: an hour that can still be counted is there with all its calls."""
    first_kept = before.replace(minute=0, second=0, microsecond=0)
    gone = session.execute(
        delete(ApiCall).where(ApiCall.at < first_kept).returning(ApiCall.call_id)
    )
    return len(gone.all())


def call_hours(session: Session, shop_id: str, since: datetime) -> list[CallHour]:
    found = session.scalars(
        select(ApiCallHour)
        .where(ApiCallHour.shop_id == shop_id, ApiCallHour.hour >= since)
        .order_by(ApiCallHour.hour, ApiCallHour.vendor, ApiCallHour.operation)
    )
    return [
        CallHour(
            row.shop_id,
            row.vendor,
            row.operation,
            row.hour,
            row.calls,
            row.failed,
            row.retried,
            row.throttled,
            row.seconds,
            row.slowest,
            row.cost,
        )
        for row in found
    ]


def read_calls(
    session: Session,
    *,
    shop_id: str | None = None,
    vendor: str | None = None,
    since: datetime | None = None,
    at_once: int = 20_000,
) -> Iterator[list[Mapping[str, Any]]]:
    """All that are kept, in batches: more than memory may hold."""
    query = select(
        ApiCall.shop_id,
        ApiCall.call_id,
        ApiCall.at.label("told_at"),
        func.coalesce(cast(ApiCall.run_id, Text), "").label("run_id"),
        ApiCall.vendor,
        ApiCall.operation,
        ApiCall.status,
        ApiCall.seconds,
        ApiCall.retries,
    )
    if shop_id is not None:
        query = query.where(ApiCall.shop_id == shop_id)
    if vendor is not None:
        query = query.where(ApiCall.vendor == vendor)
    if since is not None:
        query = query.where(ApiCall.at >= since)
    streamed = session.execute(query.execution_options(yield_per=at_once))
    for batch in streamed.mappings().partitions(at_once):
        yield [dict(row) for row in batch]


def retries_of_run(session: Session, run_id: UUID) -> list[RetryScope]:
    return _retries(session, ApiCall.run_id == run_id)


def retries_of_shop(session: Session, shop_id: str, since: datetime) -> list[RetryScope]:
    return _retries(session, (ApiCall.shop_id == shop_id) & (ApiCall.at >= since))


def _retries(session: Session, scope: ColumnElement[bool]) -> list[RetryScope]:
    calls, failed, retried, throttled, *_ = _figures()
    key = (ApiCall.shop_id, Shop.vendor_domain, ApiCall.vendor)
    found = session.execute(
        select(*key, calls, failed, retried, throttled)
        .join(Shop, Shop.shop_id == ApiCall.shop_id)
        .where(scope)
        .group_by(*key)
        .order_by(*key)
    )
    return [RetryScope(*row) for row in found]


def _figures() -> tuple[Label[Any], ...]:
    every = func.count()
    return (
        every.label("calls"),
        every.filter(ApiCall.status != OK).label("failed"),
        every.filter(ApiCall.retries > 0).label("retried"),
        every.filter(ApiCall.status.in_(THROTTLED)).label("throttled"),
        func.sum(ApiCall.seconds).label("seconds"),
        func.max(ApiCall.seconds).label("slowest"),
        func.coalesce(func.sum(ApiCall.cost), 0).label("cost"),
    )
