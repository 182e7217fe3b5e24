"""What is due when: a function of the clock and of what was done before, so that every hour can be tried."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from croniter import croniter

from hotdash.base.clock import iso_utc, require_aware


@dataclass(frozen=True)
class ScheduledJob:
    """`begins_at_once` where a new installation must not wait for the first slot."""

    name: str
    cron: str
    timezone: str = "UTC"
    begins_at_once: bool = False
    # How late a slot may begin before people are told that nobody does it.
    grace: timedelta = timedelta(minutes=15)

    def newest_slot(self, now: datetime) -> datetime:
        """The last instant the job was to begin at, this very one included."""
        return self._slot(now + timedelta(microseconds=1), "get_prev")

    def next_slot(self, now: datetime) -> datetime:
        return self._slot(now, "get_next")

    def _slot(self, now: datetime, way: str) -> datetime:
        """Reckoned in the job's timezone: 03:20 there is 03:20 in summer and in winter."""
        local = require_aware(now).astimezone(ZoneInfo(self.timezone))
        found: Any = getattr(cast(Any, croniter(self.cron, local)), way)(datetime)
        return found.astimezone(UTC)


@dataclass(frozen=True)
class ScheduleState:
    """What is known of a job: its newest slot that was begun, and whether somebody paused it."""

    last_slot: datetime | None = None
    is_paused: bool = False


@dataclass(frozen=True)
class DueSlot:
    job: ScheduledJob
    slot: datetime

    @property
    def key(self) -> str:
        return iso_utc(self.slot)


NEVER = ScheduleState()


def due_slots(
    jobs: Iterable[ScheduledJob],
    states: Mapping[str, ScheduleState],
    busy: Collection[str],
    now: datetime,
) -> list[DueSlot]:
    """However many slots were missed, one job for the newest; none beside one that still waits or works."""
    return [
        DueSlot(job, job.newest_slot(now))
        for job in jobs
        if job.name not in busy and _is_due(job, states.get(job.name, NEVER), now)
    ]


def overdue_slots(
    jobs: Iterable[ScheduledJob], states: Mapping[str, ScheduleState], now: datetime
) -> list[DueSlot]:
    """What should have begun longer ago than its grace; a paused job is not late."""
    late: list[DueSlot] = []
    for job in jobs:
        state = states.get(job.name, NEVER)
        if state.is_paused or state.last_slot is None:
            continue
        missed = job.next_slot(state.last_slot)
        if missed + job.grace < now:
            late.append(DueSlot(job, missed))
    return late


def _is_due(job: ScheduledJob, state: ScheduleState, now: datetime) -> bool:
    if state.is_paused:
        return False
    if state.last_slot is None:
        return job.begins_at_once
    return job.newest_slot(now) > state.last_slot


@dataclass(frozen=True)
class SourceClock:
    """One source of one shop: how often it is read, when it was last asked, and how long it rests."""

    shop_id: str
    source: str
    every: timedelta
    asked_at: datetime | None = None
    rests_until: datetime | None = None
    is_rejected: bool = False
    # A webhook said that something changed, and nothing has read it yet.
    has_news: bool = False


@dataclass(frozen=True)
class DueSources:
    shops: tuple[str, ...]
    sources: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.shops)


def due_sources(
    clocks: Sequence[SourceClock], paused: Collection[str], now: datetime
) -> DueSources:
    """Read together, so that what is computed from several sources is computed once."""
    due = [each for each in clocks if each.shop_id not in paused and _is_source_due(each, now)]
    shops = sorted({each.shop_id for each in due})
    return DueSources(tuple(shops), tuple(sorted({each.source for each in due})))


def _is_source_due(clock: SourceClock, now: datetime) -> bool:
    """A refused key is asked again when it is entered anew, a failing vendor when its rest is over."""
    if clock.is_rejected or (clock.rests_until is not None and clock.rests_until > now):
        return False
    if clock.asked_at is None or clock.has_news:
        return True
    return now - clock.asked_at >= clock.every
