"""What each source last brought, and which of its rows still wait to be readable."""

from collections.abc import Sequence
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

_COMMITTED = f"(select load_id from raw.load_events where {IS_COMMITTED})"

_WAITING = f"""
    select refused.shop_id, count(distinct coalesce(refused.vendor_id, refused.payload)) as waiting
    from raw.quarantine as refused
    where refused.table_name = ? and refused.load_id in {_COMMITTED} and not exists (
        select 1 from raw.{{table}} as readable
        where readable.shop_id = refused.shop_id
            and {{key}} = refused.vendor_id
            and readable.fetched_at > refused.fetched_at
            and readable.load_id in {_COMMITTED}
    )
    group by refused.shop_id
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


def waiting_rows(warehouse: Warehouse, table: str, key: Sequence[str]) -> dict[str, int]:
    """Per shop the unreadable rows of which no later readable version came."""
    if not {"quarantine", "load_events", table} <= tables_in(warehouse, "raw"):
        return {}
    parts = " || ':' || ".join(f"cast(readable.{column} as text)" for column in key)
    asked = _WAITING.format(table=table, key=parts)
    return {row["shop_id"]: row["waiting"] for row in rows(warehouse.query(asked, [table]))}
