"""Asks every check of one build and tells, per shop, what must not be published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hotdash.base.clock import iso_utc
from hotdash.base.progress import Progress
from hotdash.pipeline.quality.checks.drift import OpenDrift, drift_checks, drift_findings
from hotdash.pipeline.quality.checks.freshness import (
    FreshnessLimit,
    freshness_checks,
    stale_sources,
)
from hotdash.pipeline.quality.checks.sources import (
    RejectedSource,
    source_checks,
    source_findings,
)
from hotdash.pipeline.quality.dbt_checks import dbt_checks, findings_of
from hotdash.pipeline.quality.findings import Check, Finding, GateReport
from hotdash.pipeline.quality.lineage import Lineage
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import complete_through

FreshnessLimits = Mapping[str, Mapping[str, FreshnessLimit]]


@dataclass(frozen=True)
class CheckRequest:
    """Freshness limits are per shop and source, of the sources that are connected."""

    build_id: str
    as_of: datetime
    freshness: FreshnessLimits = field(default_factory=dict[str, Mapping[str, FreshnessLimit]])
    drifts: Sequence[OpenDrift] = ()
    rejected: Sequence[RejectedSource] = ()

    @property
    def sources(self) -> list[str]:
        return sorted({source for limits in self.freshness.values() for source in limits})


def ask(
    warehouse: Warehouse, request: CheckRequest, workdir: Path, progress: Progress
) -> GateReport:
    project = DbtProject(warehouse, workdir)
    checks = dbt_checks(project)
    variables = {"build_id": request.build_id, "as_of": iso_utc(request.as_of)}
    with progress.task("Checking", total=len(checks)) as task:
        results = project.run(
            ["test", "--exclude", "test_type:unit"], variables, lambda _name: task.advance()
        )
    lineage = Lineage(project.manifest)

    def marts_of(table: str) -> frozenset[str]:
        return lineage.marts_resting_on(lineage.raw(table))

    def marts_of_source(source: str) -> frozenset[str]:
        return _marts_of(source, project, lineage)

    return GateReport(
        checks=(
            *checks.values(),
            *_freshness_checks(request, project, lineage),
            *drift_checks(request.drifts, marts_of),
            *source_checks(request.sources, marts_of_source),
        ),
        findings=(
            *findings_of(warehouse, project, checks, results),
            *_stale(warehouse, request, project, lineage),
            *drift_findings(request.drifts, marts_of),
            *source_findings(request.rejected, marts_of_source),
        ),
        marts_by_source={source: marts_of_source(source) for source in request.sources},
    )


def _stale(
    warehouse: Warehouse, request: CheckRequest, project: DbtProject, lineage: Lineage
) -> Iterator[Finding]:
    marks = complete_through(warehouse)
    for source in request.sources:
        marts = _marts_of(source, project, lineage, aging=True)
        limits = {
            shop_id: limits[source]
            for shop_id, limits in request.freshness.items()
            if source in limits
        }
        yield from stale_sources(source, limits, marts, marks, request.as_of)


def _freshness_checks(
    request: CheckRequest, project: DbtProject, lineage: Lineage
) -> Iterator[Check]:
    for source in request.sources:
        yield from freshness_checks(source, _marts_of(source, project, lineage, aging=True))


def _marts_of(
    source: str, project: DbtProject, lineage: Lineage, aging: bool = False
) -> frozenset[str]:
    """Aging: without those that only ask who the shop is, which a day does not make untrue."""
    tables = [
        unique_id
        for unique_id, table in project.manifest.sources.items()
        if source in (table.source_name, *table.config.meta.get("also_filled_by", ()))
        and not (aging and table.config.meta.get("says_who_the_shop_is"))
    ]
    return lineage.marts_resting_on(tables)
