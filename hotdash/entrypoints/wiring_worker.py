"""What the worker's jobs work with, made of one installation."""

from hotdash.connectors.registry import registry
from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.job_context import Hooks, JobContext


def job_context(house: Installation) -> JobContext:
    return JobContext(
        database=house.database,
        clock=house.clock,
        refreshing=house.refresh_context,
        sync_every={vendor: spec.sync_every for vendor, spec in registry().items()},
        limits=house.freshness_limits(),
        hooks=hooks(house),
    )


def hooks(house: Installation) -> Hooks:
    """Who is told of failures, and what else nights and weeks bring."""
    del house
    return Hooks()
