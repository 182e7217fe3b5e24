"""Only what webhooks told is read again: the quick way between two runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotdash.connectors.contract import Connector
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.run_report import LOADED
from hotdash.jobs.sync_source import failure_detail
from hotdash.jobs.webhook_signals import WebhookSignals
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.ingest.reading import SourceFailedError
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse import load_ledger


@dataclass(frozen=True)
class WebhookApplication:
    database: Database
    ingest: Ingest
    drifts: DriftKeeper

    def apply_all(
        self, connectors: Mapping[str, Sequence[Connector]]
    ) -> dict[str, dict[str, Detail]]:
        """Per shop and vendor what came of it; who has nothing waiting does not appear."""
        told: dict[str, dict[str, Detail]] = {}
        for shop_id, sources in connectors.items():
            for connector in sources:
                detail = self.apply(shop_id, connector)
                if detail is not None:
                    told.setdefault(shop_id, {})[connector.vendor] = detail
        return told

    def apply(self, shop_id: str, connector: Connector) -> Detail | None:
        """None where nothing waits, or where the source was never read: its first read brings it all."""
        signals = WebhookSignals(self.database, self.ingest.clock)
        waiting = signals.waiting(shop_id, connector.vendor)
        if not waiting.signal_ids or not self._was_read(shop_id, connector.vendor):
            return None
        try:
            outcome = self.ingest.repair(connector, shop_id, waiting.wanted)
        except SourceFailedError as error:
            return failure_detail(shop_id, connector.vendor, error)
        signals.applied(shop_id, connector.vendor, waiting, outcome.load_id)
        self.drifts.keep_of_load(outcome)
        return {
            "status": LOADED,
            "source": connector.vendor,
            "load_id": outcome.load_id,
            "rows": dict(outcome.rows),
            "webhooks": len(waiting.signal_ids),
        }

    def _was_read(self, shop_id: str, vendor: str) -> bool:
        warehouse = self.ingest.warehouse
        load_ledger.ensure_ledger(warehouse)
        return load_ledger.newest_reading(warehouse, shop_id, vendor) is not None
