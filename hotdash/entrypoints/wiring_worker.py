"""What the worker's jobs work with, made of one installation."""

from functools import partial

from hotdash.base.progress import SilentProgress
from hotdash.connectors.registry import registry
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_backfill import backfill_work
from hotdash.jobs.job_context import Hooks, JobContext


def job_context(house: Installation) -> JobContext:
    return JobContext(
        database=house.database,
        clock=house.clock,
        refreshing=house.refresh_context,
        sync_every={vendor: spec.sync_every for vendor, spec in registry().items()},
        limits=house.freshness_limits(),
        hooks=hooks(house),
        backfilling=partial(backfill_work, house, SilentProgress()),
    )


def hooks(house: Installation) -> Hooks:
    """Who is told of failures, and what else nights and weeks bring."""
    del house
    return Hooks()
