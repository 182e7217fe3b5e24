"""Sources are read into the raw tables and nothing more: one after the other, a broken one holding up nobody."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.base.progress import Progress, TitledProgress
from hotdash.connectors.contract import Connector, Rewinds
from hotdash.jobs.refresh_context import (
    RefreshContext,
    chosen_shops,
    code_here,
    require_sources,
    source_sync,
)
from hotdash.jobs.run_report import FAILED, LOADED
from hotdash.pipeline.durable import Detail, DurableRun, RunRequest, durable_run
from hotdash.pipeline.lease import Patience

KIND = "sync"


@dataclass(frozen=True)
class SyncRequest:
    """Without shops or sources all of them; `since` reads again from there on, `full` everything."""

    shops: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    since: datetime | None = None
    full: bool = False

    @property
    def detail(self) -> Detail:
        return {
            "sources": sorted(self.sources or ()),
            "since": iso_utc(self.since) if self.since else None,
            "full": self.full,
        }


@dataclass(frozen=True)
class SourceReport:
    shop_id: str
    source: str
    detail: Mapping[str, Any]

    @property
    def failed(self) -> bool:
        """Also one that was not asked because its key was refused or it needs a rest."""
        return self.detail["status"] != LOADED

    @property
    def rows(self) -> int:
        return sum(self.detail.get("rows", {}).values())


@dataclass(frozen=True)
class SyncReport:
    run_id: str
    resumed: bool
    seconds: float
    sources: tuple[SourceReport, ...]

    @property
    def failed(self) -> bool:
        return any(source.failed for source in self.sources)

    def document(self) -> dict[str, Any]:
        sources = [
            {"shop": each.shop_id, **each.detail, "source": each.source} for each in self.sources
        ]
        return {**asdict(self), "sources": sources, "failed": self.failed}


def sync_sources(
    context: RefreshContext,
    progress: Progress,
    request: SyncRequest,
    patience: Patience | None = None,
) -> SyncReport:
    """A sync that died is gone on with by the next one that asks for the same.

    With patience it waits for its turn and has let go of the file when the next one's turn comes.
    """
    shops = chosen_shops(context, request.shops)
    chosen = list(_chosen_sources(context, shops, request.sources))
    asked = {**request.detail, **code_here()}
    wanted = RunRequest(KIND, shops, asked, context.fresh_soft)
    began = time.monotonic()
    asked_of = (context.database, context.warehouse.identity, wanted, context.clock)
    with durable_run(*asked_of, patience=patience) as run:
        try:
            reports = [
                SourceReport(
                    shop_id,
                    connector.vendor,
                    run.step(
                        sync_step(shop_id, connector.vendor),
                        partial(_synced, context, progress, run, request, shop_id, connector),
                    ),
                )
                for shop_id, connector in chosen
            ]
        finally:
            if patience is not None:
                context.warehouse.close()
    seconds = round(time.monotonic() - began, 3)
    return SyncReport(str(run.run_id), run.resumed, seconds, tuple(reports))


def sync_step(shop_id: str, source: str) -> str:
    return f"sync {shop_id} {source}"


def _chosen_sources(
    context: RefreshContext, shops: Sequence[str], sources: Sequence[str] | None
) -> Iterator[tuple[str, Connector]]:
    require_sources(context, shops, sources)
    for shop_id in shops:
        for connector in context.connectors[shop_id]:
            if not sources or connector.vendor in sources:
                yield shop_id, connector


def _synced(
    context: RefreshContext,
    progress: Progress,
    run: DurableRun,
    request: SyncRequest,
    shop_id: str,
    connector: Connector,
) -> Detail:
    if request.since is not None and not isinstance(connector, Rewinds):
        return _cannot_rewind(connector)
    titled = TitledProgress(progress, f"{shop_id} {connector.vendor}")
    syncing = source_sync(context, titled, run)
    return syncing.sync(
        shop_id,
        connector,
        reread=request.full,
        since=request.since,
        # Who names a source wants it asked, also where it rests.
        insist=bool(request.sources),
    )


def _cannot_rewind(connector: Connector) -> Detail:
    return {
        "status": FAILED,
        "source": connector.vendor,
        "code": "cannot_rewind",
        "error": f"{connector.vendor} cannot be read again from an instant on.",
        "hint": f"Read it whole: `hotdash sync --source {connector.vendor} --full`.",
    }
