"""What the app database kept of runs, checks, alerts and backfills, as the promises of the scorecard ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import any_, exists, func, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import (
    Alert,
    AlertEvent,
    BackfillEvent,
    CheckResult,
    PublicationOutcome,
    Run,
    RunStep,
)
from hotdash.storage.appdb.repositories.alert_events import FALSE_ALARM
from hotdash.storage.appdb.repositories.alerts import BLOCKING, NOTES
from hotdash.storage.appdb.repositories.checks import COMPLETED, FAILED
from hotdash.storage.appdb.repositories.publications import Outcome

_BY_PEOPLE = ("acknowledged", "snoozed", "resolved", FALSE_ALARM)
_RUNNING, _ROLLED_BACK = "running", "rolled_back"


@dataclass(frozen=True, slots=True)
class StepTime:
    at: datetime
    seconds: Decimal


@dataclass(frozen=True, slots=True)
class AlertCounts:
    opened: int
    answered: int
    false: int


@dataclass(frozen=True, slots=True)
class BlockingFailure:
    """was_published: a mart that the check guards went out with the build in which it failed."""

    check_name: str
    at: datetime
    was_published: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """What was said of one backfill of one shop; at is its newest entry."""

    backfill_id: str
    at: datetime
    statuses: tuple[str, ...]
    date_from: date
    date_to: date
    seconds: Decimal | None
    is_explained: bool
    has_difference: bool

    @property
    def days(self) -> int:
        return (self.date_to - self.date_from).days + 1

    @property
    def is_completed(self) -> bool:
        return COMPLETED in self.statuses

    @property
    def is_whole(self) -> bool:
        has_ended = self.is_completed or _ROLLED_BACK in self.statuses
        return self.is_explained and _RUNNING in self.statuses and has_ended and self.has_difference


def step_seconds(session: Session, shop_id: str, step: str, since: datetime) -> list[StepTime]:
    found = session.execute(
        select(RunStep.started_at, RunStep.finished_at)
        .join(Run, Run.run_id == RunStep.run_id)
        .where(
            Run.shops.contains([shop_id]),
            RunStep.step == step,
            RunStep.status == COMPLETED,
            RunStep.attempt == 1,
            RunStep.finished_at.is_not(None),
            RunStep.started_at >= since,
        )
        .order_by(RunStep.started_at)
    )
    return [StepTime(row.started_at, _seconds(row.finished_at - row.started_at)) for row in found]


def first_checked(session: Session, shop_id: str) -> datetime | None:
    return session.scalar(select(func.min(CheckResult.at)).where(CheckResult.shop_id == shop_id))


def alert_counts(session: Session, shop_id: str, since: datetime) -> AlertCounts:
    """Of those that were opened since then; a note is no alert."""
    opened = (
        select(Alert.alert_id)
        .where(Alert.shop_id == shop_id, Alert.kind.not_in(NOTES), Alert.opened_at >= since)
        .subquery()
    )

    def with_event(names: Sequence[str]) -> int:
        said = exists().where(
            AlertEvent.shop_id == shop_id,
            AlertEvent.alert_id == opened.c.alert_id,
            AlertEvent.event.in_(names),
        )
        return session.scalar(select(func.count()).select_from(opened).where(said)) or 0

    total = session.scalar(select(func.count()).select_from(opened)) or 0
    return AlertCounts(total, with_event(_BY_PEOPLE), with_event([FALSE_ALARM]))


def blocking_failures(session: Session, shop_id: str, since: datetime) -> list[BlockingFailure]:
    went_out = exists().where(
        PublicationOutcome.shop_id == CheckResult.shop_id,
        PublicationOutcome.build_id == CheckResult.build_id,
        PublicationOutcome.mart == any_(CheckResult.marts),
        PublicationOutcome.outcome == Outcome.PUBLISHED.value,
    )
    found = session.execute(
        select(CheckResult.check_name, CheckResult.at, went_out.label("was_published"))
        .where(
            CheckResult.shop_id == shop_id,
            CheckResult.severity == BLOCKING,
            CheckResult.status == FAILED,
            CheckResult.at >= since,
        )
        .order_by(CheckResult.at, CheckResult.check_name)
    )
    return [BlockingFailure(*row) for row in found]


def backfill_trails(session: Session, shop_id: str) -> list[Trail]:
    """The oldest first."""
    events: dict[str, list[BackfillEvent]] = {}
    for row in session.scalars(
        select(BackfillEvent)
        .where(BackfillEvent.shop_id == shop_id)
        .order_by(BackfillEvent.event_id)
    ):
        events.setdefault(str(row.backfill_id), []).append(row)
    return [_trail(backfill, said) for backfill, said in events.items()]


def _trail(backfill: str, said: Sequence[BackfillEvent]) -> Trail:
    newest = said[-1]
    seconds = [each.duration_seconds for each in said if each.duration_seconds is not None]
    return Trail(
        backfill_id=backfill,
        at=newest.at,
        statuses=tuple(each.status for each in said),
        date_from=newest.date_from,
        date_to=newest.date_to,
        seconds=seconds[0] if seconds else None,
        is_explained=all(
            each.triggered_by.strip() and each.reason.strip() and each.plan_hash for each in said
        ),
        has_difference=any(each.diff_id is not None for each in said),
    )


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(milliseconds=1)) / 1000
