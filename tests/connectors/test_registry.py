import pytest

from hotdash.base.errors import NotFoundError
from hotdash.connectors.registry import REGISTRY, Access, all_tables, open_connector
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle


@pytest.fixture
def access(simulator: SimulatorHandle) -> Access:
    shop = simulator.shops[SHOP_ID]
    return Access(SHOP_ID, shop["domain"], shop["token"], simulator, base_url=shop["base_url"])


def test_a_connector_is_opened_from_plain_values(access: Access) -> None:
    connector = open_connector("shopify", access)
    connector.check()
    assert connector.vendor == "shopify"
    assert list(connector.tables) == list(REGISTRY["shopify"].tables)


def test_an_unknown_vendor_is_named_with_those_there_are(access: Access) -> None:
    with pytest.raises(NotFoundError, match=r"'etsy'.*shopify"):
        open_connector("etsy", access)


def test_tables_have_one_name_each() -> None:
    names = [table.name for table in all_tables()]
    assert len(names) == len(set(names)) == 12
