"""What waits in quarantine of people: read to know who is meant, and written over with the rest of raw."""

from collections.abc import Collection
from dataclasses import dataclass

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


def waiting_of(warehouse: Warehouse, shop_id: str) -> list[Waiting]:
    """Whose words were not written over yet."""
    if TABLE not in stored_columns(warehouse):
        return []
    asked = (
        f"select distinct table_name, vendor_id, reason, payload from {FULL_NAME}"
        " where shop_id = ? and payload <> ?"
    )
    return [Waiting(**row) for row in rows(warehouse.query(asked, [shop_id, ERASED]))]


def write_over_waiting(warehouse: Warehouse, shop_id: str, waiting: Collection[Waiting]) -> None:
    for each in waiting:
        warehouse.execute(
            f"{_ANEW} and table_name = ? and reason = ? and payload = ?",
            [each.reason_without_value, shop_id, each.table_name, each.reason, each.payload],
        )
