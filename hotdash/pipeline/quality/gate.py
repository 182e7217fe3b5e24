"""Asks every check of one build and tells, per shop, what must not be published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hotdash.base.clock import iso_utc
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import Progress
from hotdash.pipeline.quality.checks.aov import aov_checks, aov_findings
from hotdash.pipeline.quality.checks.drift import OpenDrift, drift_checks, drift_findings
from hotdash.pipeline.quality.checks.freshness import (
    FreshnessLimit,
    freshness_checks,
    stale_sources,
)
from hotdash.pipeline.quality.checks.jumps import jump_checks, jump_findings
from hotdash.pipeline.quality.checks.sources import (
    RejectedSource,
    source_checks,
    source_findings,
)
from hotdash.pipeline.quality.checks.volume import volume_checks, volume_findings
from hotdash.pipeline.quality.checks.watched import HISTORY, Incident, Watched, watched_series
from hotdash.pipeline.quality.dbt_checks import dbt_checks, findings_of
from hotdash.pipeline.quality.findings import Check, Finding, GateReport
from hotdash.pipeline.quality.lineage import Lineage
from hotdash.pipeline.transform.dbt import DbtProject, project_hash
from hotdash.pipeline.transform.outline import OutlinedSource
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.daily_series import daily_series
from hotdash.storage.warehouse.kept_findings import (
    asked_whole_before,
    forget_findings,
    keep_findings,
)
from hotdash.storage.warehouse.load_ledger import complete_through

FreshnessLimits = Mapping[str, Mapping[str, FreshnessLimit]]
# dbt's own sources, by its own id.
Tables = Mapping[str, OutlinedSource]


@dataclass(frozen=True)
class CheckRequest:
    """Freshness limits are per shop and source, of the sources that are connected."""

    build_id: str
    as_of: datetime
    freshness: FreshnessLimits = field(default_factory=dict[str, Mapping[str, FreshnessLimit]])
    drifts: Sequence[OpenDrift] = ()
    rejected: Sequence[RejectedSource] = ()
    incidents: Sequence[Incident] = ()

    @property
    def sources(self) -> dict[str, list[str]]:
        """With the shops that have them."""
        found: dict[str, list[str]] = {}
        for shop_id, limits in sorted(self.freshness.items()):
            for source in sorted(limits):
                found.setdefault(source, []).append(shop_id)
        return dict(sorted(found.items()))


def ask(
    warehouse: Warehouse, request: CheckRequest, workdir: Path, progress: Progress
) -> GateReport:
    project = DbtProject(warehouse, workdir)
    checks = dbt_checks(project)
    found = _found(warehouse, request, project, checks, progress)
    tables = project.outline.sources
    lineage = Lineage(project.outline)
    watched = _watched(warehouse, request)

    def marts_of(table: str) -> frozenset[str]:
        return lineage.marts_resting_on(lineage.raw(table))

    def marts_of_source(source: str) -> frozenset[str]:
        return _marts_of(source, tables, lineage)

    def resting_on(mart: str) -> frozenset[str]:
        return lineage.marts_resting_on(lineage.models([mart]))

    return GateReport(
        checks=(
            *checks.values(),
            *_freshness_checks(request, tables, lineage),
            *drift_checks(request.drifts, marts_of),
            *source_checks(request.sources, marts_of_source),
            *volume_checks(watched, resting_on),
            *jump_checks(watched, resting_on),
            *aov_checks(watched, resting_on),
        ),
        findings=(
            *found,
            *_stale(warehouse, request, tables, lineage),
            *drift_findings(request.drifts, marts_of),
            *source_findings(request.rejected, marts_of_source),
            *volume_findings(watched, resting_on),
            *jump_findings(watched, resting_on),
            *aov_findings(watched, resting_on),
        ),
        marts_by_source={source: marts_of_source(source) for source in request.sources},
    )


def _found(
    warehouse: Warehouse,
    request: CheckRequest,
    project: DbtProject,
    checks: dict[str, Check],
    progress: Progress,
) -> list[Finding]:
    """Of the days this build computed, where it is known what all others were found to be."""
    code = project_hash(dbt_project_folder())
    asked_whole = asked_whole_before(warehouse, request.build_id, code, request.as_of)
    forget_findings(warehouse)
    variables = {
        "build_id": request.build_id,
        "as_of": iso_utc(request.as_of),
        "announced": True,
        "only_affected": asked_whole is not None,
    }
    with progress.task("Checking", total=len(checks)) as task:
        results = project.run_known(
            ["test", "--exclude", "test_type:unit"], variables, lambda _name: task.advance()
        )
    found = list(findings_of(warehouse, project, checks, results))
    keep_findings(warehouse, code, asked_whole or request.as_of)
    return found


def _watched(warehouse: Warehouse, request: CheckRequest) -> list[Watched]:
    today = request.as_of.date()
    told = daily_series(warehouse, today - HISTORY, today)
    return watched_series(told, complete_through(warehouse), request.as_of, request.incidents)


def _stale(
    warehouse: Warehouse, request: CheckRequest, tables: Tables, lineage: Lineage
) -> Iterator[Finding]:
    marks = complete_through(warehouse)
    for source in request.sources:
        marts = _marts_of(source, tables, lineage, aging=True)
        limits = {
            shop_id: limits[source]
            for shop_id, limits in request.freshness.items()
            if source in limits
        }
        yield from stale_sources(source, limits, marts, marks, request.as_of)


def _freshness_checks(request: CheckRequest, tables: Tables, lineage: Lineage) -> Iterator[Check]:
    for source, shops in request.sources.items():
        marts = _marts_of(source, tables, lineage, aging=True)
        yield from freshness_checks(source, marts, shops)


def _marts_of(source: str, tables: Tables, lineage: Lineage, aging: bool = False) -> frozenset[str]:
    """Aging: without those that only ask who the shop is, which a day does not make untrue."""
    filled = [
        unique_id
        for unique_id, table in tables.items()
        if source in (table.source_name, *table.meta.get("also_filled_by", ()))
        and not (aging and table.meta.get("says_who_the_shop_is"))
    ]
    return lineage.marts_resting_on(filled)
