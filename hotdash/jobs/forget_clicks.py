"""Clicks that rest in the warehouse are forgotten in the app database, after some days of grace."""

from collections.abc import Sequence
from datetime import timedelta

from hotdash.base.clock import Clock
from hotdash.connectors.clickstream.connector import DRAINED_BEFORE, VENDOR
from hotdash.storage.appdb.repositories.clicks import forget_clicks
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import newest_reading

KEPT = timedelta(days=7)


def forget_drained_clicks(
    database: Database,
    warehouse: Warehouse,
    shops: Sequence[str],
    clock: Clock,
    kept: timedelta = KEPT,
) -> int:
    """Only a committed load says how far the spool was drained."""
    forgotten = 0
    for shop_id in shops:
        reading = newest_reading(warehouse, shop_id, VENDOR)
        drained = reading.cursor.get(DRAINED_BEFORE) if reading else None
        if drained is not None:
            with database.jobs() as session:
                forgotten += forget_clicks(
                    session,
                    shop_id,
                    drained_before=int(drained),
                    received_before=clock.now() - kept,
                )
    return forgotten
