"""The same shop through Shopify and through either loader: equal rows wherever both can know."""

from collections.abc import Mapping
from typing import Any

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Rows
from hotdash.connectors.shopify.tables import TABLES
from tests.connectors.files.conftest import OpenLoader
from tests.fixtures.simulator import Connecting

# Loaders do not tell removed shipping lines; a refunded shipping line is an adjustment to them,
# which has an id of its own.
OWN_IDS = {"shopify_refund_shipping_lines": {"refund_shipping_line_id"}}
# What no loader tells, and what one of them does not: empty, never made up.
UNKNOWN: Mapping[str, Mapping[str, set[str]]] = {
    "both": {
        "shopify_products": {"category", "tags"},
        "shopify_orders": {"return_status", "total_duties", "total_tips"},
        "shopify_fulfillments": {"estimated_delivery_at"},
        "shopify_locations": {"fulfills_online_orders"},
        "shopify_inventory_levels": {"is_active"},
    },
    "fivetran": {
        "shopify_transactions": {"fee_amount", "other_fees"},
        "shopify_returns": {"created_at", "approved_at", "closed_at"},
        "shopify_return_lines": {"processed_quantity"},
    },
    "airbyte": {
        "shopify_fulfillments": {"in_transit_at", "delivered_at"},
        "shopify_locations": {"region"},
        "shopify_inventory_items": {"cost_currency"},
        "shopify_inventory_levels": {"created_at"},
    },
}
NOWHERE = {
    *("shopify_order_days", "shopify_sales_report_days"),
    *("shopify_customer_journeys", "shopify_customer_visits"),
}
NOT_IN = {
    "fivetran": set[str](),
    "airbyte": {"shopify_fulfillment_events", "shopify_returns", "shopify_return_lines"},
}
SHOPS = ("hot-rod-an", "kanto-garage", "nordkurve-teile")
COMPARED = [table for table in TABLES if table.name not in NOWHERE]


@pytest.fixture(scope="module")
def by_shopify() -> dict[str, Any]:
    return {}


def shopify_rows(connecting: Connecting, shop_id: str) -> dict[str, list[dict[str, Any]]]:
    told: dict[str, list[dict[str, Any]]] = {}
    for event in connecting.connector(shop_id).read(None, SilentProgress()):
        if isinstance(event, Rows):
            told.setdefault(event.table.name, []).extend(event.data.to_pylist())
    return told


def unknown_to(loader: str, table: str) -> set[str]:
    return {name for by in ("both", loader) for name in UNKNOWN[by].get(table, ())}


def comparable(rows: list[dict[str, Any]], table: str, loader: str) -> list[str]:
    left_out = unknown_to(loader, table) | OWN_IDS.get(table, set())
    kept = [row for row in rows if not row.get("is_removed")]
    if (loader, table) == ("fivetran", "shopify_fulfillment_lines"):
        left_out |= {"fulfillment_line_id"}
    if (loader, table) == ("fivetran", "shopify_discount_allocations"):
        kept = [row for row in kept if not row["on_shipping"]]
    if table == "shopify_fulfillments":
        # Without a step yet, a parcel is FULFILLED to Shopify and nothing to a loader.
        kept = [row | {"display_status": row["display_status"] or "FULFILLED"} for row in kept]
    return sorted(str({k: v for k, v in row.items() if k not in left_out}) for row in kept)


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
        if table.name in NOT_IN[name]:
            assert ours == []
            continue
        expected = comparable(theirs, table.name, name)
        assert comparable(ours, table.name, name) == expected, table.name
        for column in unknown_to(name, table.name):
            assert {row[column] for row in ours} <= {None}, f"{table.name}.{column}"


def test_the_comparison_saw_every_table(by_shopify: dict[str, Any]) -> None:
    if len(by_shopify) < len(SHOPS):
        pytest.skip("run it with the tests above")
    for table in COMPARED:
        assert any(rows.get(table.name) for rows in by_shopify.values()), table.name
    allocations = [r for rows in by_shopify.values() for r in rows["shopify_discount_allocations"]]
    assert {row["on_shipping"] for row in allocations} == {True, False}
    assert {row["application_type"] for row in allocations} == {"code", "automatic"}
