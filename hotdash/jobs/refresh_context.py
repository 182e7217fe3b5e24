"""What a run of any kind works with, which shops and sources it was asked for, and how it reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import hotdash
from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.logging import get_logger
from hotdash.base.paths import dbt_project_folder
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Connector
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.record_calls import CallRecorder
from hotdash.jobs.sync_source import SourceSync
from hotdash.pipeline.durable import Detail, DurableRun
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.transform.dbt import project_hash
from hotdash.storage.appdb.repositories.backfills import shops_backfilling
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse

_log = get_logger(__name__)


@dataclass(frozen=True)
class RefreshContext:
    database: Database
    warehouse: Warehouse
    connectors: Mapping[str, Sequence[Connector]]
    home: Path
    clock: Clock
    fresh_soft: timedelta
    fresh_hard: timedelta
    publication_keep: timedelta
    # Without one nobody is told anything.
    alerts: AlertDesk | None = None
    # Of the sources whose limits are not those of orders.
    limits: Mapping[str, FreshnessLimit] = field(default_factory=dict[str, FreshnessLimit])
    calls: CallRecorder | None = None

    def limit_of(self, source: str) -> FreshnessLimit:
        return self.limits.get(source) or FreshnessLimit(self.fresh_soft, self.fresh_hard)

    def sources(self, shop_id: str) -> list[str]:
        return [connector.vendor for connector in self.connectors[shop_id]]

    @property
    def dbt_folder(self) -> Path:
        return self.home / "dbt"


def source_sync(context: RefreshContext, progress: Progress, run: DurableRun) -> SourceSync:
    """How a run of any kind reads its sources."""
    ingest = Ingest(
        context.warehouse, context.clock, progress, context.home / "dlt", str(run.run_id)
    )
    drifts = DriftKeeper(context.database, context.warehouse, context.dbt_folder)
    return SourceSync(context.database, ingest, context.calls, drifts)


def code_here() -> Detail:
    """What one version left unfinished, another does not go on with."""
    return {"version": hotdash.__version__, "project": project_hash(dbt_project_folder())}


def chosen_shops(context: RefreshContext, shops: Sequence[str] | None) -> tuple[str, ...]:
    known = sorted(context.connectors)
    if not known:
        raise NotFoundError("No shop is connected.", hint="Connect one: `hotdash init`.")
    for shop_id in shops or ():
        if shop_id not in context.connectors:
            raise NotFoundError(
                f"There is no shop {shop_id!r}.",
                hint=f"The shops here are {', '.join(known)}.",
                field="shop",
            )
    return tuple(sorted(set(shops))) if shops else tuple(known)


def require_sources(
    context: RefreshContext, shops: Sequence[str], sources: Sequence[str] | None
) -> None:
    connected = {source for shop_id in shops for source in context.sources(shop_id)}
    for source in sources or ():
        if source not in connected:
            raise NotFoundError(
                f"{source} is not connected here.",
                hint=f"The sources here are {', '.join(sorted(connected))}.",
                field="source",
            )


def without_paused(context: RefreshContext, shops: Sequence[str]) -> tuple[str, ...]:
    """A shop whose days are being computed anew waits until they are published or given up."""
    with context.database.jobs() as session:
        paused = shops_backfilling(session) & set(shops)
    for shop_id in sorted(paused):
        _log.info("shop_paused", shop_id=shop_id, reason="backfill")
    left = tuple(shop_id for shop_id in shops if shop_id not in paused)
    if not left:
        raise ConflictError(
            f"A backfill of {', '.join(sorted(paused))} is running, and nothing else was asked for.",
            hint="Wait until it ends.",
        )
    return left
