"""The packet's section on delivery, out of the logs that the mirror wrote here."""

from collections.abc import Callable
from pathlib import Path

from hotdash.base.artifacts import ANALYSIS
from hotdash.decisions.analyzer.section import section_of_logs
from hotdash.decisions.mirror.event_log import NAME
from hotdash.reports.packet.contract import SyncFindings
from hotdash.reports.packet.delivery import delivery
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.shops import ShopRecord
from hotdash.storage.attempts.store import Chosen

SyncOfWeek = Callable[[ShopRecord, Week], SyncFindings | None]


def sync_of_week(logs: Path, home: Path) -> SyncOfWeek:
    def told(shop: ShopRecord, week: Week) -> SyncFindings | None:
        files = sorted(logs.glob(f"{NAME}*.ndjson"))
        if not files:
            return None
        span = week.begins_at(shop.timezone), week.ends_at(shop.timezone)
        found = section_of_logs(files, home / ANALYSIS, Chosen(shop.shop_id, *span))
        return delivery(found, shop.timezone)

    return told


def no_sync(shop: ShopRecord, week: Week) -> SyncFindings | None:
    """Where no log of deliveries is at hand."""
    del shop, week
    return None
