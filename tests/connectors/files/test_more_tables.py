"""Payments, discounts, parcels, returns and stock: what changes by itself, what may be missing, other names."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.connectors.files.conftest import OpenLoader
from tests.fixtures.loader_files import Loader
from tests.fixtures.simulator import UNTIL

ORDERS, PARCELS = "shopify_orders", "shopify_fulfillments"
DAYS = timedelta(days=3)
Rows = list[dict[str, Any]]


def told_anew(change: Callable[[dict[str, Any]], None]) -> Callable[[Rows], None]:
    """One row as the loader writes it a minute later."""

    def rewrite(rows: Rows) -> None:
        for mark in ("_fivetran_synced", "_airbyte_extracted_at"):
            if mark in rows[0]:
                rows[0][mark] = UNTIL + timedelta(minutes=1)
        change(rows[0])

    return rewrite


class TestWhatIsNew:
    def test_a_parcel_goes_on_while_its_order_rests(self, loader: Loader) -> None:
        first = loader.read()
        table = "fulfillment" if loader.name == "fivetran" else "fulfillments"

        def delay(row: dict[str, Any]) -> None:
            row["shipment_status"] = "delayed"

        loader.change(table, told_anew(delay))
        loader.clock.advance(DAYS)
        later = loader.read(first.reached.cursor)
        [delayed] = [r for r in later.rows(PARCELS) if r["display_status"] == "DELAYED"]
        assert delayed["order_id"] not in {row["order_id"] for row in later.rows(ORDERS)}
        assert later.count(PARCELS) < first.count(PARCELS) / 4
        told = {row["fulfillment_id"] for row in later.rows(PARCELS)}
        whole = [r for r in first.rows("shopify_fulfillment_lines") if r["fulfillment_id"] in told]
        assert sorted(map(str, later.rows("shopify_fulfillment_lines"))) == sorted(map(str, whole))

    def test_a_payment_alone_makes_a_new_version_of_its_order(self, loader: Loader) -> None:
        first = loader.read()
        table = "transaction" if loader.name == "fivetran" else "transactions"

        def settle(row: dict[str, Any]) -> None:
            row["gateway"] = "late"

        loader.change(table, told_anew(settle))
        loader.clock.advance(DAYS)
        later = loader.read(first.reached.cursor)
        [late] = [r for r in later.rows("shopify_transactions") if r["gateway"] == "late"]
        assert late["order_id"] in {row["order_id"] for row in later.rows(ORDERS)}
        assert late["order_id"] in {row["order_id"] for row in later.rows("shopify_order_lines")}

    def test_of_rows_appended_again_the_newest_counts(self, airbyte: Loader) -> None:
        exact = airbyte.read()

        def again(rows: Rows) -> None:
            newer = {"_airbyte_extracted_at": UNTIL + timedelta(minutes=1)}
            rows += [dict(row) for row in rows] + [dict(row) | newer for row in rows]

        for table in ("transactions", "inventory_levels", "fulfillments"):
            airbyte.change(table, again)
        told = airbyte.read()
        tables = ("shopify_transactions", "shopify_inventory_levels", "shopify_fulfillment_lines")
        for table in tables:
            assert sorted(map(str, told.rows(table))) == sorted(map(str, exact.rows(table)))

    def test_single_parcels_again(self, loader: Loader) -> None:
        parcel = loader.read().rows(PARCELS)[0]["fulfillment_id"]
        told = loader.refetch(PARCELS, [parcel, 1])
        assert [row["fulfillment_id"] for row in told.rows(PARCELS)] == [parcel]
        assert {r["fulfillment_id"] for r in told.rows("shopify_fulfillment_lines")} == {parcel}
        assert told.deleted == {PARCELS: [1]}


class TestWhatIsMissing:
    def test_what_is_not_synced_is_told_with_its_cost(self, loader: Loader) -> None:
        assert loader.connector().check() == []
        gone = {"fivetran": ["fulfillment", "return"], "airbyte": ["fulfillments", "locations"]}
        for table in gone[loader.name]:
            loader.path(table).unlink()
        missing = loader.connector().check()
        assert {each.scope for each in missing} == set(gone[loader.name])
        assert all(each.costs for each in missing)
        told = loader.read()
        assert told.refused == []
        assert told.count(PARCELS) == told.count("shopify_fulfillment_lines") == 0
        assert told.count(ORDERS) > 0

    def test_a_table_that_comes_later_is_read_whole(self, fivetran: Loader) -> None:
        whole = fivetran.read()
        kept = fivetran.path("discount_application").read_bytes()
        fivetran.path("discount_application").unlink()
        first = fivetran.read()
        assert {r["label"] for r in first.rows("shopify_discount_allocations")} == {None}
        fivetran.path("discount_application").write_bytes(kept)
        later = fivetran.read(first.reached.cursor)
        for table in ("shopify_order_discounts", "shopify_discount_allocations"):
            assert sorted(map(str, later.rows(table))) == sorted(map(str, whole.rows(table)))

    def test_tags_nobody_synced_are_unknown_and_not_none(self, fivetran: Loader) -> None:
        assert None not in {row["tags"] for row in fivetran.read().rows(ORDERS)}
        fivetran.path("order_tag").unlink()
        assert {row["tags"] for row in fivetran.read().rows(ORDERS)} == {None}

    def test_stock_of_an_older_sync_is_only_what_is_available(self, fivetran: Loader) -> None:
        exact = fivetran.read().rows("shopify_inventory_levels")
        fivetran.path("inventory_quantity").unlink()
        told = fivetran.read().rows("shopify_inventory_levels")
        assert [row["available"] for row in told] == [row["available"] for row in exact]
        assert {row["on_hand"] for row in told} == {None}

    def test_more_in_stock_than_anybody_sells_at_once(self, fivetran: Loader) -> None:
        values = pq.read_table(fivetran.path("inventory_quantity")).column("quantity").to_pylist()
        fivetran.retype("inventory_quantity", "quantity", [250_000, *values[1:]], pa.int64())
        told = fivetran.read()
        assert told.refused == []
        assert 250_000 in {row["available"] for row in told.rows("shopify_inventory_levels")}


class TestOtherNames:
    def test_discounts_of_the_newer_connector(self, fivetran: Loader) -> None:
        exact = fivetran.read().rows("shopify_order_discounts")

        def rename(rows: Rows) -> None:
            for row in rows:
                is_percentage = row.pop("value_type") == "percentage"
                value = row.pop("value")
                row["value_percentage"] = value if is_percentage else None
                row["value_amount"] = None if is_percentage else value
                row["code"] = row["code"] or row.pop("title", None)

        fivetran.change("discount_application", rename)
        told = fivetran.read().rows("shopify_order_discounts")
        columns = ("order_id", "application_index", "value_type", "value", "label")
        assert [[r[c] for c in columns] for r in told] == [[r[c] for c in columns] for r in exact]

    def test_tracking_in_a_table_of_its_own(self, fivetran: Loader) -> None:
        exact = fivetran.read().rows(PARCELS)
        infos: Rows = []

        def move(rows: Rows) -> None:
            for row in rows:
                for index, number in enumerate(json.loads(row.pop("tracking_numbers"))):
                    told = {"company": row["tracking_company"], "number": number, "index": index}
                    mark = {"_fivetran_synced": row["_fivetran_synced"]}
                    infos.append(mark | told | {"fulfillment_id": row["id"]})
                del row["tracking_company"]

        fivetran.change("fulfillment", move)
        pq.write_table(pa.Table.from_pylist(infos), fivetran.path("fulfillment_tracking_info"))
        assert fivetran.read().rows(PARCELS) == exact

    @pytest.mark.parametrize("percent", [12.5, 33.3333])
    def test_a_percentage_has_digits_where_yen_have_none(
        self, open_loader: OpenLoader, percent: float
    ) -> None:
        loader = open_loader("fivetran", "kanto-garage")
        loader.sync()
        values = pq.read_table(loader.path("discount_application")).column("value").to_pylist()
        loader.retype("discount_application", "value", [percent, *values[1:]], pa.float64())
        told = loader.read()
        assert told.refused == []
        values = [row["value"] for row in told.rows("shopify_order_discounts")]
        assert Decimal(str(percent)).quantize(Decimal("0.0001")) in values

    def test_a_bad_fee_costs_its_order_and_no_other(self, airbyte: Loader) -> None:
        data = pq.read_table(airbyte.path("transactions"))
        fees, orders = (data.column(name).to_pylist() for name in ("fees", "order_id"))
        airbyte.retype("transactions", "fees", ["not json", *fees[1:]], pa.string())
        [refused] = (told := airbyte.read()).refused
        assert refused.vendor_id == str(orders[0])
        assert orders[0] not in {row["order_id"] for row in told.rows("shopify_transactions")}

    def test_a_fee_of_another_currency_is_told_beside_the_sum(self, airbyte: Loader) -> None:
        data = pq.read_table(airbyte.path("transactions"))
        fees, ids = (data.column(name).to_pylist() for name in ("fees", "id"))
        told = [("1.5", "USD"), ("2.25", "EUR"), ("0.25", "USD"), ("1", "EUR")]
        amounts = [{"amount": {"amount": fee, "currency_code": code}} for fee, code in told]
        airbyte.retype("transactions", "fees", [json.dumps(amounts), *fees[1:]], pa.string())
        rows = {row["transaction_id"]: row for row in airbyte.read().rows("shopify_transactions")}
        row = rows[ids[0]]
        assert (row["fee_amount"], row["other_fees"]) == (
            *(Decimal("1.75"), "2.2500 EUR, 1.0000 EUR"),
        )
        assert {row["other_fees"] for number, row in rows.items() if number != ids[0]} == {None}
