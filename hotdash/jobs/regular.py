"""What the nights, the weeks and the quarters bring."""

from datetime import datetime

from hotdash.jobs import check_schemas
from hotdash.jobs.job_context import JobContext, Watched, WatchKind
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.refresh import refresh
from hotdash.jobs.tidy import tidy
from hotdash.jobs.trace_lineage import lineage_of
from hotdash.pipeline.durable import RunRequest, durable_run
from hotdash.pipeline.publish.parity import SERVED_CHECK, SERVED_EVERY
from hotdash.storage.appdb.repositories.backfills import shops_backfilling
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.publications import last_checked, pointer_of


def tidy_night(context: JobContext, job: JobRecord) -> None:
    del job
    with context.refreshing() as work:
        shops = sorted(work.connectors)
        request = RunRequest("tidy", tuple(shops))
        asked = (context.database, work.warehouse.identity, request, context.clock)
        with durable_run(*asked, patience=context.patience) as run:
            run.step("tidy", lambda: tidy(work, shops))
            work.warehouse.close()
    for each in context.hooks.nightly:
        each()


def parity(context: JobContext, job: JobRecord) -> None:
    """Every publication compares served rows once a day; a shop that none reached gets one for it."""
    now = context.clock.now()
    with context.refreshing() as work:
        with context.database.jobs() as session:
            paused = shops_backfilling(session)
            unasked = [
                shop_id
                for shop_id in sorted(work.connectors)
                if shop_id not in paused
                and pointer_of(session, shop_id) is not None
                and _is_old(last_checked(session, shop_id, SERVED_CHECK), now)
            ]
        if unasked:
            named = context.name_run(job)
            refresh(work, context.progress, shops=unasked, patience=context.patience, began=named)


def compare_sides(context: JobContext, job: JobRecord) -> None:
    """Before the night's publication mends it: which shop, table and day is off, here and in the mirror."""
    del job
    if context.parity is not None:
        for target in context.parity.targets():
            context.parity.check(target)


def look_at_schemas(context: JobContext, job: JobRecord) -> None:
    named = context.name_run(job)
    with context.refreshing() as work:
        keeper = DriftKeeper(context.database, work.warehouse, work.dbt_folder)
        request = RunRequest("schemas", tuple(sorted(work.connectors)))
        asked = (context.database, work.warehouse.identity, request, context.clock)
        with durable_run(*asked, patience=context.patience) as run:
            named(run.run_id)
            run.step(
                check_schemas.STEP,
                lambda: check_schemas.look_at_due_schemas(
                    context.database, keeper, work.connectors, context.clock
                ),
            )
            work.warehouse.close()


def trace_lineage(context: JobContext, job: JobRecord) -> None:
    """So that pages and drift findings find it as the project is now."""
    del job
    if context.home is not None:
        lineage_of(context.home)


def tell_week(context: JobContext, job: JobRecord) -> None:
    del job
    for each in context.hooks.weekly:
        each()


def seal_audit(context: JobContext, job: JobRecord) -> None:
    del job
    context.hooks.seal_audit()


def archive_audit(context: JobContext, job: JobRecord) -> None:
    del job
    context.hooks.archive_audit()


def answer_privacy(context: JobContext, job: JobRecord) -> None:
    """What vendors ask about people has thirty days; whoever came back is erased again."""
    del job
    context.hooks.answer_privacy()


def send_packets(context: JobContext, job: JobRecord) -> None:
    """Often, because each shop's Monday begins at an hour of its own."""
    del job
    for each in context.hooks.packets:
        each()


def find_anomalies(context: JobContext, job: JobRecord) -> None:
    """Every hour: a publication that was looked at is not looked at again."""
    del job
    context.hooks.anomalies()


def read_and_index(context: JobContext, job: JobRecord) -> None:
    """Every night: what the shops' own sites say, and whatever else can be searched for."""
    del job
    context.hooks.knowledge()


def remind_of_drill(context: JobContext, job: JobRecord) -> None:
    """A machine may not ask for a backfill, so a person is asked to practise one."""
    context.hooks.remind(
        [
            Watched(
                WatchKind.REMINDER,
                "backfill_drill_due",
                f"The quarter's backfill drill is due since {job.slot[:10]}.",
                "Run `hotdash backfill drill` on one shop: it rolls back and releases by itself.",
            )
        ]
    )


def _is_old(asked_at: datetime | None, now: datetime) -> bool:
    return asked_at is None or now - asked_at >= SERVED_EVERY
