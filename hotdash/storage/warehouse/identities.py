"""The one table that joins a person to their pseudonym; nobody else reads its personal columns."""

from hotdash.base.personal_data import PersonalData
from hotdash.storage.warehouse.contract import Warehouse

_EXISTS = """
    select count(*) as found from information_schema.tables
    where table_schema = 'intermediate' and table_name = 'int_customer_identity'
"""


def find_identity(warehouse: Warehouse, shop_id: str, customer_key: str) -> PersonalData | None:
    """None for a guest, whom the shop has no record of, and before the first run."""
    [told] = warehouse.query(_EXISTS).to_pylist()
    if not told["found"]:
        return None
    found = warehouse.query(
        "select email, first_name, last_name from intermediate.int_customer_identity"
        " where shop_id = ? and customer_key = ?",
        [shop_id, customer_key],
    ).to_pylist()
    return PersonalData(**found[0]) if found else None
