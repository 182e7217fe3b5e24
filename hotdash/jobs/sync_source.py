"""One source of one shop is read, and what came of it is written down where people look."""

from dataclasses import dataclass
from datetime import datetime

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.connectors.contract import Connector
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.record_calls import CallRecorder
from hotdash.jobs.run_report import FAILED, LOADED
from hotdash.jobs.source_health import SourceHealth
from hotdash.jobs.webhook_signals import WebhookSignals
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.ingest.ingest import Ingest, IngestOutcome
from hotdash.pipeline.ingest.policies import PolicySource
from hotdash.pipeline.ingest.reading import SourceFailedError
from hotdash.pipeline.ingest.reconcile import Reconciliation, reconcile
from hotdash.storage.appdb.repositories.exchange_rates import newest_rates
from hotdash.storage.appdb.repositories.freshness import save_freshness
from hotdash.storage.appdb.repositories.operating_settings import list_settings
from hotdash.storage.appdb.repositories.policies import list_policies
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse import load_ledger

_log = get_logger(__name__)


@dataclass(frozen=True)
class SourceSync:
    """A broken source is recorded and holds up nobody else; its age then speaks."""

    database: Database
    ingest: Ingest
    calls: CallRecorder | None = None
    drifts: DriftKeeper | None = None

    def sync(
        self,
        shop_id: str,
        connector: Connector,
        *,
        reread: bool = False,
        since: datetime | None = None,
        insist: bool = False,
    ) -> Detail:
        """A source that rests is asked all the same where a person insists or asks for more than the news."""
        if not (insist or reread or since):
            skipped = self._health.reason_to_skip(shop_id, connector.vendor)
            if skipped is not None:
                return skipped
        signals = WebhookSignals(self.database, self.ingest.clock)
        waiting = signals.waiting(shop_id, connector.vendor)
        try:
            outcome = self.ingest.read(
                connector, shop_id, reread=reread, since=since, wanted=waiting.wanted
            )
        except SourceFailedError as error:
            self._health.failed(shop_id, connector.vendor, error)
            return failure_detail(shop_id, connector.vendor, error)
        finally:
            if self.calls is not None:
                self.calls.flush()
        signals.applied(shop_id, connector.vendor, waiting, outcome.load_id)
        self._health.worked(shop_id, connector.vendor)
        self._note_freshness(outcome)
        self._keep_drifts(outcome)
        compared = self._reconciled(connector, outcome)
        return {**_loaded(outcome), "webhooks": len(waiting.signal_ids), **compared}

    def policies(self, shop_id: str) -> Detail:
        """Our own source: read only where a decision is news."""
        with self.database.jobs() as session:
            source = PolicySource(
                list_policies(session, shop_id),
                self.ingest.clock,
                list_settings(session, shop_id),
                newest_rates(session, shop_id),
            )
        warehouse = self.ingest.warehouse
        load_ledger.ensure_ledger(warehouse)
        known = load_ledger.newest_reading(warehouse, shop_id, source.vendor)
        if not source.is_news(known.cursor if known else None):
            return {"status": LOADED, "rows": {}}
        return _loaded(self.ingest.read(source, shop_id))

    def _reconciled(self, connector: Connector, outcome: IngestOutcome) -> Detail:
        """What was read stays read where the comparison fails; a difference then blocks by itself."""
        try:
            found = reconcile(self.ingest, connector, outcome)
        except SourceFailedError as error:
            failed = failure_detail(outcome.shop_id, connector.vendor, error)
            return {"reconciliation": failed}
        if found is None:
            return {}
        if found.repair is not None:
            self._keep_drifts(found.repair)
        return {"reconciliation": _compared(found)}

    def _keep_drifts(self, outcome: IngestOutcome) -> None:
        if self.drifts is not None:
            self.drifts.keep_of_load(outcome)

    @property
    def _health(self) -> SourceHealth:
        return SourceHealth(self.database, self.ingest.clock)

    def _note_freshness(self, outcome: IngestOutcome) -> None:
        reached = outcome.reading.complete_through
        with self.database.jobs() as session:
            save_freshness(
                session, outcome.shop_id, outcome.source, reached, at=self.ingest.clock.now()
            )


def failure_detail(shop_id: str, source: str, error: SourceFailedError) -> Detail:
    is_known = isinstance(error.__cause__, HotdashError)
    _log.error(
        "ingest_failed", shop_id=shop_id, source=source, error=str(error), exc_info=not is_known
    )
    failure = {"code": error.code, "error": error.message, "hint": error.hint}
    return {"status": FAILED, "source": source, **failure}


def _loaded(outcome: IngestOutcome) -> Detail:
    return {
        "status": LOADED,
        "source": outcome.source,
        "load_id": outcome.load_id,
        "rows": dict(outcome.rows),
        "unreadable": outcome.unreadable,
        "drifts": [f"{each.table.name}: {each.detail}" for each in outcome.drifts],
        "complete_through": iso_utc(outcome.reading.complete_through),
    }


def _compared(found: Reconciliation) -> Detail:
    return {
        "status": LOADED,
        "days": found.compared,
        "days_listed": found.listed,
        "fetched": found.fetched,
        "vanished": found.vanished,
        "left": [
            {"day": each.day.isoformat(), "told": each.told, "stored": each.stored}
            for each in found.left
        ],
        "load_id": found.repair.load_id if found.repair else None,
    }
