"""Once a minute: what is stale, who died, what is late. Nothing of it would be told by a build that never comes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.errors import UnavailableError
from hotdash.decisions.facts.types import FactType
from hotdash.jobs.job_context import JobContext, Watched, WatchKind
from hotdash.jobs.schedule import NEVER, DueSlot, ScheduledJob, ScheduleState, overdue_slots
from hotdash.jobs.send_mirror import mirror_troubles
from hotdash.jobs.source_limits import source_limits
from hotdash.pipeline.quality.checks.freshness import HARD
from hotdash.storage.appdb.repositories import alerts, jobs, workers
from hotdash.storage.appdb.repositories.alerts import CHECK
from hotdash.storage.appdb.repositories.facts import windows_since
from hotdash.storage.appdb.repositories.freshness import freshness_of
from hotdash.storage.appdb.repositories.jobs import JobRecord, ScheduleRecord
from hotdash.storage.appdb.repositories.source_clocks import source_clocks
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database

# A window that was shorter is what retries are for.
LONG_WINDOW = timedelta(minutes=10)
WINDOWS_TOLD_FOR = timedelta(hours=6)
# So long people see who died, or until somebody does its work: what it had begun was taken over.
DEAD_KEPT = timedelta(hours=1)


def watch(context: JobContext, job: JobRecord, schedule: Sequence[ScheduledJob]) -> None:
    del job
    now = context.clock.now()
    found = [
        *_stale(context, now),
        *_dead_workers(context.database, now),
        *_overdue(context.database, schedule, now),
        *mirror_troubles(context.database, now),
        *_refused(context.database, now),
        *_ending(context, now),
    ]
    with context.database.jobs() as session:
        known = workers.list_workers(session)
        workers.forget_workers(session, now - DEAD_KEPT, kept=_last_of_their_lanes(known, now))
    context.hooks.tell_watched(found)


def states_of(schedules: Sequence[ScheduleRecord]) -> dict[str, ScheduleState]:
    return {
        each.name: ScheduleState(each.last_slot, each.paused_by is not None) for each in schedules
    }


def late_jobs(
    schedule: Sequence[ScheduledJob],
    known: Sequence[ScheduleRecord],
    waiting: Sequence[JobRecord],
    now: datetime,
) -> list[DueSlot]:
    """What nobody asked for in time, and what was asked for and nobody took in time: each job once."""
    states = states_of(known)
    late = {each.job.name: each for each in overdue_slots(schedule, states, now)}
    by_name = {job.name: job for job in schedule if not states.get(job.name, NEVER).is_paused}
    for each in waiting:
        job = by_name.get(each.job)
        if job and each.status == jobs.QUEUED and each.requested_at + job.grace < now:
            late.setdefault(job.name, DueSlot(job, each.requested_at))
    return [late[job.name] for job in schedule if job.name in late]


def _stale(context: JobContext, now: datetime) -> Iterator[Watched]:
    """The age of the mark, not of the newest row; where no run comes, the gate never asks."""
    with context.database.jobs() as session:
        connected: dict[str, list[str]] = {}
        for clock in source_clocks(session):
            connected.setdefault(clock.shop_id, []).append(clock.source)
        limits = source_limits(session, connected, context.limits.get)
        reached = {shop_id: freshness_of(session, shop_id) for shop_id in connected}
        told = set(alerts.open_names(session, CHECK, HARD))
    for shop_id, of_shop in sorted(limits.items()):
        for source, limit in sorted(of_shop.items()):
            mark = reached[shop_id].get(source)
            if mark is None or now - mark <= limit.soft or (shop_id, HARD + source) in told:
                continue
            yield Watched(
                WatchKind.STALE,
                f"{source} of {shop_id}",
                f"{source} of {shop_id} is complete through {iso_utc(mark)} only.",
                "Look at `hotdash status` and `hotdash sources`: is a worker running, does the "
                "source answer?",
                (shop_id,),
                is_hard=now - mark > limit.hard,
            )


def _dead_workers(database: Database, now: datetime) -> Iterator[Watched]:
    with database.jobs() as session:
        known = workers.list_workers(session)
    served = _served(known, now)
    for each in known:
        left = sorted(set(each.roles) - served)
        if left and not each.is_alive(now):
            yield Watched(
                WatchKind.DEAD_WORKER,
                each.name,
                f"The worker {each.name} was last heard of at {iso_utc(each.seen_at)}, and "
                f"nobody does its jobs ({', '.join(left)}).",
                "Start it again with `hotdash worker` where it ran.",
                is_hard=True,
            )


def _served(known: Sequence[WorkerRecord], now: datetime) -> set[str]:
    return {lane for each in known if each.is_alive(now) for lane in each.roles}


def _last_of_their_lanes(known: Sequence[WorkerRecord], now: datetime) -> list[UUID]:
    """Whose work nobody does is told until somebody does: of several dead, the last to fall silent."""
    last: dict[str, WorkerRecord] = {}
    for each in sorted(known, key=lambda worker: worker.seen_at):
        last |= dict.fromkeys(each.roles, each)
    served = _served(known, now)
    return [each.worker_id for lane, each in last.items() if lane not in served]


def _overdue(
    database: Database, schedule: Sequence[ScheduledJob], now: datetime
) -> Iterator[Watched]:
    with database.jobs() as session:
        known, waiting = jobs.list_schedules(session), jobs.waiting_jobs(session)
    for late in late_jobs(schedule, known, waiting, now):
        yield Watched(
            WatchKind.OVERDUE,
            late.job.name,
            f"{late.job.name} should have begun at {late.key} and has not.",
            "Look at `hotdash status`: does a worker live, and does a job not end? It keeps the "
            "next from beginning.",
        )


def _refused(database: Database, now: datetime) -> Iterator[Watched]:
    """Long windows that the analyzer found, for some hours after each; the newest speaks for its key."""
    with database.jobs() as session:
        known = windows_since(session, FactType.RATE_LIMIT.value, now - WINDOWS_TOLD_FOR)
    told: set[tuple[str, str, str]] = set()
    for each in known:
        window = dict(each.metadata)
        whose = (each.shop_id, window.get("scope") or "", window.get("key") or "")
        lasted = parse_iso(window["last_at"]) - each.occurred_at
        if window.get("scope") is None or lasted < LONG_WINDOW or whose in told:
            continue
        told.add(whose)
        of = "this shop" if window["scope"] == "shop" else f"this shop in the run {window['key']}"
        yield Watched(
            WatchKind.REFUSED,
            f"{window['vendor']} refuses {window['key']}",
            f"{window['vendor']} refused calls of {of} for {lasted // timedelta(minutes=1)} minutes "
            f"from {iso_utc(each.occurred_at)} on: {each.value:.0f} of {window['calls']}.",
            "Ask `hotdash analyze sync` for the log and follow its advice on retries.",
            (each.shop_id,),
        )


def _ending(context: JobContext, now: datetime) -> Iterator[Watched]:
    """While there is time to make another key; a source that is refused tells it itself."""
    try:
        known = context.endings()
    except UnavailableError as error:
        # A key file that opens nothing must not hide what else is wrong.
        yield Watched(WatchKind.ENDING, "key file", error.message, error.hint, is_hard=True)
        return
    for each in known:
        if each.is_soon(now):
            yield Watched(
                WatchKind.ENDING,
                each.opens,
                each.sentence(now),
                each.mend,
                (each.shop_id,) if each.shop_id else (),
                is_hard=each.is_urgent(now),
            )
