"""Each query our client sends is answered by the simulator with values of the vendor's own types."""

from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, InlineFragmentNode, execute_sync, parse

from hotdash.connectors.shopify.queries import all_queries
from hotdash.simulators.orders import epoch
from hotdash.simulators.stock import ShopStock
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

REPORT = (
    "FROM sales SHOW orders, total_sales TIMESERIES day SINCE 2026-11-01 UNTIL 2026-11-05"
    " ORDER BY day"
)
ASKED = sorted(name for name in all_queries() if not name.startswith("Bulk"))
OWNERS = {
    "MoreLines": "Order",
    "MoreShippingLines": "Order",
    "MoreDiscounts": "Order",
    "MoreReturns": "Order",
    "MoreVisits": "Order",
    "OrdersByIds": "Order",
    "JourneysByIds": "Order",
    "MoreRefundLines": "Refund",
    "MoreRefundShippingLines": "Refund",
    "MoreAdjustments": "Refund",
    "MoreReturnLines": "Return",
    "MorePackedLines": "Fulfillment",
    "MoreShippingEvents": "Fulfillment",
    "FulfillmentsByIds": "Fulfillment",
    "MoreLevels": "InventoryItem",
    "InventoryByItems": "InventoryItem",
    "InventoryLevelsPage": "Location",
    "MoreVariants": "Product",
    "ProductsByIds": "Product",
    "CustomersByIds": "Customer",
}


@pytest.fixture(scope="module")
def ids(world: World) -> dict[str, str]:
    """One of each kind that has something under it."""
    shop = world.of(SHOP_ID)
    orders = list(world.orders_as_of(UNTIL, SHOP_ID))
    order = next(o for o in orders if len(o.lines) > 100 and o.refunds)
    product = shop.products_as_of(epoch(UNTIL))[0]
    stock = ShopStock(shop)
    found = {
        "Order": order.order_id,
        "Refund": order.refunds[0].refund_id,
        "Return": order.refunds[0].refund_id,
        "Fulfillment": order.order_id * 4,
        "Product": product.product_id,
        "Customer": next(shop.customers_as_of(epoch(UNTIL))).customer_id,
        "InventoryItem": next(iter(stock.items(epoch(UNTIL)))).item_id,
        "Location": stock.places[0].location_id,
    }
    return {kind: f"gid://shopify/{kind}/{number}" for kind, number in found.items()}


def variables(name: str, ids: dict[str, str]) -> dict[str, Any]:
    text = all_queries()[name].text
    own = ids.get(OWNERS.get(name, ""), "")
    known: dict[str, Any] = {
        "first": 3,
        "after": None,
        "id": own,
        "ids": [own],
        "limit": 10,
        "topic": "ORDERS_CREATE",
        "uri": "https://dash.example.com/webhooks/shopify",
        "query": REPORT if name == "SalesReport" else "updated_at:>='2026-10-01T00:00:00Z'",
    }
    if name == "StartBulk":
        known["query"] = all_queries()["BulkProducts"].text
    return {key: value for key, value in known.items() if f"${key}:" in text}


def _type_of(value: Any, info: Any, _kind: Any) -> str:
    """By its name, its global id, or what the query asks of it."""
    if "__typename" in value:
        return value["__typename"]
    if "id" in value:
        return value["id"].split("/")[3]
    selections = info.field_nodes[0].selection_set.selections
    fragment = next(each for each in selections if isinstance(each, InlineFragmentNode))
    return fragment.type_condition.name.value


def faults(
    vendor: GraphQLSchema, name: str, given: dict[str, Any], data: Any
) -> list[GraphQLError]:
    """What of an answer is no value of the vendor's schema."""
    again = execute_sync(
        vendor,
        parse(all_queries()[name].text),
        root_value=data,
        variable_values=given,
        field_resolver=lambda source, info, **_arguments: source[info.path.key],
        type_resolver=_type_of,
    )
    if again.errors is None:
        assert again.data == data
    return again.errors or []


@pytest.mark.parametrize("name", ASKED)
def test_answers_are_values_of_the_vendors_types(
    name: str, ids: dict[str, str], simulator: SimulatorHandle, vendor_schema: GraphQLSchema
) -> None:
    given = variables(name, ids)
    if name == "BulkProgress":
        return
    answer = simulator.ask(all_queries()[name].text, **given).json()
    assert "errors" not in answer, answer["errors"]
    assert faults(vendor_schema, name, given, answer["data"]) == []
    for owner in ("id", "ids"):
        if owner in given and name != "StartBulk":
            assert _holds_something(answer["data"]), name


def _holds_something(data: Any) -> bool:
    (value,) = data.values()
    return bool(value) and value != [None]


class TestMutations:
    """The check is worth something: broken shapes do not pass it."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("Order.displayFinancialStatus", "PAYED"),
            ("LineItem.quantity", "two"),
            ("Order.name", None),
            ("OrderTransaction.kind", "GIFT"),
        ],
    )
    def test_a_drifting_field_is_found(
        self,
        field: str,
        value: Any,
        ids: dict[str, str],
        simulator: SimulatorHandle,
        vendor_schema: GraphQLSchema,
    ) -> None:
        given = variables("OrdersByIds", ids)
        text = all_queries()["OrdersByIds"].text
        data = simulator.ask(text, **given).json()["data"]
        mutated = _changed(data, field.partition(".")[2], value)
        assert faults(vendor_schema, "OrdersByIds", given, data) == []
        assert faults(vendor_schema, "OrdersByIds", given, mutated)

    def test_the_simulator_can_be_made_to_break_it(
        self, ids: dict[str, str], simulator: SimulatorHandle, vendor_schema: GraphQLSchema
    ) -> None:
        """What its own schema lets through and the vendor's does not."""
        given = variables("OrdersByIds", ids)
        simulator.fault("drift", field="OrderTransaction.gateway", value=7)
        answer = simulator.ask(all_queries()["OrdersByIds"].text, **given).json()
        gateways = [t["gateway"] for t in answer["data"]["nodes"][0]["transactions"]]
        assert gateways == ["7"] * len(gateways), "it drifts"
        simulator.no_faults()
        simulator.fault("drift", field="LineItem.quantity", value="two")
        broken = simulator.ask(all_queries()["OrdersByIds"].text, **given).json()
        assert broken["errors"], "a value that is none of the type is no answer at all"


def _changed(value: Any, key: str, new: Any) -> Any:
    if isinstance(value, list):
        return [_changed(each, key, new) for each in value]
    if isinstance(value, dict):
        return {k: new if k == key else _changed(v, key, new) for k, v in value.items()}
    return value
