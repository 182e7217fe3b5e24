"""Pseudonyms in the warehouse: one in place of another wherever it stands, and the days that must follow.

A load says which days they are, so that the next build computes them anew like any others: somebody who
came back under an older pseudonym may have had the first order.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from hotdash.base.ids import new_id
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.load_ledger import Load, Reading, begin, commit
from hotdash.storage.warehouse.personal_rows import StoredTable, exchange
from hotdash.storage.warehouse.raw_tables import marks

SOURCE = "privacy"
# By this name int_affected_customer_days finds them.
DAYS_OF = "customer_keys"
_KEY = "customer_key"
_APPEND = """
    insert into raw.slice_days (shop_id, load_id, fetched_at, table_name, day) values (?, ?, ?, ?, ?)
"""


def exchange_keys(
    warehouse: Warehouse,
    tables: Collection[StoredTable],
    shop_id: str,
    instead: Mapping[str, str],
    at: datetime,
) -> bool:
    """Inside the caller's transaction; whether one stood anywhere."""
    days, is_changed = set[date](), False
    for table in tables:
        if _KEY in table.columns and table.has_shop:
            held = _held(warehouse, table, shop_id, instead)
            if held:
                days |= _days(warehouse, table, shop_id, {*held, *held.values()})
                is_changed |= exchange(warehouse, table, _KEY, shop_id, held)
    if days:
        _compute_anew(warehouse, shop_id, days, at)
    return is_changed


def _held(
    warehouse: Warehouse, table: StoredTable, shop_id: str, instead: Mapping[str, str]
) -> dict[str, str]:
    if not instead:
        return {}
    asked = f"select distinct {_KEY} from {table.in_sql} where {_whose(instead)}"
    found = rows(warehouse.query(asked, [shop_id, *instead]))
    return {row[_KEY]: instead[row[_KEY]] for row in found}


def _days(
    warehouse: Warehouse, table: StoredTable, shop_id: str, keys: Collection[str]
) -> set[date]:
    if "day" not in table.columns:
        return set()
    asked = f"select distinct day from {table.in_sql} where day is not null and {_whose(keys)}"
    return {row["day"] for row in rows(warehouse.query(asked, [shop_id, *keys]))}


def _whose(keys: Collection[str]) -> str:
    return f"shop_id = ? and {_KEY} in ({marks(keys)})"


def _compute_anew(warehouse: Warehouse, shop_id: str, days: Collection[date], at: datetime) -> None:
    load = Load(str(new_id()), shop_id, SOURCE, None)
    begin(warehouse, load, at)
    for day in sorted(days):
        warehouse.execute(_APPEND, [shop_id, load.load_id, at, DAYS_OF, day])
    commit(warehouse, load, Reading({}, at), len(days), at)
