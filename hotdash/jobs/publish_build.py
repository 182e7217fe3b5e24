"""Publish what the gate let through, shop by shop."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hotdash.jobs.gate_results import blocked_marts
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.warehouse import load_ledger


def publish_build(
    context: RefreshContext,
    shops: Sequence[str],
    plan: Detail,
    checked: Detail,
    *,
    may_shrink: bool,
) -> Detail:
    """What became of every mart of every shop; what a finding blocks keeps its last good parts."""
    outcomes = publish(
        context.database,
        context.warehouse,
        UUID(plan["build_id"]),
        shops,
        blocked_marts(checked["findings"]),
        _complete_through(context, shops),
        context.clock,
        keep=context.publication_keep,
        may_shrink=may_shrink,
        marts_by_source=checked.get("marts_by_source"),
    )
    marts: dict[str, dict[str, Detail]] = {shop_id: {} for shop_id in shops}
    for each in outcomes:
        told = {"outcome": each.outcome.value, "reasons": list(each.reasons)}
        marts[each.shop_id][each.mart] = told
    return marts


def _complete_through(
    context: RefreshContext, shops: Sequence[str]
) -> dict[str, dict[str, datetime]]:
    """Only what comes from a vendor can be behind; our own policies never are."""
    reached = load_ledger.complete_through(context.warehouse)
    return {
        shop_id: {
            source: reached[shop_id][source]
            for source in context.sources(shop_id)
            if source in reached.get(shop_id, {})
        }
        for shop_id in shops
    }
