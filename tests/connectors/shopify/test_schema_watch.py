"""Shopify's schema is held against what our queries rely on, before a change breaks data."""

import math

import pyarrow as pa
import pytest
from graphql import GraphQLSchema

from hotdash.connectors.contract import Drift, DriftKind, Rows, SchemaWatch
from hotdash.connectors.shopify.drifts import WORDS, with_drifts
from hotdash.connectors.shopify.queries import all_queries
from hotdash.connectors.shopify.schema_watch import relied_on
from hotdash.connectors.shopify.tables import ORDERS
from hotdash.simulators.shopify.execution import schema
from tests.fixtures.relied_on import selected
from tests.fixtures.simulator import UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import read

ENUMS = {
    ("shopify_orders", "financial_status"): "OrderDisplayFinancialStatus",
    ("shopify_orders", "fulfillment_status"): "OrderDisplayFulfillmentStatus",
    ("shopify_refund_lines", "restock_type"): "RefundLineItemRestockType",
    ("shopify_products", "status"): "ProductStatus",
    ("shopify_order_adjustments", "reason"): "OrderAdjustmentDiscrepancyReason",
}


def problems(connecting: Connecting) -> list[Drift]:
    connector = connecting.connector()
    assert isinstance(connector, SchemaWatch)
    return list(connector.vendor_schema_problems())


def test_what_we_rely_on_is_what_our_queries_select_of_shopifys_schema(
    vendor_schema: GraphQLSchema,
) -> None:
    told = selected(vendor_schema, all_queries().values())
    assert relied_on() == told, "run `python -m tests.fixtures.relied_on`"


def test_the_simulated_schema_says_the_same() -> None:
    assert selected(schema(), all_queries().values()) == relied_on()


@pytest.mark.parametrize(("column", "enum"), ENUMS.items())
def test_the_values_we_know_are_those_of_shopifys_enums(
    vendor_schema: GraphQLSchema, column: tuple[str, str], enum: str
) -> None:
    table, name = column
    assert WORDS[table][name] == set(vendor_schema.type_map[enum].values)
    assert len(ENUMS) == sum(map(len, WORDS.values()))


CURSOR = {"updated_at": "2026-09-01T00:00:00Z"}


class TestLooking:
    def test_nothing_is_wrong_and_it_costs_next_to_nothing(self, connecting: Connecting) -> None:
        assert problems(connecting) == []
        types = {name.partition(".")[0] for name in relied_on()}
        assert len(connecting.calls) == math.ceil(len(types) / 25)
        assert sum(call.cost or 0 for call in connecting.calls) == 6 * len(types) < 1000

    @pytest.mark.parametrize(
        ("field", "change", "value", "kind", "table"),
        [
            ("Order.totalTaxSet", "drop", None, DriftKind.DROPPED, "shopify_orders"),
            ("Order.totalTaxSet", "rename", "taxSet", DriftKind.DROPPED, "shopify_orders"),
            ("LineItem.quantity", "retype", "String", DriftKind.RETYPED, "shopify_order_lines"),
            ("Customer.email", "deprecate", "x", None, ""),
            (
                "Refund.createdAt",
                "deprecate",
                "Use happenedAt.",
                DriftKind.DEPRECATED,
                "shopify_refunds",
            ),
        ],
    )
    def test_a_change_of_what_we_ask_for_is_found_and_no_other(
        self,
        connecting: Connecting,
        simulator: SimulatorHandle,
        field: str,
        change: str,
        value: str | None,
        kind: DriftKind | None,
        table: str,
    ) -> None:
        simulator.fault("drift", route="schema", field=field, change=change, value=value)
        found = problems(connecting)
        assert [each.kind for each in found] == ([kind] if kind else [])
        for each in found:
            assert (each.table.name, each.field) == (table, field)
            assert field in each.detail
            assert change in ("drop", "rename") or str(value) in each.detail

    def test_another_shops_schema_is_another(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault(
            "drift", route="schema", shop="kanto-garage", field="Order.id", change="drop"
        )
        assert problems(connecting) == []


class TestWhatAReadTells:
    def test_nothing_while_shopify_keeps_its_word(self, connecting: Connecting) -> None:
        assert read(connecting.connector("kanto-garage")).drifts == []

    @pytest.mark.parametrize("cursor", [None, CURSOR], ids=["export", "pages"])
    def test_a_value_of_another_kind_is_told_once(
        self, connecting: Connecting, simulator: SimulatorHandle, cursor: dict[str, str] | None
    ) -> None:
        simulator.fault("drift", field="Order.totalPriceSet", value="abc", every=3)
        told = read(connecting.connector("kanto-garage"), cursor)
        assert len(told.unreadable) > 1
        [drift] = told.drifts
        assert (drift.table.name, drift.kind) == ("shopify_orders", DriftKind.RETYPED)
        assert drift.field == "totalPriceSet"

    def test_a_value_that_is_gone_is_told_once(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("drift", field="Customer.createdAt", value=None)
        told = read(connecting.connector("kanto-garage"))
        assert len(told.unreadable) > 1
        [drift] = told.drifts
        assert (drift.table.name, drift.kind) == ("shopify_customers", DriftKind.DROPPED)
        assert drift.field == "created_at"

    def test_each_new_value_of_an_enum_is_told_once(self) -> None:
        """Told as rows: neither GraphQL nor its simulator lets a value through that no schema has."""
        words = ["PAID", None, "BARTERED", "BARTERED", "GIFTED"]
        empty = dict.fromkeys(ORDERS.schema.names)
        orders = [{**empty, "order_id": n, "financial_status": w} for n, w in enumerate(words)]
        data = pa.Table.from_pylist(orders, schema=ORDERS.schema)
        events = list(with_drifts(iter([Rows(ORDERS, data, UNTIL), Rows(ORDERS, data, UNTIL)])))
        drifts = [event for event in events if isinstance(event, Drift)]
        assert {drift.kind for drift in drifts} == {DriftKind.NEW_VALUE}
        assert sorted(drift.detail for drift in drifts) == [
            "financial_status has the new value 'BARTERED'",
            "financial_status has the new value 'GIFTED'",
        ]
        assert next(event for event in events if isinstance(event, Rows)).data.num_rows == 5
