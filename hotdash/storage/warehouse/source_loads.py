"""What each source last brought."""

from dataclasses import dataclass
from datetime import datetime

from hotdash.storage.warehouse.build_ledger import tables_in
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.load_ledger import IS_COMMITTED

_LAST_LOADS = f"""
    select shop_id, source, "at", rows from (
        select shop_id, source, "at", rows, row_number() over (
            partition by shop_id, source order by "at" desc, load_id desc
        ) as place
        from raw.load_events where {IS_COMMITTED}
    ) as loads
    where place = 1
"""


@dataclass(frozen=True)
class LastLoad:
    at: datetime
    rows: int


def last_loads(warehouse: Warehouse) -> dict[tuple[str, str], LastLoad]:
    """Per shop and source."""
    if "load_events" not in tables_in(warehouse, "raw"):
        return {}
    return {
        (row["shop_id"], row["source"]): LastLoad(row["at"], row["rows"])
        for row in rows(warehouse.query(_LAST_LOADS))
    }
