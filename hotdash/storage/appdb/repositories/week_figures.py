"""What the app database kept of a span of time, counted for the weekly packet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, DateTime, Integer, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import (
    Alert,
    ApiCall,
    CheckResult,
    DashboardFact,
    DecisionOutcome,
    Run,
)
from hotdash.storage.appdb.repositories.api_calls import OK
from hotdash.storage.appdb.repositories.checks import FAILED
from hotdash.storage.appdb.repositories.decisions import OutcomeRecord


@dataclass(frozen=True, slots=True)
class Span:
    """From since on, before until."""

    shop_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Calls:
    vendor: str
    calls: int
    failed: int


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found wrong, how often, and its newest words."""

    name: str
    severity: str
    times: int
    sentence: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class RefusedWindow:
    """Found in the mirror's log: whose calls were refused, from the first refusal to the last."""

    vendor: str
    scope: str
    key: str
    first_at: datetime
    last_at: datetime
    refused: int
    calls: int


@dataclass(frozen=True, slots=True)
class FailedRuns:
    """Runs of the mirror with failures of one kind; rows are those that arrived in them."""

    status: str
    code: str | None
    runs: int
    rows: int


def calls_to_vendors(session: Session, span: Span) -> list[Calls]:
    every = func.count()
    found = session.execute(
        select(ApiCall.vendor, every, every.filter(ApiCall.status != OK))
        .where(ApiCall.shop_id == span.shop_id, ApiCall.at >= span.since, ApiCall.at < span.until)
        .group_by(ApiCall.vendor)
        .order_by(ApiCall.vendor)
    )
    return [Calls(*row) for row in found]


def facts_written(session: Session, span: Span) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                DashboardFact.shop_id == span.shop_id,
                DashboardFact.occurred_at >= span.since,
                DashboardFact.occurred_at < span.until,
            )
        )
        or 0
    )


def windows_found(session: Session, span: Span) -> list[RefusedWindow]:
    """Without those that a run of the pipeline told of itself: they say nobody's limit."""
    told = DashboardFact.metadata_
    found = session.execute(
        select(
            told["vendor"].astext,
            told["scope"].astext,
            told["key"].astext,
            DashboardFact.occurred_at,
            cast(told["last_at"].astext, DateTime(timezone=True)),
            cast(DashboardFact.value, Integer),
            cast(told["calls"].astext, Integer),
        )
        .where(*_facts_of(span, "ops.rate_limit.window"), told["scope"].astext.is_not(None))
        .order_by(DashboardFact.occurred_at, DashboardFact.fact_id)
    )
    return [RefusedWindow(*row) for row in found]


def runs_that_failed(session: Session, span: Span, source: str) -> list[FailedRuns]:
    told = DashboardFact.metadata_["sources"][0]
    status, code = told["status"].astext, told["code"].astext
    found = session.execute(
        select(status, code, func.count(), cast(func.sum(DashboardFact.value), Integer))
        .where(
            *_facts_of(span, "ops.sync.summary"),
            told["source"].astext == source,
            status != "loaded",
        )
        .group_by(status, code)
        .order_by(status, func.count().desc(), code)
    )
    return [FailedRuns(*row) for row in found]


def _facts_of(span: Span, fact_type: str) -> tuple[ColumnElement[bool], ...]:
    return (
        DashboardFact.shop_id == span.shop_id,
        DashboardFact.fact_type == fact_type,
        DashboardFact.occurred_at >= span.since,
        DashboardFact.occurred_at < span.until,
    )


def runs_by_status(session: Session, span: Span) -> dict[str, int]:
    found = session.execute(
        select(Run.status, func.count().label("runs"))
        .where(
            Run.shops.contains([span.shop_id]),
            Run.started_at >= span.since,
            Run.started_at < span.until,
        )
        .group_by(Run.status)
        .order_by(Run.status)
    )
    return {row.status: row.runs for row in found}


def failed_checks(session: Session, span: Span) -> list[Found]:
    newest = func.array_agg(aggregate_order_by(CheckResult.sentence, CheckResult.at.desc()))[1]
    worst = func.array_agg(aggregate_order_by(CheckResult.severity, CheckResult.severity))[1]
    found = session.execute(
        select(CheckResult.check_name, worst, func.count(), newest)
        .where(
            CheckResult.shop_id == span.shop_id,
            CheckResult.status == FAILED,
            CheckResult.at >= span.since,
            CheckResult.at < span.until,
        )
        .group_by(CheckResult.check_name)
        .order_by(CheckResult.check_name)
    )
    return [
        Found(name, severity, times, words or "", False) for name, severity, times, words in found
    ]


def alerts_opened(
    session: Session, span: Span, as_of: datetime, leave_out: Sequence[str]
) -> list[Found]:
    """Of these kinds none; whether one is still open is told as it was at as_of."""
    found = session.scalars(
        select(Alert)
        .where(
            Alert.shop_id == span.shop_id,
            Alert.kind.not_in(leave_out),
            Alert.opened_at >= span.since,
            Alert.opened_at < span.until,
        )
        .order_by(Alert.check_name, Alert.opened_at)
    )
    told: dict[str, Found] = {}
    for each in found:
        times = told[each.check_name].times if each.check_name in told else 0
        is_open = each.resolved_at is None or each.resolved_at > as_of
        told[each.check_name] = Found(
            each.check_name, each.severity, times + 1, each.sentence, is_open
        )
    return list(told.values())


def outcomes_measured(session: Session, span: Span) -> list[OutcomeRecord]:
    names = OutcomeRecord.__dataclass_fields__
    found = session.scalars(
        select(DecisionOutcome)
        .where(
            DecisionOutcome.shop_id == span.shop_id,
            DecisionOutcome.measured_at >= span.since,
            DecisionOutcome.measured_at < span.until,
        )
        .order_by(DecisionOutcome.measured_at, DecisionOutcome.decision_id)
    )
    return [OutcomeRecord(**{name: getattr(row, name) for name in names}) for row in found]
