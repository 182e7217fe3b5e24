"""The raw tables Shopify fills, and which of their columns may not be empty."""

from collections.abc import Mapping

import pyarrow as pa

from hotdash.connectors.contract import RawKind, RawTable
from hotdash.connectors.shopify.kinds import COUNT, DAY, FLAG, ID, INSTANT, MONEY, TEXT, entity
from hotdash.connectors.shopify.order_tables import (
    ALLOCATIONS,
    DISCOUNTS,
    ORDER_ADJUSTMENTS,
    ORDER_LINES,
    ORDERS,
    REFUND_LINES,
    REFUND_SHIPPING_LINES,
    REFUNDS,
    RETURN_LINES,
    RETURNS,
    SHIPPING_LINES,
    TAX_LINES,
    TRANSACTIONS,
)
from hotdash.connectors.shopify.shipment_tables import (
    FULFILLMENT_EVENTS,
    FULFILLMENT_LINES,
    FULFILLMENTS,
    JOURNEYS,
    VISITS,
)
from hotdash.connectors.shopify.stock_tables import INVENTORY_ITEMS, INVENTORY_LEVELS, LOCATIONS

SHOPS = entity(
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

CUSTOMERS = entity(
    "shopify_customers",
    ("customer_id",),
    {
        "customer_id": ID,
        "email": TEXT,
        "first_name": TEXT,
        "last_name": TEXT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "orders_count": COUNT,
        "amount_spent": MONEY,
        "state": TEXT,
        "tags": TEXT,
        "marketing_state": TEXT,
        "marketing_updated_at": INSTANT,
    },
    personal=frozenset({"email", "first_name", "last_name"}),
)

PRODUCTS = entity(
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
        "category": TEXT,
        "tags": TEXT,
    },
)

VARIANTS = entity(
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
        "inventory_item_id": ID,
    },
)

ORDER_DAYS = RawTable(
    "shopify_order_days",
    RawKind.SLICE,
    ("day",),
    pa.schema([("day", DAY), ("orders", COUNT)]),
)

SALES_REPORT_DAYS = RawTable(
    "shopify_sales_report_days",
    RawKind.SLICE,
    ("day",),
    pa.schema(
        [
            ("day", DAY),
            ("orders", COUNT),
            ("gross_sales", MONEY),
            ("discounts", MONEY),
            ("returns", MONEY),
            ("net_sales", MONEY),
            ("shipping", MONEY),
            ("taxes", MONEY),
            ("total_sales", MONEY),
        ]
    ),
)

ORDER_TABLES: tuple[RawTable, ...] = (
    ORDERS,
    ORDER_LINES,
    SHIPPING_LINES,
    DISCOUNTS,
    ALLOCATIONS,
    TAX_LINES,
    TRANSACTIONS,
    REFUNDS,
    REFUND_LINES,
    REFUND_SHIPPING_LINES,
    ORDER_ADJUSTMENTS,
    RETURNS,
    RETURN_LINES,
)

TABLES: tuple[RawTable, ...] = (
    SHOPS,
    CUSTOMERS,
    PRODUCTS,
    VARIANTS,
    *ORDER_TABLES,
    FULFILLMENTS,
    FULFILLMENT_LINES,
    FULFILLMENT_EVENTS,
    JOURNEYS,
    VISITS,
    LOCATIONS,
    INVENTORY_ITEMS,
    INVENTORY_LEVELS,
    ORDER_DAYS,
    SALES_REPORT_DAYS,
)

# What Shopify itself allows to be null; everything else missing makes a row unreadable.
_MAY_BE_NULL: Mapping[str, frozenset[str]] = {
    CUSTOMERS.name: frozenset(
        {"email", "first_name", "last_name", "marketing_state", "marketing_updated_at"}
    ),
    PRODUCTS.name: frozenset({"category", "tags"}),
    VARIANTS.name: frozenset({"sku"}),
    ORDERS.name: frozenset(
        {
            "cancelled_at",
            "financial_status",
            "customer_id",
            "total_tax",
            "total_discounts",
            "total_duties",
            "total_tips",
            "closed_at",
            "cancel_reason",
            "source_name",
            "ship_country",
            "ship_region",
            "email_hash",
        }
    ),
    ORDER_LINES.name: frozenset({"product_id", "variant_id", "sku"}),
    DISCOUNTS.name: frozenset({"label"}),
    ALLOCATIONS.name: frozenset({"label"}),
    TAX_LINES.name: frozenset({"rate"}),
    TRANSACTIONS.name: frozenset({"parent_id", "gateway", "other_fees", "processed_at"}),
    REFUNDS.name: frozenset({"created_at"}),
    ORDER_ADJUSTMENTS.name: frozenset({"reason"}),
    RETURNS.name: frozenset({"approved_at", "closed_at"}),
    RETURN_LINES.name: frozenset({"line_id", "reason"}),
    FULFILLMENTS.name: frozenset(
        {
            "display_status",
            "carrier",
            "in_transit_at",
            "delivered_at",
            "estimated_delivery_at",
            "location_id",
        }
    ),
    FULFILLMENT_LINES.name: frozenset({"quantity"}),
    FULFILLMENT_EVENTS.name: frozenset({"estimated_delivery_at"}),
    JOURNEYS.name: frozenset({"journey_ready", "days_to_conversion", "visits"}),
    VISITS.name: frozenset(
        {
            "source_type",
            "source_description",
            "referrer_url",
            "landing_page",
            "referral_code",
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "utm_content",
            "utm_term",
        }
    ),
    LOCATIONS.name: frozenset({"country", "region"}),
    INVENTORY_ITEMS.name: frozenset({"sku", "unit_cost", "cost_currency", "origin_country"}),
}


def required_columns(table: RawTable) -> list[str]:
    optional = _MAY_BE_NULL.get(table.name, frozenset())
    return [name for name in table.schema.names if name not in optional]
