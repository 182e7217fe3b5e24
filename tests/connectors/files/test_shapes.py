"""Where a loader's tables lie, under which names, and what is said when something is missing."""

from typing import Any

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hotdash.base.errors import HotdashError
from hotdash.connectors.contract import DriftKind
from tests.connectors.files.conftest import OpenLoader
from tests.connectors.files.test_read import CHILDREN, ORDERS, root
from tests.fixtures.loader_files import Loader
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.simulator import SHOP_ID


class TestShapes:
    def test_missing_tables_are_named_at_once(self, fivetran: Loader) -> None:
        for name in ("refund", "tax_line"):
            fivetran.path(name).unlink()
        with pytest.raises(HotdashError, match=r"no tax_line, no refund|no refund, no tax_line"):
            fivetran.connector().check()
        with pytest.raises(HotdashError, match="no tax_line"):
            fivetran.read()

    def test_a_missing_column_is_named(self, fivetran: Loader) -> None:
        data = pq.read_table(fivetran.path("order")).drop_columns(["total_price"])
        pq.write_table(data, fivetran.path("order"))
        with pytest.raises(HotdashError, match="order has no column total_price"):
            fivetran.connector().check()

    def test_a_new_column_is_told_and_does_no_harm(self, loader: Loader) -> None:
        count = loader.read().count(ORDERS)

        def add(rows: list[dict[str, Any]]) -> None:
            for row in rows:
                row["loyalty_tier"] = "gold"

        loader.change(root(loader), add)
        told = loader.read()
        [drift] = told.drifts
        assert (drift.kind, drift.field) == (DriftKind.ADDED, f"{root(loader)}.loyalty_tier")
        assert told.count(ORDERS) == count

    def test_prefix_suffix_capitals_and_folders_of_files(self, open_loader: OpenLoader) -> None:
        loader = open_loader("fivetran")
        loader.sync(prefix="SHOPIFY_", suffix="_data")
        whole = pq.read_table(loader.path("SHOPIFY_order_data"))
        loader.path("SHOPIFY_order_data").unlink()
        folder = loader.folder / "SHOPIFY_ORDER_DATA"
        folder.mkdir()
        pq.write_table(whole.slice(0, 10), folder / "part-0.parquet")
        pq.write_table(whole.slice(10), folder / "part-1.parquet")
        told = loader.read(prefix="shopify_", suffix="_data")
        assert told.count(ORDERS) == whole.num_rows

    def test_graphql_names(self, fivetran: Loader) -> None:
        exact = fivetran.read().rows(ORDERS)
        data = pq.read_table(fivetran.path("order"))
        renamed = {
            "total_price": "total_price_set_shop_amount",
            "financial_status": "display_financial_status",
            "currency": "currency_code",
        }
        names = [renamed.get(name, name) for name in data.column_names]
        pq.write_table(data.rename_columns(names), fivetran.path("order"))
        assert fivetran.read().rows(ORDERS) == exact

    def test_a_file_that_is_only_half_there(self, loader: Loader) -> None:
        path = loader.path(root(loader))
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(HotdashError, match="cannot be read as Parquet"):
            loader.read()

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"loader": "stitch"}, "no loader 'stitch'"),
            ({"folder": ""}, "either a folder"),
            ({"database": "x"}, "not both"),
            ({"folder": "/nowhere/at/all"}, "no folder"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, fivetran: Loader, fields: dict[str, str], told: str
    ) -> None:
        with pytest.raises(HotdashError, match=told):
            fivetran.connector(**fields).check()

    def test_readings_say_what_was_found(self, fivetran: Loader) -> None:
        told = fivetran.read()
        rows = {row["table_name"]: row for row in told.rows("files_readings")}
        assert rows["order"]["rows"] == told.count(ORDERS)
        assert rows["order"]["loader"] == "fivetran"


class TestDatabases:
    def test_a_duckdb_file(self, loader: Loader) -> None:
        path = loader.folder / "loader.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute("create schema loaded")
            for file in loader.folder.glob("*.parquet"):
                connection.execute(f"create table loaded.\"{file.stem}\" as select * from '{file}'")
            if loader.name == "airbyte":
                connection.execute("alter table loaded.orders alter line_items type json")
        exact = loader.read()
        told = loader.read(folder="", database=str(path), schema="loaded")
        assert told.refused == []
        for table in (ORDERS, *CHILDREN):
            assert sorted(map(str, told.rows(table))) == sorted(map(str, exact.rows(table)))

    def test_a_postgres_schema(self, fivetran: Loader, empty_database_urls: DatabaseUrls) -> None:
        url = empty_database_urls.owner
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create schema loaded")
            for file in fivetran.folder.glob("*.parquet"):
                copy_table(connection, file.stem, pq.read_table(file))
        exact = fivetran.read()
        told = fivetran.read(folder="", database=url, schema="loaded")
        assert told.refused == []
        for table in (ORDERS, *CHILDREN, "shopify_variants", "shopify_customers"):
            assert sorted(map(str, told.rows(table))) == sorted(map(str, exact.rows(table)))

    def test_a_schema_that_is_not_there(self, fivetran: Loader) -> None:
        path = fivetran.folder / "empty.duckdb"
        duckdb.connect(str(path)).close()
        with pytest.raises(HotdashError, match="schema nothing of"):
            fivetran.connector(folder="", database=str(path), schema="nothing").check()

    def test_no_password_is_shown(self, fivetran: Loader) -> None:
        url = "postgresql://me:secret-word@127.0.0.1:1/x"
        with pytest.raises(HotdashError) as failure:
            fivetran.connector(folder="", database=url).check()
        assert "secret-word" not in str(failure.value)
        assert failure.value.__cause__ is None

    def test_our_own_warehouse_is_only_there_in_a_run(self, fivetran: Loader) -> None:
        with pytest.raises(HotdashError, match="not open here"):
            fivetran.connector(folder="", database="warehouse").check()


def copy_table(connection: psycopg.Connection, name: str, data: pa.Table) -> None:
    kinds = {"int64": "bigint", "double": "double precision", "bool": "boolean", "null": "text"}
    columns = ", ".join(
        f'"{field.name}" '
        + (
            "timestamptz"
            if pa.types.is_timestamp(field.type)
            else kinds.get(str(field.type), "text")
        )
        for field in data.schema
    )
    connection.execute(f'create table loaded."{name}" ({columns})')
    marks = ", ".join("%s" for _ in data.schema)
    with connection.cursor() as cursor:
        cursor.executemany(
            f'insert into loaded."{name}" values ({marks})',
            [tuple(row.values()) for row in data.to_pylist()],
        )


def test_the_shop_is_the_simulated_one(loader: Loader) -> None:
    [shop] = loader.read().rows("shopify_shops")
    assert (shop["domain"], shop["currency"]) == (f"{SHOP_ID}.myshopify.com", "USD")
