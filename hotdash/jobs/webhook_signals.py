"""Webhooks that wait: given to the next read of their source, and told off when that read is committed."""

from dataclasses import dataclass

from hotdash.base.clock import Clock
from hotdash.storage.appdb.repositories import inbox
from hotdash.storage.appdb.repositories.inbox import WaitingSignals
from hotdash.storage.appdb.session import Database


@dataclass(frozen=True)
class WebhookSignals:
    """A signal says only that something changed: read twice after a kill, it does no harm."""

    database: Database
    clock: Clock

    def waiting(self, shop_id: str, vendor: str) -> WaitingSignals:
        with self.database.jobs() as session:
            return inbox.waiting(session, shop_id, vendor)

    def applied(self, shop_id: str, vendor: str, signals: WaitingSignals, load_id: str) -> None:
        if not signals.signal_ids:
            return
        with self.database.jobs() as session:
            inbox.mark_applied(
                session, shop_id, vendor, signals.signal_ids, load_id, self.clock.now()
            )
