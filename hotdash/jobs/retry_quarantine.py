"""Ask the vendors again for what could not be read: entities one by one, slices from their day on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.logging import get_logger
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Connector, Refetches, Rewinds
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.record_calls import CallRecorder
from hotdash.jobs.refresh_context import RefreshContext
from hotdash.pipeline.durable import Detail, RunRequest, durable_run
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.lease import Patience
from hotdash.pipeline.quality.waiting import waiting_records
from hotdash.storage.warehouse.quarantine import EVERYTHING, Chosen, Quarantined

_log = get_logger(__name__)

# A day in the owner's timezone begins up to fourteen hours before the UTC day of that date.
_EARLIEST_BEGIN = timedelta(hours=14)
KIND = "retry_quarantine"
STEP = "retry"
READ_ANEW = "Read its source anew: `hotdash run --reread`."


@dataclass(frozen=True)
class Retried:
    """`resolved` and `waiting` count what was asked for again; `left` could not be."""

    asked: int = 0
    resolved: int = 0
    waiting: int = 0
    left: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict[str, str])

    def document(self) -> dict[str, Any]:
        return {
            "asked": self.asked,
            "resolved": self.resolved,
            "waiting": self.waiting,
            "left": [{"record": record, "mend": READ_ANEW} for record in self.left],
            "errors": [{"source": name, "error": said} for name, said in self.errors.items()],
        }


@dataclass(frozen=True)
class RetryRequest:
    chosen: Chosen = EVERYTHING

    @property
    def detail(self) -> Detail:
        chosen = self.chosen
        shops = sorted(chosen.shops) if chosen.shops is not None else None
        return {"shops": shops, "chosen": [*_conditions(chosen)]}


def _untold(run_id: UUID) -> None:
    del run_id


def _conditions(chosen: Chosen) -> Iterable[str | None]:
    return (chosen.source, chosen.table, chosen.reason, chosen.record)


def retry_in_run(
    context: RefreshContext,
    progress: Progress,
    request: RetryRequest,
    patience: Patience | None = None,
    began: Callable[[UUID], None] = _untold,
) -> Detail:
    """As a run of its own, so that nobody else writes the warehouse meanwhile."""
    shops = request.chosen.shops if request.chosen.shops is not None else context.connectors
    wanted = RunRequest(KIND, tuple(sorted(shops)), request.detail)
    with durable_run(
        context.database, context.warehouse.identity, wanted, context.clock, patience=patience
    ) as run:
        began(run.run_id)
        if context.calls is not None:
            context.calls.name_run(run.run_id)
        ingest = Ingest(
            context.warehouse, context.clock, progress, context.home / "dlt", str(run.run_id)
        )
        drifts = DriftKeeper(context.database, context.warehouse, context.home / "dbt")
        work = partial(
            retry_quarantine, ingest, context.connectors, drifts, request.chosen, context.calls
        )
        try:
            return run.step(STEP, lambda: work().document())
        finally:
            if patience is not None:
                context.warehouse.close()


def retry_quarantine(
    ingest: Ingest,
    connectors: Mapping[str, Sequence[Connector]],
    drifts: DriftKeeper,
    chosen: Chosen = EVERYTHING,
    calls: CallRecorder | None = None,
) -> Retried:
    """Whoever calls holds the warehouse. One source's failure holds up no other."""
    tables = [table for each in connectors.values() for source in each for table in source.tables]
    before = waiting_records(ingest.warehouse, tables, chosen)
    if not before:
        raise NotFoundError(
            "Nothing in quarantine fits what was asked for, or all of it is resolved.",
            hint="`hotdash quarantine list` shows what waits.",
        )
    errors: dict[str, str] = {}
    asked: set[str] = set()
    for shop_id, sources in connectors.items():
        for connector in sources:
            ours = [
                each
                for each in before
                if (each.shop_id, each.source) == (shop_id, connector.vendor)
            ]
            try:
                asked |= _ask_again(ingest, drifts, connector, shop_id, ours)
            except HotdashError as error:
                _log.warning("retry_failed", shop_id=shop_id, source=connector.vendor)
                errors[f"{connector.vendor} of {shop_id}"] = str(error)
            finally:
                if calls is not None:
                    calls.flush()
    still = {each.record_id for each in waiting_records(ingest.warehouse, tables, chosen)}
    left = tuple(each.record_id for each in before if each.record_id not in asked)
    return Retried(len(asked), len(asked - still), len(asked & still), left, errors)


def _ask_again(
    ingest: Ingest,
    drifts: DriftKeeper,
    connector: Connector,
    shop_id: str,
    records: Sequence[Quarantined],
) -> set[str]:
    """Which records were asked for."""
    wanted: dict[str, list[str]] = {}
    entities: set[str] = set()
    for each in records:
        if isinstance(connector, Refetches) and each.day is None and each.vendor_id is not None:
            wanted.setdefault(each.table_name, []).append(each.vendor_id)
            entities.add(each.record_id)
    if wanted:
        drifts.keep_of_load(ingest.repair(connector, shop_id, wanted))
    days = {each.record_id: each.day for each in records if each.day is not None}
    if days and isinstance(connector, Rewinds):
        first = datetime.combine(min(days.values()), time(), UTC) - _EARLIEST_BEGIN
        drifts.keep_of_load(ingest.read(connector, shop_id, since=first))
        return entities | days.keys()
    return entities
