"""Scopes: the missing are named with their cost, and what they open is left out of the queries."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from hotdash.base.clock import FixedClock
from hotdash.connectors.contract import Drift, DriftKind
from hotdash.connectors.shopify.access import SCOPES
from hotdash.connectors.shopify.connector import ShopifyConnector
from hotdash.connectors.shopify.errors import ShopifyAccessError
from hotdash.connectors.shopify.queries import all_queries
from hotdash.connectors.shopify.versions import supported_until
from hotdash.simulators.shopify.access import FIELDS, TYPES
from hotdash.simulators.shopify.execution import schema
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_events import read
from tests.fixtures.vendor_schema import schema_file

ESSENTIAL = frozenset({"read_orders", "read_products", "read_customers"})
NAMED = frozenset(scope.name for scope in SCOPES)


@pytest.fixture(scope="module")
def access_meta() -> dict[str, Any]:
    """What each type and field needs, by the vendor's own word."""
    file = schema_file()
    found = None if file is None else file.with_name("admin_access_meta_2026-10.json")
    if found is None or not Path(found).is_file():
        pytest.skip("Shopify's access scopes are not beside the checkout")
    return json.loads(found.read_text(encoding="utf-8"))["types"]


def needed(meta: dict[str, Any], owner: str, field: str) -> frozenset[str]:
    """Any one of these opens it."""
    kind = meta.get(owner, {})
    told = kind.get("fields", {}).get(field, {}).get("requiredAccess")
    told = told or kind.get("requiredAccess", "")
    return frozenset(re.findall(r"`(read_\w+)`", told.split("Also:")[0]))


class _Fields(Visitor):
    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self._info = info
        self.found: set[tuple[str, str]] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        owner = self._info.get_parent_type()
        if owner is not None:
            self.found.add((get_named_type(owner).name, node.name.value))


def selected(vendor: GraphQLSchema, text: str) -> set[tuple[str, str]]:
    info = TypeInfo(vendor)
    fields = _Fields(info)
    visit(parse(text), TypeInfoVisitor(info, fields))
    return fields.found


class TestCoverage:
    def test_every_field_we_ask_for_is_opened_by_our_scopes(
        self, vendor_schema: GraphQLSchema, access_meta: dict[str, Any]
    ) -> None:
        for asked in all_queries().values():
            for owner, field in selected(vendor_schema, asked.text):
                scopes = needed(access_meta, owner, field)
                assert not scopes or scopes & NAMED, f"{asked.name}: {owner}.{field}"

    def test_orders_are_read_with_the_essential_scopes_alone(
        self, vendor_schema: GraphQLSchema, access_meta: dict[str, Any]
    ) -> None:
        """What the optional scopes open stands in queries of its own or carries its mark."""
        own = re.compile("Fulfillments$|Inventory|Levels$|Locations|SalesReport|MoreReturn")
        for asked in all_queries(ESSENTIAL).values():
            if own.search(asked.name) and asked.name != "FulfillmentsByIds":
                continue
            for owner, field in selected(vendor_schema, asked.text):
                scopes = needed(access_meta, owner, field)
                assert not scopes or scopes & ESSENTIAL, f"{asked.name}: {owner}.{field}"

    def test_the_check_sees_a_field_no_scope_opens(
        self, vendor_schema: GraphQLSchema, access_meta: dict[str, Any]
    ) -> None:
        text = "query Q { giftCards(first: 1) { nodes { id } } }"
        scopes = [needed(access_meta, *each) for each in selected(vendor_schema, text)]
        assert any(each and not each & NAMED for each in scopes)

    def test_the_simulator_asks_for_the_vendors_scopes(self, access_meta: dict[str, Any]) -> None:
        for name, kind in schema().type_map.items():
            for field in getattr(kind, "fields", {}):
                wanted = needed(access_meta, name, field)
                told = FIELDS.get(f"{name}.{field}", TYPES.get(name, frozenset()))
                assert told == wanted, f"{name}.{field}"


class TestCheck:
    def test_with_all_of_them_nothing_is_missing(self, connecting: Connecting) -> None:
        assert list(connecting.connector().check()) == []
        assert len(connecting.calls) == 1

    def test_the_missing_are_named_with_what_they_cost(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.set_scopes(SHOP_ID, NAMED - {"read_reports", "read_all_orders"})
        missing = connecting.connector().check()
        assert [each.scope for each in missing] == ["read_all_orders", "read_reports"]
        assert "60 days" in missing[0].costs

    def test_who_may_write_may_read(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.set_scopes(SHOP_ID, (NAMED - {"read_inventory"}) | {"write_inventory"})
        assert list(connecting.connector().check()) == []


class TestReadingWithFew:
    def test_what_is_not_granted_is_left_out_and_the_rest_is_read(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.set_scopes("kanto-garage", ESSENTIAL)
        connector = connecting.connector("kanto-garage")
        told = read(connector)
        for table in ("locations", "inventory_items", "inventory_levels", "sales_report_days"):
            assert not told.rows[f"shopify_{table}"]
        assert not told.rows["shopify_returns"]
        assert told.rows["shopify_orders"]
        assert {row["location_id"] for row in told.rows["shopify_fulfillments"]} == {None}
        simulator.advance(timedelta(days=20))
        assert read(connector, told.cursor()).rows["shopify_orders"]

    def test_an_essential_one_that_is_missing_is_an_error(
        self, connecting: Connecting, simulator: SimulatorHandle
    ) -> None:
        simulator.set_scopes(SHOP_ID, NAMED - {"read_customers"})
        with pytest.raises(ShopifyAccessError, match=r"BulkProducts|BulkCustomers|BulkOrders"):
            read(connecting.connector())
        with pytest.raises(ShopifyAccessError, match="Access denied for"):
            read(connecting.connector(), {"updated_at": UNTIL.isoformat()})


class TestVersions:
    @pytest.fixture
    def cursor(self) -> dict[str, str]:
        now = UNTIL.isoformat()
        return {"updated_at": now, "timezone": "America/Chicago", "shipments_at": now} | {
            "journeys": ""
        }

    def drifts(self, connector: ShopifyConnector, cursor: dict[str, str]) -> Iterator[Drift]:
        yield from read(connector, cursor).drifts

    def test_nothing_is_said_in_the_middle_of_a_versions_life(
        self, connecting: Connecting, cursor: dict[str, str]
    ) -> None:
        assert list(self.drifts(connecting.connector(), cursor)) == []

    def test_another_version_than_asked_is_told_once(
        self, connecting: Connecting, simulator: SimulatorHandle, cursor: dict[str, str]
    ) -> None:
        simulator.set_headers(version="2027-01")
        (drift,) = self.drifts(connecting.connector(), cursor)
        assert drift.kind is DriftKind.VERSION_ENDING
        assert "2027-01" in drift.detail

    def test_a_deprecation_is_told_once(
        self, connecting: Connecting, simulator: SimulatorHandle, cursor: dict[str, str]
    ) -> None:
        simulator.set_headers(deprecated="https://shopify.dev/changelog/something")
        (drift,) = self.drifts(connecting.connector(), cursor)
        assert drift.kind is DriftKind.DEPRECATED
        assert drift.detail == "https://shopify.dev/changelog/something"

    @pytest.mark.parametrize(("day", "count"), [("2027-07-02", 0), ("2027-07-04", 1)])
    def test_the_end_is_announced_ninety_days_before(
        self, connecting: Connecting, cursor: dict[str, str], day: str, count: int
    ) -> None:
        clock = FixedClock(datetime.fromisoformat(day).replace(tzinfo=UTC))
        connector = ShopifyConnector(connecting.client(), clock)
        found = list(self.drifts(connector, cursor))
        assert [each.kind for each in found] == [DriftKind.VERSION_ENDING] * count

    def test_a_version_without_a_month_has_no_end(self) -> None:
        assert supported_until("unstable") is None
        assert str(supported_until("2026-10")) == "2027-10-01"
