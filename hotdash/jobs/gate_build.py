"""Ask the checks of a build, of all its shops at once, and keep what they found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import parse_iso
from hotdash.base.progress import Progress
from hotdash.jobs.gate_results import check_results
from hotdash.jobs.keep_drifts import open_drifts
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.jobs.score_sources import score_sources
from hotdash.jobs.source_limits import source_limits
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.quality.checks.drift import CHECK_PREFIX
from hotdash.pipeline.quality.checks.sources import RejectedSource
from hotdash.pipeline.quality.checks.watched import Incident
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.storage.appdb.repositories import checks
from hotdash.storage.appdb.repositories.incidents import labelled_incidents
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.repositories.source_states import rejected_sources


def gate_build(
    context: RefreshContext, shops: Sequence[str], plan: Detail, progress: Progress
) -> Detail:
    """Every check of one build is asked, and every answer kept per shop."""
    build_id, as_of = UUID(plan["build_id"]), parse_iso(plan["as_of"])
    report = ask(
        context.warehouse, _request(context, shops, plan, as_of), context.dbt_folder, progress
    )
    findings = [finding for finding in report.findings if finding.shop_id in shops]
    with context.database.jobs() as session:
        now = context.clock.now()
        aside = {
            (each.shop_id, each.check_name): each.override_id
            for each in standing_overrides(session, shops, now)
        }
        results = check_results(report.checks, findings, shops, aside)
        results.extend(_closed_drifts(session, build_id, results, shops))
        checks.save_check_results(session, build_id, results, now)
        score_sources(session, results, as_of)
    return {
        "findings": [finding.detail() for finding in findings],
        "asked": sorted(report.asked),
        "marts_by_source": {
            source: sorted(marts) for source, marts in report.marts_by_source.items()
        },
    }


def _request(
    context: RefreshContext, shops: Sequence[str], plan: Detail, as_of: datetime
) -> CheckRequest:
    tables = [
        table
        for shop_id in shops
        for connector in context.connectors[shop_id]
        for table in connector.tables
    ]
    drifts = [
        each
        for each in open_drifts(context.database, context.warehouse, tables, shops)
        if each.source in context.sources(each.shop_id)
    ]
    with context.database.jobs() as session:
        rejected = [
            RejectedSource(each.shop_id, each.source, each.reason or "", each.hint or "")
            for each in rejected_sources(session, shops)
            if each.source in context.sources(each.shop_id)
        ]
        incidents = [
            Incident(each.shop_id, each.series, each.first_day, each.last_day)
            for each in labelled_incidents(session, shops)
        ]
        sources = {shop_id: context.sources(shop_id) for shop_id in shops}
        limits = source_limits(session, sources, context.limit_of)
    return CheckRequest(plan["build_id"], as_of, limits, drifts, rejected, incidents)


def _closed_drifts(
    session: Session, build_id: UUID, results: Iterable[checks.CheckRecord], shops: Sequence[str]
) -> list[checks.CheckRecord]:
    """A departure that is no longer open has no check any more; that it was closed is its answer."""
    answered = {(each.shop_id, each.check_name) for each in results}
    return [
        replace(each, status=checks.PASSED, failing_rows=0, sentence="", mend="", sample=())
        for shop_id in shops
        for each in checks.failures_before(session, shop_id, build_id)
        if each.check_name.startswith(CHECK_PREFIX) and (shop_id, each.check_name) not in answered
    ]
