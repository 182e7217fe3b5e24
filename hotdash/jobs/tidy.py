"""Put away what nobody needs any more: old attempts, passes, webhooks, calls and drained clicks."""

from collections.abc import Sequence
from datetime import timedelta

from hotdash.jobs.forget_clicks import forget_drained_clicks
from hotdash.jobs.record_calls import tidy_calls
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.pipeline.backfill.showing import forget_unshown
from hotdash.pipeline.backfill.status import resource_of
from hotdash.pipeline.durable import Detail
from hotdash.storage.appdb.repositories import (
    checks,
    identity,
    inbox,
    installs,
    known_requests,
)
from hotdash.storage.appdb.repositories.backfills import running_backfills
from hotdash.storage.appdb.repositories.leases import is_locked
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.candidate_schema import backfills_with_schemas, drop
from hotdash.storage.warehouse.contract import Warehouse

ATTEMPTS_KEPT = timedelta(days=1)
REQUESTS_KEPT = timedelta(days=1)
WEBHOOKS_KEPT = timedelta(days=7)


def tidy(context: RefreshContext, shops: Sequence[str]) -> Detail:
    now = context.clock.now()
    with context.database.jobs() as session:
        checks.close_abandoned_builds(session, now)
        forgotten = identity.forget_expired(session, now=now, attempts_before=now - ATTEMPTS_KEPT)
        forgotten += inbox.forget_applied(session, now - WEBHOOKS_KEPT)
        forgotten += known_requests.forget_requests(session, now - REQUESTS_KEPT)
        forgotten += installs.forget_passes(session, now)
    calls = tidy_calls(context.database, context.clock)
    clicks = forget_drained_clicks(context.database, context.warehouse, shops, context.clock)
    return {
        "forgotten": forgotten,
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
