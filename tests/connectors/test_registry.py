import pytest

from hotdash.base.errors import NotFoundError
from hotdash.connectors.registry import all_tables, open_connector, spec_of
from hotdash.connectors.spec import Access
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle


@pytest.fixture
def access(simulator: SimulatorHandle) -> Access:
    shop = simulator.shops[SHOP_ID]
    return Access(SHOP_ID, shop["sources"]["shopify"], simulator)


def test_a_connector_is_opened_from_plain_values(access: Access) -> None:
    connector = open_connector("shopify", access)
    connector.check()
    assert connector.vendor == "shopify"
    assert list(connector.tables) == list(spec_of("shopify").tables)


def test_an_unknown_vendor_is_named_with_those_there_are(access: Access) -> None:
    with pytest.raises(NotFoundError, match=r"'etsy'.*shopify"):
        open_connector("etsy", access)


def test_tables_have_one_name_each() -> None:
    names = [table.name for table in all_tables()]
    assert len(names) == len(set(names)) >= 12
