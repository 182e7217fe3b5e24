"""Everybody a shop knows, some at a time: a search for the words of all at once would not end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from hotdash.governance.privacy.erasure_key import DOMAIN
from hotdash.governance.privacy.marked_columns import ADDRESS_HASH, PAGES, marked_columns
from hotdash.governance.privacy.person import CONTACTS, CUSTOMERS, ORDERS, Asked
from hotdash.governance.privacy.quarantined import rows_told
from hotdash.governance.privacy.stores import WAREHOUSE, Found, Stores
from hotdash.governance.privacy.write_over import require_same
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.personal_rows import (
    StoredTable,
    amounts_of,
    count_telling,
    empty_whole_columns,
    hashes_told,
    ids_told,
    stored_tables,
    write_anew,
)
from hotdash.storage.warehouse.quarantined_people import FULL_NAME as QUARANTINE
from hotdash.storage.warehouse.quarantined_people import (
    Waiting,
    waiting_of,
    write_over_waiting,
)

AT_ONCE = 50
_Known = TypeVar("_Known", int, str)


def people_of(warehouse: Warehouse, shop_id: str, erased_hashes: frozenset[str]) -> Iterator[Asked]:
    """Customers, contacts and guests of whom anything is left."""
    raw = {table.name: table for table in stored_tables(warehouse) if table.schema == "raw"}
    waiting = waiting_of(warehouse, shop_id)
    customers = _known_by(warehouse, raw, waiting, CUSTOMERS, "customer_id", shop_id)
    contacts = _known_by(warehouse, raw, waiting, CONTACTS, "contact_id", shop_id)
    guests = _guests(warehouse, raw.get(ORDERS), shop_id, erased_hashes)
    for each in _some(customers):
        yield Asked(shop_id, customer_ids=frozenset(each), erased_hashes=erased_hashes)
    for each in _some(contacts):
        yield Asked(shop_id, contact_ids=frozenset(each), erased_hashes=erased_hashes)
    for each in _some(guests):
        yield Asked(
            shop_id, is_hash_asked=frozenset(each).__contains__, erased_hashes=erased_hashes
        )


def told_of_nobody_known(
    stores: Stores, shop_id: str, until: datetime | None = None
) -> list[Found]:
    """Every table that could say something of them, also those that say nothing."""
    warehouse = stores.warehouse
    found = [
        Found(
            WAREHOUSE,
            table.full_name,
            count_telling(warehouse, table, marked, shop_id, f"%{DOMAIN}", until),
        )
        for table in stores.of_warehouse()
        if (marked := _emptied(table))
    ]
    return [*found, Found(WAREHOUSE, QUARANTINE, len(waiting_of(warehouse, shop_id, until)))]


def is_told_in_raw(stores: Stores, shop_id: str, until: datetime) -> bool:
    """Of what models made no row says when it was read, and they are made of raw."""
    found = told_of_nobody_known(stores, shop_id, until)
    return any(each.held for each in found if each.name.startswith("raw."))


def empty_marked_columns(stores: Stores, shop_id: str, until: datetime | None = None) -> None:
    """What is nobody's known customer: a message without a contact, people who answered them.

    Of all, or of what was read until then: whom the shop knows since came of their own will.
    """
    warehouse, tables = stores.warehouse, stores.of_warehouse()
    with warehouse.transaction():
        for table in tables:
            marked = _emptied(table)
            if marked:
                before = amounts_of(warehouse, table)
                empty_whole_columns(warehouse, table, marked, shop_id, f"%{DOMAIN}", until)
                require_same(table, before, amounts_of(warehouse, table))
        write_over_waiting(warehouse, shop_id, waiting_of(warehouse, shop_id, until))
    write_anew(warehouse, tables)


def _emptied(table: StoredTable) -> list[str]:
    if not table.has_shop:
        return []
    marked = marked_columns().get(table.name, frozenset()) & set(table.texts)
    return sorted(marked - {ADDRESS_HASH} - PAGES)


def _known_by(
    warehouse: Warehouse,
    raw: Mapping[str, StoredTable],
    waiting: Sequence[Waiting],
    table: str,
    key: str,
    shop_id: str,
) -> list[int]:
    told = {row[key] for row in rows_told(waiting, table, [key])} - {None}
    return sorted({*_ids_told(warehouse, raw.get(table), key, shop_id), *told})


def _ids_told(warehouse: Warehouse, table: StoredTable | None, key: str, shop_id: str) -> list[int]:
    if table is None:
        return []
    return sorted(ids_told(warehouse, table, key, shop_id, _emptied(table), f"%{DOMAIN}"))


def _guests(
    warehouse: Warehouse,
    table: StoredTable | None,
    shop_id: str,
    erased_hashes: frozenset[str],
) -> list[str]:
    if table is None:
        return []
    return sorted(hashes_told(warehouse, table, shop_id) - erased_hashes)


def _some(everybody: Sequence[_Known]) -> Iterator[Sequence[_Known]]:
    for begin in range(0, len(everybody), AT_ONCE):
        yield everybody[begin : begin + AT_ONCE]
