"""Every job of the worker: what it does, in which lane, and when it is due."""

from datetime import timedelta
from functools import partial

from hotdash.base.errors import NotFoundError
from hotdash.jobs import backfill_asked, forecast, plan_asked, quarantine_asked, send_mirror
from hotdash.jobs.back_up import back_up_night, practise_restore
from hotdash.jobs.gather_incident import gather_open
from hotdash.jobs.job_context import Job
from hotdash.jobs.keep_analysis import keep_analysis
from hotdash.jobs.queue import Lane
from hotdash.jobs.refresh_due import refresh_due, run_asked
from hotdash.jobs.regular import (
    answer_privacy,
    archive_audit,
    compare_sides,
    find_anomalies,
    look_at_schemas,
    parity,
    read_and_index,
    remind_of_drill,
    seal_audit,
    send_packets,
    tell_week,
    tidy_night,
    trace_lineage,
)
from hotdash.jobs.roll_up_facts import roll_up_night
from hotdash.jobs.schedule import ScheduledJob
from hotdash.jobs.watch import watch

RUN = "run"

SCHEDULE = (
    ScheduledJob("refresh_due", "*/5 * * * *", begins_at_once=True, grace=timedelta(hours=1)),
    ScheduledJob("watch", "* * * * *", begins_at_once=True, grace=timedelta(minutes=5)),
    ScheduledJob(send_mirror.JOB, "*/5 * * * *", begins_at_once=True, grace=timedelta(minutes=30)),
    ScheduledJob("knowledge", "30 0 * * *", begins_at_once=True, grace=timedelta(hours=6)),
    ScheduledJob("backup", "50 2 * * *", grace=timedelta(hours=6)),
    ScheduledJob("restore_drill", "40 5 * * 0", grace=timedelta(hours=12)),
    ScheduledJob("tidy", "20 3 * * *", grace=timedelta(hours=3)),
    ScheduledJob("facts_rollup", "40 3 * * *", grace=timedelta(hours=3)),
    ScheduledJob("sync_analysis", "25 * * * *", grace=timedelta(hours=3)),
    ScheduledJob("lineage", "35 * * * *", begins_at_once=True, grace=timedelta(hours=3)),
    ScheduledJob(forecast.JOB, "40 2 * * *", begins_at_once=True, grace=timedelta(hours=6)),
    ScheduledJob("compare_sides", "30 4 * * *", grace=timedelta(hours=3)),
    ScheduledJob("incident", "0 6,18 * * *", grace=timedelta(hours=3)),
    ScheduledJob("audit_seal", "*/5 * * * *", begins_at_once=True, grace=timedelta(hours=1)),
    ScheduledJob("audit_archive", "10 4 * * *", grace=timedelta(hours=3)),
    ScheduledJob("privacy", "30 2 * * *", grace=timedelta(hours=6)),
    ScheduledJob("parity", "50 4 * * *", grace=timedelta(hours=3)),
    ScheduledJob("schemas", "10 5 * * 1", grace=timedelta(hours=6)),
    ScheduledJob("weekly_digest", "0 7 * * 1", grace=timedelta(hours=3)),
    ScheduledJob("weekly_packet", "*/15 * * * *", grace=timedelta(hours=1)),
    ScheduledJob("anomalies", "35 * * * *", begins_at_once=True, grace=timedelta(hours=3)),
    ScheduledJob("backfill_drill", "0 8 1 1,4,7,10 *", grace=timedelta(days=1)),
)

JOBS = {
    job.name: job
    for job in (
        Job("refresh_due", Lane.WAREHOUSE, refresh_due),
        Job(RUN, Lane.WAREHOUSE, run_asked),
        Job("watch", Lane.LIGHT, partial(watch, schedule=SCHEDULE)),
        Job(send_mirror.JOB, Lane.LIGHT, send_mirror.send_mirror),
        Job("audit_seal", Lane.WAREHOUSE, seal_audit),
        Job("audit_archive", Lane.WAREHOUSE, archive_audit),
        Job("backup", Lane.WAREHOUSE, back_up_night),
        Job("restore_drill", Lane.WAREHOUSE, practise_restore),
        Job("tidy", Lane.WAREHOUSE, tidy_night),
        Job("facts_rollup", Lane.LIGHT, roll_up_night),
        Job("sync_analysis", Lane.LIGHT, keep_analysis),
        Job("lineage", Lane.LIGHT, trace_lineage),
        # Needs no warehouse, but minutes: in the light lane the watch would wait for it.
        Job(forecast.JOB, Lane.WAREHOUSE, forecast.forecast_night),
        Job("compare_sides", Lane.WAREHOUSE, compare_sides),
        Job("incident", Lane.WAREHOUSE, gather_open),
        Job("privacy", Lane.WAREHOUSE, answer_privacy),
        Job("parity", Lane.WAREHOUSE, parity),
        Job("schemas", Lane.WAREHOUSE, look_at_schemas),
        Job("weekly_digest", Lane.LIGHT, tell_week),
        Job("weekly_packet", Lane.LIGHT, send_packets),
        Job("knowledge", Lane.PATIENT, read_and_index),
        Job("anomalies", Lane.LIGHT, find_anomalies),
        Job(backfill_asked.JOB, Lane.WAREHOUSE, backfill_asked.carry_out),
        Job(plan_asked.JOB, Lane.WAREHOUSE, plan_asked.carry_out),
        Job(quarantine_asked.JOB, Lane.WAREHOUSE, quarantine_asked.carry_out),
        Job("backfill_drill", Lane.LIGHT, remind_of_drill),
    )
}


# Whoever asked for one of these waits for it, and is told there what became of it.
ASKED_FOR = frozenset({RUN, plan_asked.JOB, quarantine_asked.JOB})


def job_called(name: str) -> Job:
    if name not in JOBS:
        raise NotFoundError(
            f"There is no job {name!r}.", hint=f"The jobs here are {', '.join(JOBS)}.", field="job"
        )
    return JOBS[name]


def lane_of(name: str) -> Lane:
    """A job of another version is offered where it harms least; there it fails with its name."""
    return JOBS[name].lane if name in JOBS else Lane.LIGHT
