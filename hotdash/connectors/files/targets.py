"""Which raw tables each family fills, parents before children."""

from collections.abc import Mapping

from hotdash.connectors.files import (
    order_resources,
    payment_resources,
    shop_resources,
    stock_resources,
)
from hotdash.connectors.files.resources import Target

TARGETS: Mapping[str, tuple[Target, ...]] = {
    "shop": (Target("shop", "shopify_shops", shop_resources.shop),),
    "customers": (Target("customers", "shopify_customers", shop_resources.customers),),
    "products": (
        Target("products", "shopify_products", shop_resources.products),
        Target("variants", "shopify_variants", shop_resources.variants),
    ),
    "orders": (
        Target("orders", "shopify_orders", order_resources.orders),
        Target("lines", "shopify_order_lines", order_resources.order_lines),
        Target("shipping_lines", "shopify_order_shipping_lines", order_resources.shipping_lines),
        Target("refunds", "shopify_refunds", order_resources.refunds),
        Target("refund_lines", "shopify_refund_lines", order_resources.refund_lines),
        Target(
            "adjustments", "shopify_refund_shipping_lines", order_resources.refund_shipping_lines
        ),
        Target("adjustments", "shopify_order_adjustments", order_resources.order_adjustments),
        Target("applications", "shopify_order_discounts", payment_resources.order_discounts),
        Target("discounts", "shopify_discount_allocations", payment_resources.discount_allocations),
        Target("line_taxes", "shopify_tax_lines", payment_resources.tax_lines),
        Target("transactions", "shopify_transactions", payment_resources.transactions),
        Target("returns", "shopify_returns", payment_resources.returns),
        Target("return_lines", "shopify_return_lines", payment_resources.return_lines),
    ),
    "fulfillments": (
        Target("fulfillments", "shopify_fulfillments", stock_resources.fulfillments),
        Target("fulfillment_lines", "shopify_fulfillment_lines", stock_resources.fulfillment_lines),
        Target(
            "fulfillment_events", "shopify_fulfillment_events", stock_resources.fulfillment_events
        ),
    ),
    "locations": (Target("locations", "shopify_locations", stock_resources.locations),),
    "inventory_items": (
        Target("inventory_items", "shopify_inventory_items", stock_resources.inventory_items),
        Target("levels", "shopify_inventory_levels", stock_resources.inventory_levels),
    ),
}
