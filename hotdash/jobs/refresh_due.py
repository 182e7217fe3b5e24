"""Read what is due, by the interval and the health of each source, and publish what follows from it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hotdash.jobs.job_context import JobContext
from hotdash.jobs.refresh import refresh
from hotdash.jobs.schedule import DueSources, SourceClock, due_sources
from hotdash.storage.appdb.repositories import jobs
from hotdash.storage.appdb.repositories.backfills import shops_backfilling
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.source_clocks import source_clocks

UNTOLD_EVERY = timedelta(hours=1)
# Among the arguments of a job that has chosen what it reads, be it nothing.
CHOSEN = "due_shops"


def refresh_due(context: JobContext, job: JobRecord) -> None:
    """What was chosen once stays chosen, so that a worker that takes over finishes that very run."""
    chosen = _chosen(job.arguments) or _choose(context, job)
    if not chosen:
        return
    with context.refreshing() as work:
        refresh(
            work,
            context.progress,
            shops=chosen.shops,
            sources=chosen.sources,
            patience=context.patience,
            began=context.name_run(job),
        )


def run_asked(context: JobContext, job: JobRecord) -> None:
    """The run that a person asked for with `hotdash run` and waits for."""
    asked = job.arguments
    with context.refreshing() as work:
        refresh(
            work,
            context.progress,
            mode=asked.get("mode"),
            shops=asked.get("shops"),
            reread=bool(asked.get("reread")),
            patience=context.patience,
            began=context.name_run(job),
        )


def _chosen(arguments: Mapping[str, Any]) -> DueSources | None:
    if CHOSEN not in arguments:
        return None
    return DueSources(tuple(arguments[CHOSEN]), tuple(arguments["due_sources"]))


def _choose(context: JobContext, job: JobRecord) -> DueSources:
    with context.database.jobs() as session:
        paused = shops_backfilling(session)
        clocks = [
            SourceClock(
                each.shop_id,
                each.source,
                context.sync_every.get(each.source, UNTOLD_EVERY),
                each.asked_at,
                each.rests_until,
                each.is_rejected,
                each.has_news,
            )
            for each in source_clocks(session)
        ]
        due = due_sources(clocks, paused, context.clock.now())
        told = {CHOSEN: list(due.shops), "due_sources": list(due.sources)}
        jobs.settle_on(session, job.job_id, {**job.arguments, **told}, due.shops)
    return due
