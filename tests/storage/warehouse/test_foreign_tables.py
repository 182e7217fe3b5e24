"""A loader's database that cannot be reached is told without what is in its address."""

import traceback

import pytest

from hotdash.storage.warehouse.foreign_tables import ForeignTablesError, open_foreign_tables


@pytest.mark.parametrize("password", ["hush hush", "hush%hush", "hush/hush", "hush?hush=1"])
def test_an_address_that_cannot_be_read_keeps_its_password(password: str) -> None:
    with pytest.raises(ForeignTablesError) as caught:
        open_foreign_tables(f"postgresql://ann:{password}@127.0.0.1:1/db", "shopify").names()
    assert caught.value.field == "database"
    assert "hush" not in "".join(traceback.format_exception(caught.value))
