"""What a load, or the vendor's own schema, told of its change is judged, kept, and put before the gate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.base.logging import get_logger
from hotdash.connectors.contract import Drift, DriftKind, RawTable
from hotdash.governance.lineage.drifts import Moved, metrics_of_field
from hotdash.jobs.trace_lineage import lineage_of
from hotdash.pipeline.ingest.drift import Affected, judge_drift
from hotdash.pipeline.ingest.ingest import IngestOutcome
from hotdash.pipeline.ingest.reading import Refusals
from hotdash.pipeline.quality.checks.drift import OpenDrift
from hotdash.pipeline.quality.dbt_checks import dbt_checks
from hotdash.pipeline.quality.findings import Severity
from hotdash.pipeline.quality.lineage import Lineage
from hotdash.pipeline.quality.waiting import waiting_counts
from hotdash.pipeline.transform.dbt import DbtProject
from hotdash.storage.appdb.repositories.drifts import DriftRecord, list_drifts, note_drift
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse

_log = get_logger(__name__)


@dataclass(frozen=True)
class DriftKeeper:
    """The dbt project is parsed only where there is something to judge."""

    database: Database
    warehouse: Warehouse
    dbt_folder: Path

    def keep_of_load(self, outcome: IngestOutcome) -> int:
        """How many of them are news."""
        shop_id, source = outcome.shop_id, outcome.source
        return self._keep(shop_id, source, outcome.drifts, outcome.refusals, outcome.rows)

    def keep(self, shop_id: str, source: str, drifts: Sequence[Drift]) -> int:
        """Told by the vendor's schema, before any record came."""
        return self._keep(shop_id, source, drifts, Refusals(), {})

    def _keep(
        self,
        shop_id: str,
        source: str,
        drifts: Sequence[Drift],
        refusals: Refusals,
        told: Mapping[str, int],
    ) -> int:
        if not drifts:
            return 0
        lineage = _Affected(DbtProject(self.warehouse, self.dbt_folder))
        records = [
            _with_metrics(
                _record(shop_id, source, drift, lineage.by(drift.table.name), refusals, told),
                self._metrics(drift),
            )
            for drift in drifts
        ]
        with self.database.jobs() as session:
            return sum(note_drift(session, record) for record in records)

    def _metrics(self, drift: Drift) -> Moved:
        """No metric is made of a field that only just came."""
        if drift.kind is DriftKind.ADDED:
            return Moved()
        try:
            graph = lineage_of(self.dbt_folder.parent)
        except (HotdashError, OSError) as error:
            _log.warning("drift_without_metrics", table=drift.table.name, error=str(error))
            return Moved()
        return metrics_of_field(graph, drift.table.name, drift.field)


def _with_metrics(record: DriftRecord, moved: Moved) -> DriftRecord:
    told = {"metrics": list(moved.metrics), "matched_metrics": list(moved.matched)}
    named = {name: metrics for name, metrics in told.items() if metrics}
    return replace(record, evidence={**record.evidence, **named}) if named else record


def open_drifts(
    database: Database, warehouse: Warehouse, tables: Iterable[RawTable], shops: Sequence[str]
) -> list[OpenDrift]:
    """What the gate is asked about: open departures, and how much each table still lacks."""
    with database.jobs() as session:
        records = list_drifts(session, shops)
    if not records:
        return []
    waiting = waiting_counts(warehouse, tables)
    return [
        OpenDrift(
            record.shop_id,
            record.source,
            record.table_name,
            record.kind,
            record.field,
            record.detail,
            record.impact,
            record.action,
            record.owner,
            refused=record.evidence.get("refused", 0),
            of=record.evidence.get("of", 0),
            waiting=waiting[record.shop_id, record.table_name],
            metrics=tuple(record.evidence.get("metrics", ())),
            matched_metrics=tuple(record.evidence.get("matched_metrics", ())),
        )
        for record in records
    ]


@dataclass(frozen=True)
class _Affected:
    project: DbtProject

    def by(self, table: str) -> Affected:
        """A project that cannot be read is no reason to lose the drift."""
        try:
            lineage, guarded = self._read
        except (HotdashError, OSError) as error:
            _log.warning("drift_without_lineage", table=table, error=str(error))
            return Affected()
        sources = lineage.raw(table)
        marts = lineage.marts_resting_on(sources)
        return Affected(
            lineage.models_resting_on(table), marts, marts & guarded, self._owner(sources)
        )

    @cached_property
    def _read(self) -> tuple[Lineage, frozenset[str]]:
        guarded = [
            check.marts
            for check in dbt_checks(self.project).values()
            if check.severity is Severity.BLOCKING
        ]
        return Lineage(self.project.outline), frozenset[str]().union(*guarded)

    def _owner(self, sources: Sequence[str]) -> str:
        for unique_id in sources:
            owner = self.project.outline.sources[unique_id].meta.get("owner")
            if owner:
                return str(owner)
        return Affected.owner


def _record(
    shop_id: str,
    source: str,
    drift: Drift,
    affected: Affected,
    refusals: Refusals,
    told: Mapping[str, int],
) -> DriftRecord:
    alert = judge_drift(drift, affected, refusals, told)
    return DriftRecord(
        shop_id=shop_id,
        drift_id=new_id(),
        source=source,
        table_name=alert.table_name,
        kind=alert.kind,
        field=alert.field,
        detail=alert.detail,
        impact=alert.impact.value,
        affected_models=alert.affected_models,
        action=alert.action,
        owner=alert.owner,
        detected_at=alert.detected_at,
        last_seen_at=alert.detected_at,
        target_date=alert.target_date,
        next_review=alert.next_review,
        evidence=alert.evidence,
    )
