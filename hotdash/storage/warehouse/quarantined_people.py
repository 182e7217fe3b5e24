"""What waits in quarantine of people: read to know who is meant, and written over with the rest of raw."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from hotdash.base.needles import ERASED
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.quarantine import TABLE
from hotdash.storage.warehouse.raw_tables import stored_columns

FULL_NAME = f"raw.{TABLE}"
_ANEW = f"update {FULL_NAME} set payload = '{ERASED}', reason = ? where shop_id = ?"


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """Its repr says nothing, so that no log or trace does."""

    table_name: str
    vendor_id: str | None
    reason: str
    payload: str

    @property
    def reason_without_value(self) -> str:
        kind, told, _ = self.reason.partition(": ")
        return f"{kind}: {ERASED}" if told else kind


def waiting_of(warehouse: Warehouse, shop_id: str, until: datetime | None = None) -> list[Waiting]:
    """Whose words were not written over yet, of all or of those that were read until then."""
    if TABLE not in stored_columns(warehouse):
        return []
    asked = (
        f"select distinct table_name, vendor_id, reason, payload from {FULL_NAME}"
        " where shop_id = ? and payload <> ?"
    )
    told: list[object] = [shop_id, ERASED]
    if until is not None:
        asked, told = f"{asked} and fetched_at <= ?", [*told, until]
    return [Waiting(**row) for row in rows(warehouse.query(asked, told))]


def write_over_waiting(warehouse: Warehouse, shop_id: str, waiting: Collection[Waiting]) -> None:
    for each in waiting:
        warehouse.execute(
            f"{_ANEW} and table_name = ? and reason = ? and payload = ?",
            [each.reason_without_value, shop_id, each.table_name, each.reason, each.payload],
        )
