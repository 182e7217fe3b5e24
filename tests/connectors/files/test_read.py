"""What a loader changed since, what it deleted, what nobody can keep, and what is missing."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.connectors.files.conftest import OpenLoader
from tests.fixtures.loader_files import Loader
from tests.fixtures.simulator import UNTIL

ORDERS = "shopify_orders"
CHILDREN = ("shopify_order_lines", "shopify_refunds", "shopify_order_shipping_lines")
DAYS = timedelta(days=3)


def root(loader: Loader) -> str:
    return "order" if loader.name == "fivetran" else "orders"


def newest_order(loader: Loader) -> dict[str, Any]:
    rows = pq.read_table(loader.path(root(loader))).to_pylist()
    return max(rows, key=lambda row: row["updated_at"])


def stamp(loader: Loader) -> str:
    return "_fivetran_synced" if loader.name == "fivetran" else "_airbyte_extracted_at"


class TestWhatIsNew:
    def test_nothing_changed_nothing_read(self, loader: Loader) -> None:
        first = loader.read()
        again = loader.read(first.reached.cursor)
        assert [type(event).__name__ for event in again.events] == ["Reached"]
        tables = [told.reached.cursor["tables"] for told in (first, again)]
        assert tables[0] == tables[1]

    @pytest.mark.parametrize("name", ["fivetran", "airbyte"])
    def test_later_syncs_bring_whole_versions_of_what_changed_and_no_more(
        self, open_loader: OpenLoader, name: str
    ) -> None:
        loader = open_loader(name, ago=2 * DAYS)
        loader.sync()
        first = loader.read()
        loader.clock.advance(DAYS)
        loader.sync()
        later = loader.read(first.reached.cursor)
        whole = loader.read()
        changed = {row["order_id"] for row in later.rows(ORDERS)}
        written = [row["updated_at"] for row in first.rows(ORDERS)]
        expected = {
            row["order_id"]
            for row in whole.rows(ORDERS)
            if row["updated_at"] > max(written) - timedelta(hours=1)
        }
        # Each table is read again from an hour before its own newest row.
        assert changed >= expected > set()
        assert len(changed) <= len(expected) + len(loader.connector().place.layout.sources)
        assert len(changed) < first.count(ORDERS) / 4
        for table in CHILDREN:
            of_changed = [row for row in whole.rows(table) if row["order_id"] in changed]
            assert sorted(map(str, later.rows(table))) == sorted(map(str, of_changed)), table

    def test_a_child_alone_makes_a_new_version_of_its_order(self, fivetran: Loader) -> None:
        first = fivetran.read()

        def late(rows: list[dict[str, Any]]) -> None:
            rows[0]["price"] += 1_000
            rows[0]["_fivetran_synced"] = UNTIL + timedelta(minutes=1)

        fivetran.change("tax_line", late)
        fivetran.clock.advance(DAYS)
        later = fivetran.read(first.reached.cursor)
        [line] = [row for row in later.rows("shopify_order_lines") if row["tax_total"] > 1_000]
        assert line["order_id"] in {row["order_id"] for row in later.rows(ORDERS)}
        assert later.count(ORDERS) < 20

    def test_a_loader_whose_clock_is_ahead_hides_nothing(self, loader: Loader) -> None:
        """Rows from the future are read, and what comes at the right time is read after them."""

        def ahead(rows: list[dict[str, Any]]) -> None:
            rows[0][stamp(loader)] = datetime(2099, 1, 1, tzinfo=UTC)

        loader.change(root(loader), ahead)
        first = loader.read()
        assert first.reached.complete_through <= loader.clock.now()

        def news(rows: list[dict[str, Any]]) -> None:
            rows[5][stamp(loader)] = UNTIL + timedelta(hours=2)
            rows.append(dict(rows[5]))

        loader.change(root(loader), news)
        loader.clock.advance(DAYS)
        later = loader.read(first.reached.cursor)
        order = pq.read_table(loader.path(root(loader))).to_pylist()[5]
        assert order["id"] in {row["order_id"] for row in later.rows(ORDERS)}

    def test_of_rows_appended_again_and_again_the_newest_counts(self, loader: Loader) -> None:
        def again(rows: list[dict[str, Any]]) -> None:
            newer = rows[3] | {"name": "#newer", stamp(loader): UNTIL + timedelta(hours=1)}
            rows.insert(0, newer)

        loader.change(root(loader), again)
        told = loader.read()
        ids = [row["order_id"] for row in told.rows(ORDERS)]
        assert len(ids) == len(set(ids))
        assert "#newer" in {row["name"] for row in told.rows(ORDERS)}

    def test_reading_from_an_instant_on(self, loader: Loader) -> None:
        since = loader.connector().cursor_since(UNTIL - DAYS)
        told = loader.read(since)
        assert all(row["updated_at"] > UNTIL - DAYS for row in told.rows(ORDERS))
        assert 0 < told.count(ORDERS) < loader.read().count(ORDERS) / 4

    def test_single_orders_again(self, loader: Loader) -> None:
        order = newest_order(loader)
        told = loader.refetch(ORDERS, [order["id"], 1])
        assert [row["order_id"] for row in told.rows(ORDERS)] == [order["id"]]
        assert {row["order_id"] for row in told.rows("shopify_order_lines")} == {order["id"]}
        assert told.deleted == {ORDERS: [1]}

    def test_an_order_that_still_cannot_be_read_is_not_gone(self, fivetran: Loader) -> None:
        """Asked for again out of quarantine: a tombstone would take its good versions with it."""
        values = pq.read_table(fivetran.path("order")).column("total_price").to_pylist()
        fivetran.retype("order", "total_price", ["abc", *map(str, values[1:])], pa.string())
        order = pq.read_table(fivetran.path("order")).column("id")[0].as_py()
        told = fivetran.refetch(ORDERS, [order, 1])
        assert [each.vendor_id for each in told.refused] == [str(order)]
        assert told.deleted == {ORDERS: [1]}

    def test_how_far_it_was_read(self, loader: Loader) -> None:
        rows = pq.read_table(loader.path(root(loader))).column(stamp(loader)).to_pylist()
        assert max(rows) <= loader.read().reached.complete_through <= loader.clock.now()


class TestWhatIsGone:
    def test_a_deleted_order_is_a_tombstone(self, loader: Loader) -> None:
        gone = newest_order(loader)["id"]

        def delete(rows: list[dict[str, Any]]) -> None:
            for row in rows:
                if row["id"] == gone:
                    row["_fivetran_deleted"] = True
                    row["deleted_at"] = UNTIL

        def forget(rows: list[dict[str, Any]]) -> None:
            delete(rows)
            for row in rows:
                row.pop("deleted_at" if loader.name == "fivetran" else "_fivetran_deleted", None)
                row.setdefault("deleted_at", None) if loader.name == "airbyte" else None

        loader.change(root(loader), forget)
        told = loader.read()
        assert told.deleted == {ORDERS: [gone]}
        for table in (ORDERS, *CHILDREN):
            assert gone not in {row["order_id"] for row in told.rows(table)}

    def test_a_line_that_vanished_is_not_in_the_next_version(self, fivetran: Loader) -> None:
        order = max(fivetran.read().rows("shopify_order_lines"), key=lambda row: row["line_id"])[
            "order_id"
        ]

        def drop(rows: list[dict[str, Any]]) -> None:
            place = next(i for i, row in enumerate(rows) if row["order_id"] == order)
            del rows[place]

        before = [r for r in fivetran.read().rows("shopify_order_lines") if r["order_id"] == order]
        fivetran.change("order_line", drop)
        after = [r for r in fivetran.read().rows("shopify_order_lines") if r["order_id"] == order]
        assert len(after) == len(before) - 1


class TestPoison:
    @pytest.mark.parametrize(
        ("table", "column", "kind", "value", "told"),
        [
            ("order", "total_price", pa.string(), "abc", "'abc' is not an amount"),
            ("order", "total_price", pa.float64(), 1.23456, "1.23456 is not an amount"),
            ("order", "total_price", pa.float64(), float("nan"), "nan is not an amount"),
            ("order", "processed_at", pa.string(), "2026-13-01T00:00:00Z", "is not an instant"),
            ("order", "currency", pa.string(), None, "currency is empty"),
            ("order", "test", pa.string(), "perhaps", "is not true or false"),
            ("order_line", "quantity", pa.float64(), 1.5, "1.5 is not a whole number"),
            ("order_line", "title", pa.string(), "a\0b", "is not a text"),
            ("tax_line", "rate", pa.string(), "high", "'high' is not a rate"),
            ("order_adjustment", "amount", pa.decimal128(30, 9), Decimal("1.000000001"), "amount"),
        ],
    )
    def test_one_bad_value_costs_its_order_and_no_other(
        self,
        fivetran: Loader,
        table: str,
        column: str,
        kind: pa.DataType,
        value: Any,
        told: str,
    ) -> None:
        good = fivetran.read()
        values = pq.read_table(fivetran.path(table)).column(column).to_pylist()
        as_kind: Any = {pa.string(): _written, pa.float64(): float}.get(kind, lambda each: each)
        fitting = [None if each is None else as_kind(each) for each in values]
        if pa.types.is_decimal(kind):
            fitting = [round(Decimal(each), 4) for each in values]
        fivetran.retype(table, column, [value, *fitting[1:]], kind)
        bad = fivetran.read()
        [refused] = bad.refused
        assert told in refused.reason
        assert refused.table.name == ORDERS
        assert refused.vendor_id is not None
        lost = {row["order_id"] for row in good.rows(ORDERS)} - {
            row["order_id"] for row in bad.rows(ORDERS)
        }
        assert lost == {int(refused.vendor_id)}
        for child in CHILDREN:
            assert int(refused.vendor_id) not in {row["order_id"] for row in bad.rows(child)}

    def test_floats_become_the_cents_that_they_mean(self, fivetran: Loader) -> None:
        values = pq.read_table(fivetran.path("order")).column("total_price").to_pylist()
        wobbly = [each + 3e-7 for each in values]
        exact = [row["total_price"] for row in fivetran.read().rows(ORDERS)]
        fivetran.retype("order", "total_price", wobbly, pa.float64())
        assert [row["total_price"] for row in fivetran.read().rows(ORDERS)] == exact

    def test_yen_have_no_cents(self, open_loader: OpenLoader) -> None:
        loader = open_loader("fivetran", "kanto-garage")
        loader.sync()
        values = pq.read_table(loader.path("order")).column("total_price").to_pylist()
        loader.retype("order", "total_price", [values[0] + 0.5, *values[1:]], pa.float64())
        assert "is not an amount" in loader.read().refused[0].reason

    @pytest.mark.parametrize(
        "text",
        [
            "not json",
            "[1, 2]",
            '{"a": 1}',
            "[] []",
            '[{"id": "x"}]',
            '[{"id": 1e400}]',
            '[{"id": 1, "price": [1]}]',
            '[{"id": 1, "deep": ' + "[" * 10_000 + "]" * 10_000 + "}]",
            "[" * 10_000,
        ],
    )
    def test_bad_json_costs_its_order_and_no_other(self, airbyte: Loader, text: str) -> None:
        values = pq.read_table(airbyte.path("orders")).column("line_items").to_pylist()
        airbyte.retype("orders", "line_items", [*values[:9], text, *values[10:]], pa.string())
        told = airbyte.read()
        assert len(told.refused) == 1
        assert told.count(ORDERS) in (len(values) - 1, len(values))

    def test_numbers_as_numbers_and_as_texts(self, airbyte: Loader) -> None:
        exact = airbyte.read().rows("shopify_order_lines")

        def as_text(rows: list[dict[str, Any]]) -> None:
            for row in rows[::2]:
                lines = json.loads(row["line_items"])
                for line in lines:
                    line["price"] = str(line["price"])
                    line["id"] = str(line["id"])
                row["line_items"] = json.dumps(lines, indent=2)

        airbyte.change("orders", as_text)
        assert airbyte.read().rows("shopify_order_lines") == exact

    def test_a_name_that_cannot_be_kept_is_not_shown(self, fivetran: Loader) -> None:
        values = pq.read_table(fivetran.path("customer")).column("email").to_pylist()
        fivetran.retype("customer", "email", ["ada\0@mail.example", *values[1:]], pa.string())
        [refused] = fivetran.read().refused
        assert "ada" not in refused.reason + refused.payload

    def test_one_order_in_a_thousand_of_them_all(self, fivetran: Loader) -> None:
        values = pq.read_table(fivetran.path("order")).column("total_price").to_pylist()
        texts = ["x" if n % 100 == 7 else _written(each) for n, each in enumerate(values)]
        fivetran.retype("order", "total_price", texts, pa.string())
        told = fivetran.read()
        assert len(told.refused) == texts.count("x")
        assert told.count(ORDERS) == len(values) - texts.count("x")


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
