"""Events become rows: stamped, typed as declared, and refused when the columns are not those."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from hotdash.connectors.contract import Deleted, Reached, Rows, Unreadable
from hotdash.pipeline.ingest.landing import (
    QUARANTINE,
    SLICE_DAYS,
    SchemaChangedError,
    Stamp,
    columns_of,
    landed_columns,
)
from tests.fixtures.told_connector import DAYS, LINES, NOW, ORDERS, days, rows

STAMP = Stamp("hot-rod-an", "load-1")


def test_rows_say_whose_they_are_and_when_they_were_fetched() -> None:
    name, landed = STAMP.land(rows(ORDERS, {"order_id": 1, "total": Decimal("9.90")}))

    assert name == "told_orders"
    assert columns_of(landed.schema) == landed_columns(ORDERS)
    first = landed.to_pylist()[0]
    assert first["shop_id"] == "hot-rod-an"
    assert first["load_id"] == "load-1"
    assert first["fetched_at"] == NOW
    assert first["is_deleted"] is False
    assert first["total"] == Decimal("9.9000")


def test_a_slice_row_cannot_be_deleted() -> None:
    _, landed = STAMP.land(rows(DAYS, {"day": date(2026, 11, 1), "orders": 3}))
    assert "is_deleted" not in landed.column_names


def test_a_tombstone_keeps_the_key_alone() -> None:
    keys = pa.table({"order_id": pa.array([7], pa.int64()), "line_id": pa.array([1], pa.int64())})
    _, landed = STAMP.land(Deleted(LINES, keys, NOW))
    assert landed.select(["order_id", "line_id", "quantity", "is_deleted"]).to_pylist() == [
        {"order_id": 7, "line_id": 1, "quantity": None, "is_deleted": True}
    ]


def test_a_day_without_rows_still_stands_in_the_manifest() -> None:
    name, landed = STAMP.land(days(date(2026, 11, 1), date(2026, 11, 2)))
    assert name == SLICE_DAYS
    assert landed.column("day").to_pylist() == [date(2026, 11, 1), date(2026, 11, 2)]
    assert landed.column("table_name").to_pylist() == ["told_days", "told_days"]


def test_what_cannot_be_read_is_kept_with_its_reason() -> None:
    told = Unreadable(ORDERS, "total is not a number", '{"total":"abc"}', NOW, vendor_id="7")
    name, landed = STAMP.land(told)
    assert name == QUARANTINE
    kept = landed.to_pylist()[0]
    assert (kept["table_name"], kept["vendor_id"], kept["reason"], kept["payload"]) == (
        "told_orders",
        "7",
        "total is not a number",
        '{"total":"abc"}',
    )


def test_the_end_of_a_read_is_no_row() -> None:
    with pytest.raises(TypeError):
        STAMP.land(Reached({}, NOW))


GOOD = rows(LINES, {"order_id": 1, "line_id": 1, "quantity": 1}).data


@pytest.mark.parametrize(
    ("data", "change"),
    [
        (GOOD.append_column("color", pa.array(["red"])), "color was added"),
        (GOOD.drop_columns(["quantity"]), "quantity is missing"),
        (
            GOOD.set_column(2, "quantity", pa.array(["1"])),
            "quantity is string instead of int64",
        ),
        (GOOD.rename_columns(["order_id", "line_id", "qty"]), "qty was added; quantity is missing"),
    ],
)
def test_changed_columns_are_refused_by_name(data: pa.Table, change: str) -> None:
    with pytest.raises(SchemaChangedError, match=change):
        STAMP.land(Rows(LINES, data, NOW))


def test_columns_may_come_in_another_order() -> None:
    _, landed = STAMP.land(Rows(LINES, GOOD.select(["quantity", "line_id", "order_id"]), NOW))
    assert columns_of(landed.schema) == landed_columns(LINES)
