"""The raw tables Shopify fills, and which of their columns may not be empty."""

from collections.abc import Mapping

import pyarrow as pa

from hotdash.connectors.contract import RawKind, RawTable

ID = pa.int64()
COUNT = pa.int64()
TEXT = pa.string()
FLAG = pa.bool_()
DAY = pa.date32()
INSTANT = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(20, 4)
RATE = pa.decimal128(9, 6)


def _entity(
    name: str,
    key: tuple[str, ...],
    columns: Mapping[str, pa.DataType],
    personal: frozenset[str] = frozenset(),
) -> RawTable:
    return RawTable(name, RawKind.ENTITY, key, pa.schema(list(columns.items())), personal)


SHOPS = _entity(
    "shopify_shops",
    ("shopify_shop_id",),
    {
        "shopify_shop_id": ID,
        "name": TEXT,
        "domain": TEXT,
        "iana_timezone": TEXT,
        "currency": TEXT,
        "taxes_included": FLAG,
        "plan": TEXT,
        "created_at": INSTANT,
    },
)

CUSTOMERS = _entity(
    "shopify_customers",
    ("customer_id",),
    {
        "customer_id": ID,
        "email": TEXT,
        "first_name": TEXT,
        "last_name": TEXT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
    personal=frozenset({"email", "first_name", "last_name"}),
)

PRODUCTS = _entity(
    "shopify_products",
    ("product_id",),
    {
        "product_id": ID,
        "title": TEXT,
        "handle": TEXT,
        "product_type": TEXT,
        "vendor": TEXT,
        "status": TEXT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
)

VARIANTS = _entity(
    "shopify_variants",
    ("variant_id",),
    {
        "variant_id": ID,
        "product_id": ID,
        "sku": TEXT,
        "title": TEXT,
        "price": MONEY,
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
)

ORDERS = _entity(
    "shopify_orders",
    ("order_id",),
    {
        "order_id": ID,
        "name": TEXT,
        "created_at": INSTANT,
        "processed_at": INSTANT,
        "updated_at": INSTANT,
        "cancelled_at": INSTANT,
        "financial_status": TEXT,
        "fulfillment_status": TEXT,
        "is_test": FLAG,
        "currency": TEXT,
        "presentment_currency": TEXT,
        "taxes_included": FLAG,
        "customer_id": ID,
        "total_price": MONEY,
        "total_tax": MONEY,
        "total_shipping": MONEY,
        "total_discounts": MONEY,
        "total_refunded": MONEY,
    },
)

ORDER_LINES = _entity(
    "shopify_order_lines",
    ("order_id", "line_id"),
    {
        "order_id": ID,
        "line_id": ID,
        "product_id": ID,
        "variant_id": ID,
        "sku": TEXT,
        "title": TEXT,
        "quantity": COUNT,
        "current_quantity": COUNT,
        "unit_price": MONEY,
        "original_total": MONEY,
        "discount_total": MONEY,
        "tax_total": MONEY,
        "tax_rate": RATE,
        "is_gift_card": FLAG,
    },
)

SHIPPING_LINES = _entity(
    "shopify_order_shipping_lines",
    ("order_id", "shipping_line_id"),
    {
        "order_id": ID,
        "shipping_line_id": ID,
        "title": TEXT,
        "original_amount": MONEY,
        "discounted_amount": MONEY,
        "tax_total": MONEY,
        "is_removed": FLAG,
    },
)

REFUNDS = _entity(
    "shopify_refunds",
    ("order_id", "refund_id"),
    {
        "order_id": ID,
        "refund_id": ID,
        "created_at": INSTANT,
        "processed_at": INSTANT,
        "updated_at": INSTANT,
        "total_refunded": MONEY,
    },
)

REFUND_LINES = _entity(
    "shopify_refund_lines",
    ("order_id", "refund_id", "refund_line_id"),
    {
        "order_id": ID,
        "refund_id": ID,
        "refund_line_id": ID,
        "line_id": ID,
        "quantity": COUNT,
        "subtotal": MONEY,
        "total_tax": MONEY,
        "restock_type": TEXT,
    },
)

REFUND_SHIPPING_LINES = _entity(
    "shopify_refund_shipping_lines",
    ("order_id", "refund_id", "refund_shipping_line_id"),
    {
        "order_id": ID,
        "refund_id": ID,
        "refund_shipping_line_id": ID,
        "subtotal": MONEY,
        "tax_amount": MONEY,
    },
)

ORDER_ADJUSTMENTS = _entity(
    "shopify_order_adjustments",
    ("order_id", "refund_id", "adjustment_id"),
    {
        "order_id": ID,
        "refund_id": ID,
        "adjustment_id": ID,
        "amount": MONEY,
        "tax_amount": MONEY,
        "reason": TEXT,
    },
)

ORDER_DAYS = RawTable(
    "shopify_order_days",
    RawKind.SLICE,
    ("day",),
    pa.schema([("day", DAY), ("orders", COUNT)]),
)

TABLES: tuple[RawTable, ...] = (
    SHOPS,
    CUSTOMERS,
    PRODUCTS,
    VARIANTS,
    ORDERS,
    ORDER_LINES,
    SHIPPING_LINES,
    REFUNDS,
    REFUND_LINES,
    REFUND_SHIPPING_LINES,
    ORDER_ADJUSTMENTS,
    ORDER_DAYS,
)

# What Shopify itself allows to be null; everything else missing makes a row unreadable.
_MAY_BE_NULL: Mapping[str, frozenset[str]] = {
    CUSTOMERS.name: frozenset({"email", "first_name", "last_name"}),
    VARIANTS.name: frozenset({"sku"}),
    ORDERS.name: frozenset(
        {"cancelled_at", "financial_status", "customer_id", "total_tax", "total_discounts"}
    ),
    ORDER_LINES.name: frozenset({"product_id", "variant_id", "sku"}),
    REFUNDS.name: frozenset({"created_at"}),
    ORDER_ADJUSTMENTS.name: frozenset({"reason"}),
}


def required_columns(table: RawTable) -> list[str]:
    optional = _MAY_BE_NULL.get(table.name, frozenset())
    return [name for name in table.schema.names if name not in optional]
