"""The one table that joins a person to their pseudonym; nobody else reads its personal columns."""

from hotdash.base.personal_data import PersonalData
from hotdash.storage.warehouse.contract import Warehouse

_EXISTS = """
    select count(*) as found from information_schema.tables
    where table_schema = ? and table_name = ?
"""
_CUSTOMER = """
    select email, first_name, last_name from intermediate.int_customer_identity
    where shop_id = ? and customer_key = ?
"""
# The key as fct_conversations makes it.
_CONTACT = """
    select email, contact_name, is_deleted from staging.stg_chatwoot__contacts
    where shop_id = ?
      and md5(shop_id || chr(31) || 'contact' || chr(31) || cast(contact_id as text)) = ?
    order by fetched_at desc
    limit 1
"""

_CUSTOMER_OF_KEY = """
    select distinct customer_id from raw.shopify_customers
    where shop_id = ?
      and md5(shop_id || chr(31) || 'customer' || chr(31) || cast(customer_id as text)) = ?
"""


def customer_of_key(warehouse: Warehouse, shop_id: str, key: str) -> int | None:
    """By the key as the models make it, before any model ran."""
    found = warehouse.query(_CUSTOMER_OF_KEY, [shop_id, key]).to_pylist()
    return int(found[0]["customer_id"]) if found else None


def find_identity(warehouse: Warehouse, shop_id: str, customer_key: str) -> PersonalData | None:
    """None for a guest, whom the shop has no record of, and before the first run."""
    if not _is_there(warehouse, "intermediate", "int_customer_identity"):
        return None
    found = warehouse.query(_CUSTOMER, [shop_id, customer_key]).to_pylist()
    return PersonalData(**found[0]) if found else None


def find_contact(warehouse: Warehouse, shop_id: str, contact_key: str) -> PersonalData | None:
    """Whom the support desk knows by this key; None where they were deleted there."""
    if not _is_there(warehouse, "staging", "stg_chatwoot__contacts"):
        return None
    found = warehouse.query(_CONTACT, [shop_id, contact_key]).to_pylist()
    if not found or found[0]["is_deleted"]:
        return None
    first, _, last = (found[0]["contact_name"] or "").strip().rpartition(" ")
    return PersonalData(found[0]["email"], (first or last) or None, (last if first else None))


def _is_there(warehouse: Warehouse, schema: str, table: str) -> bool:
    [told] = warehouse.query(_EXISTS, [schema, table]).to_pylist()
    return bool(told["found"])
