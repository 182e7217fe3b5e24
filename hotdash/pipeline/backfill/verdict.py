"""The gate of a candidate: its own checks asked, and those it does not touch taken at their last word."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hotdash.base.clock import iso_utc
from hotdash.base.progress import Progress
from hotdash.pipeline.backfill.candidate import CandidateProject
from hotdash.pipeline.backfill.engine import Checked, Opened
from hotdash.pipeline.quality.dbt_checks import dbt_checks, findings_of
from hotdash.pipeline.quality.findings import Finding, Severity
from hotdash.storage.appdb.repositories.standing_checks import standing_blocks
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.candidate_schema import lay_out_findings
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.kept_findings import are_kept


def judged(
    database: Database,
    warehouse: Warehouse,
    project: CandidateProject,
    opened: Opened,
    progress: Progress,
    now: datetime,
) -> Checked:
    checks = dbt_checks(project)
    # Days that were not computed here passed as they stand, or the shop is asked of all its days.
    are_others_judged = are_kept(warehouse, opened.project_hash, now)
    if are_others_judged:
        lay_out_findings(warehouse, opened.backfill_id, opened.scope.shops, project.overlays)
    variables = {
        "build_id": str(opened.build_id),
        "as_of": iso_utc(opened.as_of),
        "announced": True,
        "only_affected": are_others_judged,
    }
    # New raw rows are judged as well; of rows already judged the last word stands.
    chosen = [] if opened.loads else ["--select", *opened.models]
    with progress.task("Checking the candidate", total=len(checks)) as task:
        results = project.run(
            ["test", *chosen, "--exclude", "test_type:unit"],
            variables,
            lambda _name: task.advance(),
        )
    findings = [
        finding
        for finding in findings_of(warehouse, project, checks, results)
        if finding.shop_id in opened.scope.shops
    ]
    asked = {checks[result.unique_id].name for result in results}
    with database.jobs() as session:
        standing = {
            shop_id: _of_models(standing_blocks(session, shop_id, asked), opened.models)
            for shop_id in opened.scope.shops
        }
    return Checked(tuple(each.detail() for each in findings), _blocked(findings, standing))


def _of_models(
    blocked: Mapping[str, Sequence[str]], models: Sequence[str]
) -> Mapping[str, Sequence[str]]:
    return {mart: reasons for mart, reasons in blocked.items() if mart in models}


def _blocked(
    findings: Sequence[Finding], standing: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, dict[str, tuple[str, ...]]]:
    blocked = {
        shop_id: {mart: tuple(reasons) for mart, reasons in marts.items()}
        for shop_id, marts in standing.items()
    }
    for finding in findings:
        if finding.severity is Severity.BLOCKING:
            of_shop = blocked.setdefault(finding.shop_id, {})
            for mart in finding.marts:
                of_shop[mart] = (*of_shop.get(mart, ()), finding.sentence)
    return blocked
