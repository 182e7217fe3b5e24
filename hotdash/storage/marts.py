"""The marts that are published: their columns in the order both databases hash them, grain and partition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa


class ColumnType(StrEnum):
    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DAY = "day"
    INSTANT = "instant"
    FLAG = "flag"


class Partitioning(StrEnum):
    """Dated marts change month by month, undated ones bucket by bucket."""

    MONTH = "month"
    BUCKET = "bucket"


ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    ColumnType.TEXT: pa.string(),
    ColumnType.INTEGER: pa.int64(),
    ColumnType.MONEY: pa.decimal128(20, 4),
    ColumnType.DAY: pa.date32(),
    ColumnType.INSTANT: pa.timestamp("us", tz="UTC"),
    ColumnType.FLAG: pa.bool_(),
}


@dataclass(frozen=True)
class PublishedMart:
    name: str
    columns: Mapping[str, ColumnType]
    grain: tuple[str, ...]
    partitioning: Partitioning

    @property
    def partition_column(self) -> str:
        return "day" if self.partitioning is Partitioning.MONTH else "bucket"

    @property
    def arrow_schema(self) -> pa.Schema:
        return pa.schema([(name, ARROW_TYPES[kind]) for name, kind in self.columns.items()])

    def partition_of(self, value: date | int) -> str:
        """'2026-11' for a day of that month, 'b07' for bucket 7."""
        return f"{value:%Y-%m}" if isinstance(value, date) else f"b{value:02d}"


def month_bounds(partition_key: str) -> tuple[date, date]:
    """The first day of the month and the first day after it."""
    first = date.fromisoformat(f"{partition_key}-01")
    years, month = divmod(first.month, 12)
    return first, date(first.year + years, month + 1, 1)


def bucket_number(partition_key: str) -> int:
    return int(partition_key.removeprefix("b"))


_TEXT, _INTEGER, _MONEY = ColumnType.TEXT, ColumnType.INTEGER, ColumnType.MONEY
_DAY, _INSTANT, _FLAG = ColumnType.DAY, ColumnType.INSTANT, ColumnType.FLAG

FCT_REVENUE = PublishedMart(
    name="fct_revenue",
    columns={
        "shop_id": _TEXT,
        "day": _DAY,
        "currency": _TEXT,
        "counted_orders": _INTEGER,
        "units": _INTEGER,
        "gross_sales": _MONEY,
        "discounts": _MONEY,
        "refunds": _MONEY,
        "shipping": _MONEY,
        "shipping_refunds": _MONEY,
        "taxes": _MONEY,
        "tax_refunds": _MONEY,
        "refunds_by_refund_day": _MONEY,
        "shipping_refunds_by_refund_day": _MONEY,
        "tax_refunds_by_refund_day": _MONEY,
    },
    grain=("day",),
    partitioning=Partitioning.MONTH,
)

FCT_ORDERS = PublishedMart(
    name="fct_orders",
    columns={
        "shop_id": _TEXT,
        "order_id": _INTEGER,
        "day": _DAY,
        "processed_at": _INSTANT,
        "currency": _TEXT,
        "customer_key": _TEXT,
        "financial_status": _TEXT,
        "is_test": _FLAG,
        "is_cancelled": _FLAG,
        "is_counted": _FLAG,
        "units": _INTEGER,
        "gross_sales": _MONEY,
        "discounts": _MONEY,
        "refunds": _MONEY,
        "shipping": _MONEY,
        "shipping_refunds": _MONEY,
        "taxes": _MONEY,
        "tax_refunds": _MONEY,
    },
    grain=("order_id",),
    partitioning=Partitioning.MONTH,
)

DIM_CUSTOMERS = PublishedMart(
    name="dim_customers",
    columns={
        "shop_id": _TEXT,
        "customer_key": _TEXT,
        "bucket": _INTEGER,
        "first_order_day": _DAY,
        "last_order_day": _DAY,
        "counted_orders": _INTEGER,
    },
    grain=("customer_key",),
    partitioning=Partitioning.BUCKET,
)

PUBLISHED_MARTS = {mart.name: mart for mart in (FCT_REVENUE, FCT_ORDERS, DIM_CUSTOMERS)}
