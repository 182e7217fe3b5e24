"""Put away what nobody needs any more: old attempts, passes, webhooks, calls and drained clicks."""

from collections.abc import Sequence

from hotdash.governance.retention.policy import load_policy
from hotdash.jobs.forget_clicks import forget_drained_clicks
from hotdash.jobs.record_calls import tidy_calls
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.jobs.retention import forget, note_policy
from hotdash.pipeline.backfill.showing import forget_unshown
from hotdash.pipeline.backfill.status import resource_of
from hotdash.pipeline.durable import Detail
from hotdash.storage.appdb.repositories import checks
from hotdash.storage.appdb.repositories.backfills import running_backfills
from hotdash.storage.appdb.repositories.leases import is_locked
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.candidate_schema import backfills_with_schemas, drop
from hotdash.storage.warehouse.contract import Warehouse


def tidy(context: RefreshContext, shops: Sequence[str]) -> Detail:
    now, kept = context.clock.now(), load_policy(context.home)
    with context.database.jobs() as session:
        checks.close_abandoned_builds(session, now)
        note_policy(session, kept, now)
        forgotten = forget(session, kept, now)
    calls = tidy_calls(context.database, context.clock, kept.of("api_calls"))
    clicks = forget_drained_clicks(
        context.database, context.warehouse, shops, context.clock, kept.of("clicks")
    )
    return {
        "forgotten": sum(forgotten.values()),
        "calls": calls,
        "clicks": clicks,
        "candidates": drop_dead_candidates(context.database, context.warehouse),
    }


def drop_dead_candidates(database: Database, warehouse: Warehouse) -> int:
    """What a backfill computed and can no longer show, and what a dry run left that died."""
    with database.jobs() as session:
        living = running_backfills(session)
        dead = [
            each
            for each in backfills_with_schemas(warehouse)
            if each not in living and not is_locked(session, resource_of(each))
        ]
    for backfill_id in dead:
        forget_unshown(database, backfill_id)
        drop(warehouse, backfill_id)
    return len(dead)
