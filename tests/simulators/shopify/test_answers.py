"""How the simulator answers, seen from outside by a client that is not ours."""

from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLSchema, execute_sync, parse
from graphql.utilities import strip_ignored_characters

from hotdash.base.clock import iso_utc
from hotdash.simulators.orders import epoch
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

ORDERS = "query($n: Int, $after: String, $q: String, $s: OrderSortKeys, $r: Boolean) {" + (
    "orders(first: $n, after: $after, query: $q, sortKey: $s, reverse: $r) {"
    "nodes { id updatedAt processedAt } edges { cursor node { id } }"
    "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
)


def data(simulator: SimulatorHandle, query: str, **variables: Any) -> Any:
    answer = simulator.ask(query, **variables).raise_for_status().json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def error(simulator: SimulatorHandle, query: str, **variables: Any) -> Any:
    response = simulator.ask(query, **variables)
    assert response.status_code == 200
    return response.json()["errors"][0]


class TestErrors:
    def test_a_wrong_token_is_401(self, simulator: SimulatorHandle) -> None:
        simulator.set_token(SHOP_ID, None)
        response = simulator.ask("{ shop { name } }")
        assert response.status_code == 401
        assert "Invalid API key or access token" in response.json()["errors"]

    def test_an_unknown_shop_is_404(self, simulator: SimulatorHandle) -> None:
        path = "/shopify/shops/nobody.myshopify.com/admin/api/2026-10/graphql.json"
        assert simulator.http.post(path, json={}).status_code == 404

    def test_data_is_absent_for_a_query_that_cannot_be_read(
        self, simulator: SimulatorHandle
    ) -> None:
        answer = simulator.ask("{ shop {").json()
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "PARSE_ERROR"

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("{ shop { colour } }", "undefinedField"),
            ("{ shop }", "selectionMismatch"),
            ("{ nodes { id } }", "missingRequiredArguments"),
            ("{ shop(id: 1) { name } }", "argumentNotAccepted"),
            ("query($unused: Int) { shop { name } }", "variableNotUsed"),
        ],
    )
    def test_a_query_that_does_not_validate(
        self, simulator: SimulatorHandle, query: str, code: str
    ) -> None:
        answer = simulator.ask(query).json()
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == code

    def test_a_variable_of_the_wrong_type(self, simulator: SimulatorHandle) -> None:
        answer = simulator.ask(ORDERS, n="many").json()
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"

    def test_a_page_needs_a_size(self, simulator: SimulatorHandle) -> None:
        assert "first or last" in error(simulator, ORDERS)["message"]

    def test_an_unknown_search_is_an_error_not_everything(self, simulator: SimulatorHandle) -> None:
        assert "does not know" in error(simulator, ORDERS, n=1, q="colour:red")["message"]


class TestCost:
    def test_every_answer_tells_its_cost(self, simulator: SimulatorHandle) -> None:
        answer = simulator.ask("{ shop { name plan { publicDisplayName } } }").json()
        cost = answer["extensions"]["cost"]
        assert cost["requestedQueryCost"] == cost["actualQueryCost"] == 2
        assert cost["throttleStatus"]["maximumAvailable"] == 40_000

    def test_what_was_not_found_is_not_paid(self, simulator: SimulatorHandle) -> None:
        query = '{ orders(first: 50, query: "id:1") { nodes { id } } }'
        cost = simulator.ask(query).json()["extensions"]["cost"]
        assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (51, 1)

    def test_a_query_over_a_thousand_is_refused_before_it_runs(
        self, simulator: SimulatorHandle
    ) -> None:
        query = "{ orders(first: 250) { nodes { customer { id } totalPriceSet { shopMoney { amount } } } } }"
        answer = simulator.ask(query).json()
        assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
        assert "exceeds the single query max cost limit (1000)" in answer["errors"][0]["message"]

    def test_an_empty_bucket_throttles_and_fills_again(self, simulator: SimulatorHandle) -> None:
        simulator.set_plan(100, 1000, available=0)
        answer = simulator.ask("{ orders(first: 90) { nodes { id } } }").json()
        assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert "data" not in answer
        assert answer["extensions"]["cost"]["actualQueryCost"] is None
        while "errors" in (
            answer := simulator.ask("{ orders(first: 90) { nodes { id } } }").json()
        ):
            assert answer["errors"][0]["message"] == "Throttled"
        assert len(answer["data"]["orders"]["nodes"]) == 90


class TestOrders:
    def test_pages_hold_every_order_once_in_their_order(
        self, simulator: SimulatorHandle, world: World
    ) -> None:
        seen: list[str] = []
        instants: list[str] = []
        after = None
        while True:
            page = data(simulator, ORDERS, n=100, after=after, s="UPDATED_AT")["orders"]
            seen += [node["id"] for node in page["nodes"]]
            instants += [node["updatedAt"] for node in page["nodes"]]
            assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        expected = [order.order_id for order in world.orders_as_of(UNTIL, SHOP_ID)]
        assert sorted(int(each.rsplit("/", 1)[1]) for each in seen) == sorted(expected)
        assert instants == sorted(instants)

    def test_reverse_begins_with_the_last(self, simulator: SimulatorHandle) -> None:
        forth = data(simulator, ORDERS, n=250, s="PROCESSED_AT")["orders"]
        back = data(simulator, ORDERS, n=250, s="PROCESSED_AT", r=True)["orders"]
        assert back["nodes"][0]["processedAt"] > forth["nodes"][-1]["processedAt"]

    @pytest.mark.parametrize("quote", ["", "'", '"'])
    def test_searches_with_and_without_quotes(
        self, simulator: SimulatorHandle, world: World, quote: str
    ) -> None:
        since = UNTIL - timedelta(days=5)
        search = f"updated_at:>={quote}{iso_utc(since)}{quote}"
        found = data(simulator, ORDERS, n=250, q=search)["orders"]["nodes"]
        expected = [
            order
            for order in world.orders_as_of(UNTIL, SHOP_ID)
            if order.updated_at >= epoch(since)
        ]
        assert len(found) == len(expected) > 0

    def test_a_page_does_not_move_when_the_clock_does(self, simulator: SimulatorHandle) -> None:
        first = data(simulator, ORDERS, n=5, s="CREATED_AT")["orders"]
        simulator.advance(timedelta(days=10))
        second = data(simulator, ORDERS, n=5, s="CREATED_AT", after=first["pageInfo"]["endCursor"])
        ids = [node["id"] for node in first["nodes"] + second["orders"]["nodes"]]
        assert len(set(ids)) == 10

    def test_counts_are_exact_only_without_a_limit(
        self, simulator: SimulatorHandle, world: World
    ) -> None:
        counted = data(
            simulator,
            "{ all: ordersCount(limit: null) { count precision }"
            " some: ordersCount(limit: 100) { count precision } }",
        )
        expected = sum(1 for _ in world.orders_as_of(UNTIL, SHOP_ID))
        assert counted["all"] == {"count": expected, "precision": "EXACT"}
        assert counted["some"] == {"count": 100, "precision": "AT_LEAST"}


class TestVendorSchema:
    """What the simulator answers is fed to the vendor's schema, which refuses what is no value of it."""

    QUERY = """
    { shop { id name ianaTimezone currencyCode taxesIncluded createdAt plan { publicDisplayName } }
      ordersCount(limit: null) { count precision }
      orders(first: 4, query: "updated_at:>='2026-11-18T00:00:00Z'") {
        pageInfo { hasNextPage endCursor }
        nodes {
          id name createdAt cancelledAt displayFinancialStatus displayFulfillmentStatus test
          currencyCode presentmentCurrencyCode taxesIncluded customer { id }
          totalPriceSet { shopMoney { amount currencyCode } }
          lineItems(first: 3) { nodes { id sku title quantity isGiftCard
            taxLines { title rate priceSet { shopMoney { amount } } } } }
          shippingLines(first: 3) { nodes { id title isRemoved } }
          refunds { id createdAt refundLineItems(first: 3) { nodes { id restockType quantity } } }
        } }
      customers(first: 3) { nodes { id firstName defaultEmailAddress { emailAddress } } }
      products(first: 3) { nodes { id status variants(first: 3) { nodes { id sku price } } } } }
    """

    def test_answers_are_values_of_the_vendors_types(
        self, simulator: SimulatorHandle, vendor_schema: GraphQLSchema
    ) -> None:
        answered = data(simulator, self.QUERY)
        document = parse(strip_ignored_characters(self.QUERY))
        again = execute_sync(vendor_schema, document, root_value=answered)
        assert again.errors is None
        assert again.data == answered

    def test_scalars_look_like_shopifys(self, simulator: SimulatorHandle) -> None:
        query = (
            "{ orders(first: 30) { nodes { createdAt totalPriceSet { shopMoney { amount } } } } }"
        )
        for node in data(simulator, query)["orders"]["nodes"]:
            assert node["createdAt"].endswith("Z")
            assert isinstance(node["totalPriceSet"]["shopMoney"]["amount"], str)
            assert "." in node["totalPriceSet"]["shopMoney"]["amount"]
