"""One canonical text: the warehouse's macro, the serving tables and an independent mirror hash alike."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import duckdb
import jinja2
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hotdash.base.paths import dbt_project_folder
from hotdash.storage.appdb.repositories.parts import Fingerprint, fingerprints
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import ColumnType, PublishedMart, published_mart
from tests.fixtures.marts import mart_row, rows_hash

pytestmark = pytest.mark.law(8)

TYPES_IN_DBT = {
    "text": ColumnType.TEXT,
    "bigint": ColumnType.INTEGER,
    "integer": ColumnType.INTEGER,
    "numeric(20,4)": ColumnType.MONEY,
    "date": ColumnType.DAY,
    "timestamptz": ColumnType.INSTANT,
    "boolean": ColumnType.FLAG,
}
parts = count(1)

texts = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)
integers = st.none() | st.integers(-(2**63), 2**63 - 1)
money = st.none() | st.decimals(
    min_value=Decimal("-9999999999999999.9999"),
    max_value=Decimal("9999999999999999.9999"),
    places=4,
)
instants = st.none() | st.datetimes(
    datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)
)
orders = st.fixed_dictionaries(
    {
        "day": st.dates(date(1, 1, 1), date(9999, 12, 31)),
        "processed_at": instants,
        "currency": texts,
        "customer_key": texts,
        "financial_status": texts,
        "is_test": st.none() | st.booleans(),
        "units": integers,
        "gross_sales": money,
        "tax_refunds": money,
    }
)
NASTY: list[dict[str, Any]] = [
    {
        "day": date(2024, 2, 29),
        "processed_at": datetime(2026, 11, 1, 5, 59, 59, 1, tzinfo=UTC),
        "customer_key": "",
        "financial_status": "ß \u202e 日本 🚗 'x' \\ \r\n\t",
        "gross_sales": Decimal("-0.0001"),
        "tax_refunds": Decimal("-0.0000"),
    },
    {
        "day": date(1969, 12, 31),
        "processed_at": datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        "customer_key": None,
        "is_test": None,
        "units": -1,
        "gross_sales": Decimal("-9999999999999999.9999"),
    },
]


class _Adapter:
    """What dbt's dispatch does, for the one engine."""

    def __init__(self) -> None:
        self.module: Any = None

    def dispatch(self, name: str, _package: str = "hotdash") -> Any:
        return getattr(self.module, f"default__{name}")


@pytest.fixture(scope="module")
def macros() -> Any:
    source = (dbt_project_folder() / "macros/engine/row_hash.sql").read_text()
    adapter = _Adapter()
    adapter.module = jinja2.Environment().from_string(source).make_module({"adapter": adapter})
    return adapter.module


def described_columns(mart: str) -> list[dict[str, str]]:
    path = next(dbt_project_folder().glob(f"models/marts/**/{mart}.yml"))
    (model,) = yaml.safe_load(path.read_text())["models"]
    return [
        {"name": column["name"], "data_type": column["data_type"]} for column in model["columns"]
    ]


def hashed_in_duckdb(macros: Any, mart: PublishedMart, rows: list[dict[str, Any]]) -> str:
    described = described_columns(mart.name)
    columns = ", ".join(f"{each['name']} {each['data_type']}" for each in described)
    marks = ", ".join("?" * len(described))
    rows_sum = macros.rows_sum([_Column(**each) for each in described])
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute(f"create table mart ({columns})")
        connection.executemany(
            f"insert into mart values ({marks})",
            [[row[each["name"]] for each in described] for row in rows],
        )
        answer = connection.execute(f"select {macros.rows_hash(rows_sum)} from mart").fetchone()
    assert answer is not None
    return answer[0]


class _Column:
    def __init__(self, name: str, data_type: str) -> None:
        self.name, self.data_type = name, data_type


def hashed_in_serving(
    database: Database, mart: PublishedMart, rows: list[dict[str, Any]]
) -> Fingerprint:
    part = next(parts)
    columns = ["part", *mart.columns]
    marks = ", ".join(f":{name}" for name in columns)
    with database.jobs() as session:
        session.execute(text("set local timezone = 'Asia/Kolkata'"))
        session.execute(
            text(f"insert into serving.{mart.name} ({', '.join(columns)}) values ({marks})"),
            [{**row, "part": part} for row in rows],
        )
        return fingerprints(session, mart, "hot-rod-an", [part])[part]


@pytest.fixture(scope="module")
def one_database(template_urls: Any) -> Iterator[Database]:
    from tests.fixtures.postgres import create_database, drop_database

    name = "test_row_hash"
    create_database(template_urls.owner, name, "hotdash_template")
    database = Database(template_urls.of(name).owner)
    yield database
    database.dispose()
    drop_database(template_urls.owner, name)


@settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(NASTY)
@given(st.lists(orders, min_size=1, max_size=8))
def test_nasty_values_hash_alike_everywhere(
    macros: Any, one_database: Database, found: list[Mapping[str, Any]]
) -> None:
    rows = [
        mart_row("fct_orders", shop_id="hot-rod-an", order_id=number, **values)
        for number, values in enumerate(found)
    ]
    expected = rows_hash(published_mart("fct_orders"), rows)

    assert hashed_in_serving(one_database, published_mart("fct_orders"), rows) == Fingerprint(
        len(rows), expected
    )
    assert hashed_in_duckdb(macros, published_mart("fct_orders"), rows) == expected


def one_order(**values: Any) -> dict[str, Any]:
    given = {"shop_id": "hot-rod-an", "order_id": 1, "day": date(2026, 1, 1)} | values
    return mart_row("fct_orders", **given)


@pytest.mark.parametrize(
    "other",
    [
        [one_order(order_id=1, units=2), one_order(order_id=2, units=1)],
        [
            one_order(order_id=1, units=1, gross_sales=Decimal("0.0001")),
            one_order(order_id=2, units=2),
        ],
        [one_order(order_id=1, units=1), one_order(order_id=1, units=1)],
        [one_order(order_id=2, units=2), one_order(order_id=2, units=2)],
    ],
    ids=["values changed places", "a ten-thousandth moved", "one twice", "the other twice"],
)
def test_as_many_rows_that_are_others_add_up_to_something_else(
    macros: Any, other: list[dict[str, Any]]
) -> None:
    mart = published_mart("fct_orders")
    rows = [one_order(order_id=1, units=1), one_order(order_id=2, units=2)]
    hashes = [hashed_in_duckdb(macros, mart, each) for each in (rows, rows[::-1], other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_days_add_up_to_their_month(macros: Any) -> None:
    mart = published_mart("fct_orders")
    days = [[one_order(order_id=day, day=date(2026, 1, day))] for day in range(1, 32)]
    whole = hashed_in_duckdb(macros, mart, [row for rows in days for row in rows])
    assert int(whole) == sum(int(hashed_in_duckdb(macros, mart, rows)) for rows in days)


def test_a_missing_text_is_not_an_empty_one(one_database: Database) -> None:
    hashes = {
        hashed_in_serving(
            one_database,
            published_mart("fct_orders"),
            [
                mart_row(
                    "fct_orders", shop_id="hot-rod-an", order_id=1, day=date(2026, 1, 1), currency=c
                )
            ],
        ).rows_hash
        for c in ("", None)
    }
    assert len(hashes) == 2
