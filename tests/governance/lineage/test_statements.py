"""What a statement reads, column by column: held against statements that can be followed by eye."""

import pytest

from hotdash.governance.lineage.graph import ROWS, Way
from hotdash.governance.lineage.statements import StatementError, Traced, trace

ORDERS = {"raw.orders": ["shop_id", "order_id", "amount", "status", "day", "person"]}
LINES = {"raw.lines": ["shop_id", "order_id", "quantity", "is_gift", "sku"]}
KNOWN = {**ORDERS, **LINES}


def traced(sql: str) -> Traced:
    return trace(sql, "duckdb", KNOWN, "a statement")


def reads(told: Traced, column: str) -> dict[str, str]:
    return {f"{read.table}.{read.column}": read.way.value for read in told.columns[column]}


def rows(told: Traced) -> dict[str, str]:
    return {f"{read.table}.{read.column}": read.way.value for read in told.rows}


def test_a_column_is_what_it_is_computed_from() -> None:
    told = traced("select amount + 1 as more, status from raw.orders")
    assert reads(told, "more") == {"raw.orders.amount": "value"}
    assert reads(told, "status") == {"raw.orders.status": "value"}
    assert rows(told) == {"raw.orders.*": "filter"}


def test_through_statements_named_before_and_all_their_columns() -> None:
    told = traced(
        "with a as (select *, amount * 2 as twice from raw.orders), b as (select a.* from a) "
        "select twice from b"
    )
    assert reads(told, "twice") == {"raw.orders.amount": "value"}


def test_what_chooses_rows_is_told_of_the_rows() -> None:
    told = traced("select order_id from raw.orders where status = 'PAID' and amount > 0")
    assert reads(told, "order_id") == {"raw.orders.order_id": "value"}
    assert rows(told) == {
        "raw.orders.*": "filter",
        "raw.orders.status": "filter",
        "raw.orders.amount": "filter",
    }


def test_a_condition_within_a_value_is_of_the_value() -> None:
    told = traced("select sum(case when is_gift then 0 else quantity end) as units from raw.lines")
    assert reads(told, "units") == {"raw.lines.is_gift": "value", "raw.lines.quantity": "value"}


def test_a_filter_of_what_is_joined_where_there_is_one_touches_only_its_columns() -> None:
    told = traced(
        "with sold as (select shop_id, order_id, sum(quantity) as units from raw.lines "
        "where not is_gift group by shop_id, order_id) "
        "select orders.amount, coalesce(sold.units, 0) as units from raw.orders as orders "
        "left join sold on sold.shop_id = orders.shop_id and sold.order_id = orders.order_id"
    )
    assert reads(told, "amount") == {"raw.orders.amount": "value"}
    units = reads(told, "units")
    assert units["raw.lines.quantity"] == "value"
    assert units["raw.lines.is_gift"] == "filter"
    assert units["raw.lines.order_id"] == units["raw.orders.order_id"] == "join"
    assert rows(told) == {"raw.orders.*": "filter"}


def test_what_is_joined_for_good_decides_which_rows_there_are() -> None:
    told = traced(
        "select orders.amount from raw.orders as orders "
        "inner join raw.lines as lines on lines.order_id = orders.order_id"
    )
    assert rows(told) == {
        "raw.orders.*": "filter",
        "raw.lines.*": "filter",
        "raw.orders.order_id": "join",
        "raw.lines.order_id": "join",
    }


def test_to_count_rows_is_made_of_them() -> None:
    told = traced(
        "select day, count(*) as orders from raw.orders where status = 'PAID' group by day"
    )
    assert reads(told, "orders") == {f"raw.orders.{ROWS}": "value"}
    assert rows(told)["raw.orders.status"] == "filter"
    assert rows(told)["raw.orders.day"] == "join"


def test_a_window_is_made_of_its_order_and_partition() -> None:
    told = traced(
        "select row_number() over (partition by order_id order by day desc) as place from raw.orders"
    )
    assert reads(told, "place") == {"raw.orders.order_id": "value", "raw.orders.day": "value"}


def test_both_halves_of_a_union_by_their_place() -> None:
    told = traced(
        "select order_id as number from raw.orders union all select quantity from raw.lines"
    )
    assert reads(told, "number") == {"raw.orders.order_id": "value", "raw.lines.quantity": "value"}


def test_a_statement_within_a_value() -> None:
    told = traced(
        "select (select max(lines.quantity) from raw.lines as lines "
        "where lines.order_id = orders.order_id) as most from raw.orders as orders"
    )
    assert reads(told, "most")["raw.lines.quantity"] == "value"
    assert reads(told, "most")["raw.lines.order_id"] == "filter"
    assert reads(told, "most")["raw.orders.order_id"] == "filter"


def test_rows_chosen_by_another_statement() -> None:
    told = traced(
        "select amount from raw.orders where order_id in "
        "(select order_id from raw.lines where quantity > 1)"
    )
    assert rows(told)["raw.lines.order_id"] == "filter"
    assert rows(told)["raw.lines.quantity"] == "filter"


def test_days_that_are_made_of_two_columns() -> None:
    told = traced(
        "select unnest(generate_series(orders.day, orders.day, interval '1 day')) as day "
        "from raw.orders as orders"
    )
    assert reads(told, "day") == {"raw.orders.day": "value"}


def test_of_several_ways_the_strongest_is_told() -> None:
    told = traced("select status from raw.orders where status = 'PAID'")
    assert {read.way for read in told.columns["status"]} == {Way.VALUE}


@pytest.mark.parametrize("sql", ["selec amount", "", "select ("])
def test_what_cannot_be_read_is_refused_by_name(sql: str) -> None:
    with pytest.raises(StatementError, match="The statement of a statement"):
        traced(sql)


def test_a_window_that_is_named_once_is_of_every_value_that_uses_it() -> None:
    told = traced(
        "select sum(amount) over so_far as sum, status from raw.orders "
        "window so_far as (partition by person order by day)"
    )
    assert reads(told, "sum") == {
        f"raw.orders.{column}": "value" for column in ("amount", "person", "day")
    }
    assert reads(told, "status") == {"raw.orders.status": "value"}


def test_days_that_are_made_of_nothing_are_made_of_nothing() -> None:
    told = traced(
        "select orders.order_id, cast(spine.day as date) as day from raw.orders as orders "
        "cross join generate_series(timestamp '2026-01-01', timestamp '2026-01-02', interval '1 day') "
        "as spine (day)"
    )
    assert reads(told, "day") == {}
    assert not told.unresolved


def test_a_table_whose_columns_nobody_knows_is_meant_where_it_is_the_only_one() -> None:
    told = traced("select max(instant) as instant from raw.unknown where event = 'committed'")
    assert reads(told, "instant") == {"raw.unknown.instant": "value"}
    assert rows(told)["raw.unknown.event"] == "filter"
    assert not told.unresolved
