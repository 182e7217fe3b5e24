"""Every column that may hold a person is marked, and every marked table is joined to one."""

import pytest

from hotdash.connectors.registry import all_tables
from hotdash.governance.privacy.marked_columns import PERSON_KEYS, marked_columns

# Of people who work for the shop; their words are found wherever a customer has the same.
OF_STAFF = {"chatwoot_agents", "stg_chatwoot__agents"}


def test_marks_come_from_contracts_and_models() -> None:
    marked = marked_columns()
    assert marked["shopify_customers"] == {"email", "first_name", "last_name"}
    assert marked["int_customer_identity"] == {"email", "first_name", "last_name"}
    assert marked["chatwoot_messages"] == {"content"}


@pytest.mark.parametrize("table", sorted(table.name for table in all_tables() if table.personal))
def test_a_marked_table_says_whose_its_rows_are(table: str) -> None:
    [columns] = [set(each.schema.names) for each in all_tables() if each.name == table]
    assert table in OF_STAFF or columns & set(PERSON_KEYS)
