"""Ask the checks of a build, of all its shops at once, and keep what they found."""

from collections.abc import Sequence
from uuid import UUID

from hotdash.base.clock import parse_iso
from hotdash.base.progress import Progress
from hotdash.jobs.gate_results import check_results, finding_detail
from hotdash.jobs.keep_drifts import open_drifts
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.quality.checks.sources import RejectedSource
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.storage.appdb.repositories import checks
from hotdash.storage.appdb.repositories.source_states import rejected_sources


def gate_build(
    context: RefreshContext, shops: Sequence[str], plan: Detail, progress: Progress
) -> Detail:
    """Every check of one build is asked, and every answer kept per shop."""
    limits = {
        shop_id: {source: context.limit_of(source) for source in context.sources(shop_id)}
        for shop_id in shops
    }
    tables = [
        table
        for shop_id in shops
        for connector in context.connectors[shop_id]
        for table in connector.tables
    ]
    drifts = open_drifts(context.database, context.warehouse, tables, shops)
    with context.database.jobs() as session:
        rejected = [
            RejectedSource(each.shop_id, each.source, each.reason or "", each.hint or "")
            for each in rejected_sources(session, shops)
            if each.source in context.sources(each.shop_id)
        ]
    request = CheckRequest(plan["build_id"], parse_iso(plan["as_of"]), limits, drifts, rejected)
    report = ask(context.warehouse, request, context.dbt_folder, progress)
    findings = [finding for finding in report.findings if finding.shop_id in shops]
    results = check_results(report.checks, findings, shops)
    with context.database.jobs() as session:
        checks.save_check_results(session, UUID(plan["build_id"]), results, context.clock.now())
    return {
        "findings": [finding_detail(finding) for finding in findings],
        "marts_by_source": {
            source: sorted(marts) for source, marts in report.marts_by_source.items()
        },
    }
