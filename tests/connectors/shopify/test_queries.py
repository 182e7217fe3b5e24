"""Contract: every query the client can send is one Shopify's own schema accepts, without deprecated fields."""

from datetime import UTC, datetime, timedelta

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, parse, specified_rules, validate

from hotdash.connectors.shopify.costs import MOST_PER_QUERY, most_at_once, requested_cost
from hotdash.connectors.shopify.queries import (
    Moment,
    Query,
    all_queries,
    order_counts,
    query,
    updated_since,
)
from hotdash.connectors.shopify.tables import TABLES
from hotdash.simulators.shopify.bulk_rules import accepted
from hotdash.simulators.shopify.execution import schema
from tests.fixtures.simulator import SimulatorHandle

DAY = datetime(2026, 3, 8, 6, tzinfo=UTC)
HUNDRED_DAYS = [Moment(DAY, DAY + timedelta(days=1))] * 100
BULK = [name for name in all_queries() if name.startswith("Bulk") and name != "BulkProgress"]
ORDINARY = [name for name in all_queries() if name not in BULK]
VARIABLES = {
    "first": 4,
    "after": None,
    "query": updated_since(DAY),
    "id": "gid://shopify/Order/1",
    "ids": ["gid://shopify/Order/1", "gid://shopify/Order/2"],
    "topic": "ORDERS_CREATE",
    "uri": "https://dash.example.com/webhooks/shopify",
    "limit": 5,
}


def sent() -> list[Query]:
    return [*all_queries().values(), order_counts(HUNDRED_DAYS)]


@pytest.mark.parametrize("asked", sent(), ids=lambda asked: asked.name)
def test_shopify_accepts_it(asked: Query, vendor_schema: GraphQLSchema) -> None:
    rules = [*specified_rules, NoDeprecatedCustomRule]
    assert validate(vendor_schema, parse(asked.text), rules) == []


@pytest.mark.parametrize("name", BULK)
def test_bulk_queries_keep_the_bulk_rules(name: str, vendor_schema: GraphQLSchema) -> None:
    assert accepted(vendor_schema, query(name).text).name == name


def test_there_are_bulk_queries() -> None:
    assert set(BULK) == {
        "BulkOrders",
        "BulkCustomers",
        "BulkProducts",
        "BulkFulfillments",
        "BulkShipments",
        "BulkJourneys",
        "BulkInventory",
    }


@pytest.mark.parametrize("name", ["OrdersPage", "CustomersPage", "ProductsPage", "MoreLines"])
def test_pages_are_as_large_as_a_query_may_cost(name: str) -> None:
    text = query(name).text
    size = most_at_once(text, {**VARIABLES, "first": 1}, {**VARIABLES, "first": 2})
    assert requested_cost(text, {**VARIABLES, "first": size}) <= MOST_PER_QUERY
    if size < 250:
        assert requested_cost(text, {**VARIABLES, "first": size + 1}) > MOST_PER_QUERY


@pytest.mark.parametrize("name", ORDINARY)
def test_the_cost_we_reckon_is_never_below_the_vendors(
    name: str, simulator: SimulatorHandle
) -> None:
    asked = query(name)
    needed = {each: value for each, value in VARIABLES.items() if f"${each}:" in asked.text}
    if name == "StartBulk":
        needed["query"] = query("BulkProducts").text
    told = simulator.ask(asked.text, **needed).json()["extensions"]["cost"]
    assert requested_cost(asked.text, needed) >= told["requestedQueryCost"]


def test_counts_of_a_hundred_days_fit_into_one_query(simulator: SimulatorHandle) -> None:
    asked = order_counts(HUNDRED_DAYS)
    told = simulator.ask(asked.text).json()["extensions"]["cost"]
    assert requested_cost(asked.text, {}) == told["requestedQueryCost"] == 100


def test_counts_are_unlimited_and_name_their_span_in_utc() -> None:
    text = order_counts([Moment(DAY, DAY + timedelta(hours=23))]).text
    assert "limit: null" in text
    assert "processed_at:>='2026-03-08T06:00:00Z' AND processed_at:<'2026-03-09T05:00:00Z'" in text


def test_every_query_also_runs_on_the_simulators_schema() -> None:
    for asked in sent():
        assert validate(schema(), parse(asked.text)) == [], asked.name


def test_tables_are_named_after_the_vendor_and_keyed() -> None:
    for table in TABLES:
        assert table.name.startswith("shopify_")
        assert set(table.key) <= set(table.schema.names)
        assert table.personal <= set(table.schema.names)
