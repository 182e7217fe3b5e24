"""Failing rows are told shop by shop, in the same words however they lie in their table."""

from hotdash.storage.warehouse.stored_failures import SAMPLE_ROWS, failures_by_shop
from tests.fixtures.warehouses import BuiltWarehouse

RELATION = '"checks"."rows_in_another_order"'
ROWS = [("east", number, f"2026-01-0{number}") for number in range(1, 8)] + [("west", 9, None)]


def test_the_sample_does_not_depend_on_the_order_of_the_rows(built: BuiltWarehouse) -> None:
    told = [stored(built, rows) for rows in (ROWS, ROWS[::-1])]
    assert told[0] == told[1]
    east, west = told[0]
    assert (east.shop_id, east.rows, len(east.sample)) == ("east", 7, SAMPLE_ROWS)
    assert [row["number"] for row in east.sample] == [1, 2, 3, 4, 5]
    assert west.sample == ({"shop_id": "west", "number": 9, "day": None},)


def stored(built: BuiltWarehouse, rows: list[tuple[str, int, str | None]]):
    warehouse = built.warehouse
    warehouse.execute(f"create table {RELATION} (shop_id text, number integer, day date)")
    try:
        for row in rows:
            warehouse.execute(f"insert into {RELATION} values (?, ?, cast(? as date))", row)
        return failures_by_shop(warehouse, RELATION)
    finally:
        warehouse.execute(f"drop table {RELATION}")
