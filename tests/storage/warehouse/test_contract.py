"""What every engine does alike."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from hotdash.storage.warehouse.contract import Warehouse, WarehouseUnavailableError
from hotdash.storage.warehouse.postgres import PASSWORD_VARIABLE, PostgresWarehouse
from tests.fixtures.warehouses import BuiltWarehouse

SAMPLE = (
    "select cast(1 as bigint) as whole, cast(1.5 as numeric(20,4)) as money, true as flag, "
    "date '2026-05-04' as day, timestamptz '2026-05-04 12:00:00+02' as instant, "
    "cast('?' as text) as words, cast(null as numeric(20,4)) as nothing"
)


@pytest.fixture
def warehouse(built: BuiltWarehouse) -> Iterator[Warehouse]:
    built.warehouse.execute("create table if not exists raw.scratch (a bigint, b text)")
    yield built.warehouse
    built.warehouse.execute("drop table raw.scratch")


def test_answers_have_the_same_types(warehouse: Warehouse) -> None:
    answer = warehouse.query(SAMPLE)
    assert answer.schema.types == [
        pa.int64(),
        pa.decimal128(20, 4),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us", tz="UTC"),
        pa.string(),
        pa.decimal128(20, 4),
    ]
    assert list(answer.to_pylist()[0].values()) == [
        1,
        Decimal("1.5000"),
        True,
        date(2026, 5, 4),
        datetime(2026, 5, 4, 10, tzinfo=UTC),
        "?",
        None,
    ]


def test_an_empty_answer_has_its_types_too(warehouse: Warehouse) -> None:
    answer = warehouse.query(f"select * from ({SAMPLE}) as sample where whole = 2")
    assert answer.num_rows == 0
    assert answer.schema.field("money").type == pa.decimal128(20, 4)


def test_parameters_are_question_marks(warehouse: Warehouse) -> None:
    warehouse.execute("insert into raw.scratch values (?, ?), (?, '?')", [1, "it's", 2])
    found = warehouse.query("select b from raw.scratch where a >= ? order by a", [1])
    assert found.to_pylist() == [{"b": "it's"}, {"b": "?"}]


def test_a_transaction_is_all_or_nothing(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.execute("insert into raw.scratch values (1, 'kept')")
    with pytest.raises(ZeroDivisionError):
        insert_then_fail(warehouse)
    assert warehouse.query("select b from raw.scratch").to_pylist() == [{"b": "kept"}]


def insert_then_fail(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.execute("insert into raw.scratch values (2, 'lost')")
        assert warehouse.query("select a from raw.scratch").num_rows == 2
        raise ZeroDivisionError


def test_other_threads_stand_outside_the_transaction(warehouse: Warehouse) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(warehouse.query("select a from raw.scratch").num_rows)

    with warehouse.transaction():
        warehouse.execute("insert into raw.scratch values (1, 'not yet')")
        other = threading.Thread(target=look)
        other.start()
        other.join()
    look()
    assert seen == [0, 1]


def test_several_statements_are_sent_as_they_are_written(warehouse: Warehouse) -> None:
    inserted = "insert into raw.scratch values (1, '100%'), (2, 'a ? and a %s')"
    answer = warehouse.send(f"{inserted}; select b, a from raw.scratch order by a desc")
    assert answer is not None
    assert [*answer] == ["a ? and a %s", 2]
    with pytest.raises(ZeroDivisionError):
        send_then_fail(warehouse)
    assert warehouse.query("select a from raw.scratch").num_rows == 2


def send_then_fail(warehouse: Warehouse) -> None:
    with warehouse.transaction():
        warehouse.send("delete from raw.scratch; delete from raw.scratch")
        raise ZeroDivisionError


def test_what_is_interrupted_in_a_transaction_leaves_nothing(warehouse: Warehouse) -> None:
    endless = "select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b"
    failed: list[Exception] = []

    def work() -> None:
        try:
            with warehouse.transaction():
                warehouse.send(f"insert into raw.scratch values (1, 'lost'); {endless}")
        except Exception as error:
            failed.append(error)

    working = threading.Thread(target=work)
    working.start()
    while working.is_alive():
        warehouse.interrupt()
        working.join(timeout=0.05)
    assert len(failed) == 1
    assert warehouse.query("select a from raw.scratch").num_rows == 0


def test_the_identity_stays_and_tells_no_secret(warehouse: Warehouse) -> None:
    assert warehouse.identity == warehouse.identity
    assert warehouse.identity.startswith(f"{warehouse.engine}:")
    assert "@" not in warehouse.identity


class TestPostgres:
    def test_the_profile_names_the_password_only_by_its_variable(self) -> None:
        warehouse = PostgresWarehouse("postgresql://hot:geheim@127.0.0.1:1/warehouse")
        warehouse._warehouse_id = "known"
        assert "geheim" not in str(warehouse.dbt_output())
        assert warehouse.dbt_environment() == {
            PASSWORD_VARIABLE: "geheim",
            "PGTZ": "UTC",
            "PGDATESTYLE": "ISO, YMD",
        }
        assert "geheim" not in warehouse.identity

    def test_nobody_answers(self) -> None:
        warehouse = PostgresWarehouse("postgresql://hot:geheim@127.0.0.1:1/warehouse")
        with pytest.raises(WarehouseUnavailableError) as failure:
            warehouse.query("select 1")
        assert "127.0.0.1:1/warehouse does not answer" in failure.value.message
        assert "geheim" not in str(failure.value)

    def test_an_address_that_is_none(self) -> None:
        with pytest.raises(WarehouseUnavailableError, match="cannot be read"):
            PostgresWarehouse("postgresql://[half")

    def test_it_comes_back_after_its_connection_was_lost(
        self, warehouse_database: str, tmp_path: Path
    ) -> None:
        warehouse = PostgresWarehouse(warehouse_database)
        warehouse.query("select 1")
        warehouse.close()
        assert warehouse.query("select 1 as a").to_pylist() == [{"a": 1}]
        warehouse.close()
