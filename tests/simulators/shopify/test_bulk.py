"""Bulk operations as Shopify has them: what is refused, what is written, when it can be fetched."""

import json
import time
from typing import Any

import httpx
import pytest

from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

RUN = """mutation($q: String!, $grouped: Boolean!) {
  bulkOperationRunQuery(query: $q, groupObjects: $grouped) {
    bulkOperation { id status type errorCode objectCount rootObjectCount fileSize url }
    userErrors { field message code } } }"""
LOOK = (
    "query($id: ID!) { bulkOperation(id: $id) { status objectCount rootObjectCount fileSize url } }"
)
NAMES = "{ orders { edges { node { id name } } } }"
LINES = """{ orders { edges { node { id name customer { id } totalPriceSet { shopMoney { amount } }
  lineItems { edges { node { id alias: quantity taxLines { rate } } } } } } } }"""


def run(simulator: SimulatorHandle, query: str, *, grouped: bool = True) -> Any:
    answer = simulator.ask(RUN, q=query, grouped=grouped).json()
    return answer["data"]["bulkOperationRunQuery"]


def finished(simulator: SimulatorHandle, operation_id: str) -> Any:
    for _ in range(200):
        operation = simulator.ask(LOOK, id=operation_id).json()["data"]["bulkOperation"]
        if operation["status"] == "COMPLETED":
            return operation
        time.sleep(0.02)
    raise AssertionError("the operation does not end")


def rows(url: str) -> list[Any]:
    return [json.loads(line) for line in httpx.get(url).raise_for_status().text.splitlines()]


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("{ shop { name } }", "at least one connection"),
            ("{ orders { edges { node {", "Syntax Error"),
            ("{ orders { edges { node { colour } } } }", "Cannot query field"),
            ("{ orders { nodes { id } } }", "edges and node"),
            ('{ node(id: "gid://shopify/Order/1") { id } }', "top level node"),
            (
                "{ orders { edges { node { id refunds { id refundLineItems"
                " { edges { node { id } } } } } } } }",
                "connection field within a list field",
            ),
            (
                "{ orders { edges { node { name lineItems { edges { node { id } } } } } } }",
                "must select its id",
            ),
        ],
    )
    def test_what_breaks_a_rule(self, simulator: SimulatorHandle, query: str, said: str) -> None:
        refused = run(simulator, query)
        assert refused["bulkOperation"] is None
        assert refused["userErrors"][0]["code"] == "INVALID"
        assert said in refused["userErrors"][0]["message"]

    def test_more_than_five_connections(self, simulator: SimulatorHandle) -> None:
        aliased = " ".join(f"a{n}: orders {{ edges {{ node {{ id }} }} }}" for n in range(6))
        assert "more than 5" in run(simulator, f"{{ {aliased} }}")["userErrors"][0]["message"]

    def test_a_sixth_at_once_lists_those_that_run(self, simulator: SimulatorHandle) -> None:
        simulator.hold_bulk(True)
        started = [run(simulator, NAMES)["bulkOperation"]["id"] for _ in range(5)]
        error = run(simulator, NAMES)["userErrors"][0]
        assert error["code"] == "OPERATION_IN_PROGRESS"
        assert error["field"] is None
        assert all(each in error["message"] for each in started)


class TestFile:
    def test_holds_every_order_once(self, simulator: SimulatorHandle, world: World) -> None:
        operation = run(simulator, NAMES)["bulkOperation"]
        assert operation["status"] == "CREATED"
        assert operation["objectCount"] == "0"
        done = finished(simulator, operation["id"])
        found = rows(done["url"])
        expected = {order.name for order in world.orders_as_of(UNTIL, SHOP_ID)}
        assert {row["name"] for row in found} == expected
        assert done["objectCount"] == done["rootObjectCount"] == str(len(expected))
        assert int(done["fileSize"]) == len(httpx.get(done["url"]).content)

    def test_says_the_same_as_a_query(self, simulator: SimulatorHandle) -> None:
        found = rows(finished(simulator, run(simulator, LINES)["bulkOperation"]["id"])["url"])
        orders = {row["id"]: {**row, "lines": []} for row in found if "__parentId" not in row}
        for row in found:
            if "__parentId" in row:
                orders[row.pop("__parentId")]["lines"].append(row)
        wanted = sorted(orders)[-3:]
        asked = simulator.ask(
            "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { id name customer { id }"
            " totalPriceSet { shopMoney { amount } }"
            " lineItems(first: 140) { nodes { id alias: quantity taxLines { rate } } } } } }",
            ids=wanted,
        ).json()["data"]["nodes"]
        for node in asked:
            node["lines"] = node.pop("lineItems")["nodes"]
        assert asked == [orders[each] for each in wanted]

    def test_grouped_rows_lie_behind_their_parent(self, simulator: SimulatorHandle) -> None:
        found = rows(finished(simulator, run(simulator, LINES)["bulkOperation"]["id"])["url"])
        parent = None
        for row in found:
            if "__parentId" in row:
                assert row["__parentId"] == parent
            else:
                parent = row["id"]

    def test_ungrouped_rows_come_after_their_parent(self, simulator: SimulatorHandle) -> None:
        operation = run(simulator, LINES, grouped=False)["bulkOperation"]
        seen: set[str] = set()
        apart = False
        previous = ""
        for row in rows(finished(simulator, operation["id"])["url"]):
            if "__parentId" in row:
                assert row["__parentId"] in seen
                apart = apart or row["__parentId"] != previous
            else:
                seen.add(row["id"])
                previous = row["id"]
        assert apart

    def test_an_old_url_expires(self, simulator: SimulatorHandle) -> None:
        operation = run(simulator, NAMES)["bulkOperation"]
        url = finished(simulator, operation["id"])["url"]
        simulator.expire_bulk_urls()
        assert httpx.get(url).status_code == 400
        fresh = finished(simulator, operation["id"])["url"]
        assert httpx.get(fresh).status_code == 200

    def test_there_is_none_when_nothing_was_found(self, simulator: SimulatorHandle) -> None:
        query = NAMES.replace("orders", 'orders(query: "id:1")')
        done = finished(simulator, run(simulator, query)["bulkOperation"]["id"])
        assert done["url"] is None
        assert done["objectCount"] == "0"
