"""The same shop through Shopify and through either loader: equal rows wherever both can know."""

from typing import Any

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Rows
from hotdash.connectors.shopify.tables import TABLES
from tests.connectors.files.conftest import OpenLoader
from tests.fixtures.simulator import Connecting

# Loaders do not tell removed shipping lines; a refunded shipping line is an adjustment to them,
# which has an id of its own.
UNKNOWN = {"shopify_refund_shipping_lines": {"refund_shipping_line_id"}}
SHOPS = ("hot-rod-an", "kanto-garage", "nordkurve-teile")
COMPARED = [table for table in TABLES if table.name != "shopify_order_days"]


@pytest.fixture(scope="module")
def by_shopify() -> dict[str, Any]:
    return {}


def shopify_rows(connecting: Connecting, shop_id: str) -> dict[str, list[dict[str, Any]]]:
    told: dict[str, list[dict[str, Any]]] = {}
    for event in connecting.connector(shop_id).read(None, SilentProgress()):
        if isinstance(event, Rows):
            told.setdefault(event.table.name, []).extend(event.data.to_pylist())
    return told


def comparable(rows: list[dict[str, Any]], table: str) -> list[str]:
    unknown = UNKNOWN.get(table, set[str]())
    kept = [row for row in rows if not row.get("is_removed")]
    return sorted(str({k: v for k, v in row.items() if k not in unknown}) for row in kept)


@pytest.mark.parametrize("shop_id", SHOPS)
@pytest.mark.parametrize("name", ["fivetran", "airbyte"])
def test_equal_rows(
    connecting: Connecting,
    open_loader: OpenLoader,
    by_shopify: dict[str, Any],
    name: str,
    shop_id: str,
) -> None:
    if shop_id not in by_shopify:
        by_shopify[shop_id] = shopify_rows(connecting, shop_id)
    loader = open_loader(name, shop_id)
    loader.sync()
    told = loader.read()
    assert told.refused == []
    assert told.drifts == []
    for table in COMPARED:
        ours, theirs = told.rows(table.name), by_shopify[shop_id].get(table.name, [])
        assert comparable(ours, table.name) == comparable(theirs, table.name), table.name


def test_the_comparison_saw_every_table(by_shopify: dict[str, Any]) -> None:
    if len(by_shopify) < len(SHOPS):
        pytest.skip("run it with the tests above")
    for table in COMPARED:
        assert any(rows.get(table.name) for rows in by_shopify.values()), table.name
