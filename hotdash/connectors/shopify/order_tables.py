"""The raw tables of orders: an order and everything that is replaced with a version of it."""

from hotdash.connectors.shopify.kinds import COUNT, FLAG, ID, INSTANT, MONEY, RATE, TEXT, entity

ORDERS = entity(
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
        "total_duties": MONEY,
        "total_tips": MONEY,
        "closed_at": INSTANT,
        "cancel_reason": TEXT,
        "source_name": TEXT,
        "tags": TEXT,
        "return_status": TEXT,
        "ship_country": TEXT,
        "ship_region": TEXT,
        "email_hash": TEXT,
    },
    personal=frozenset({"email_hash"}),
)

ORDER_LINES = entity(
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

SHIPPING_LINES = entity(
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

REFUNDS = entity(
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

REFUND_LINES = entity(
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

REFUND_SHIPPING_LINES = entity(
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

ORDER_ADJUSTMENTS = entity(
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

DISCOUNTS = entity(
    "shopify_order_discounts",
    ("order_id", "application_index"),
    {
        "order_id": ID,
        "application_index": COUNT,
        "application_type": TEXT,
        "label": TEXT,
        "value_type": TEXT,
        "value": MONEY,
        "allocation_method": TEXT,
        "target_type": TEXT,
        "target_selection": TEXT,
    },
)

ALLOCATIONS = entity(
    "shopify_discount_allocations",
    ("order_id", "on_shipping", "line_id", "place"),
    {
        "order_id": ID,
        "on_shipping": FLAG,
        "line_id": ID,
        "place": COUNT,
        "application_index": COUNT,
        "application_type": TEXT,
        "label": TEXT,
        "value_type": TEXT,
        "value": MONEY,
        "amount": MONEY,
    },
)

TAX_LINES = entity(
    "shopify_tax_lines",
    ("order_id", "on_shipping", "line_id", "place"),
    {
        "order_id": ID,
        "on_shipping": FLAG,
        "line_id": ID,
        "place": COUNT,
        "title": TEXT,
        "rate": RATE,
        "amount": MONEY,
    },
)

TRANSACTIONS = entity(
    "shopify_transactions",
    ("order_id", "transaction_id"),
    {
        "order_id": ID,
        "transaction_id": ID,
        "parent_id": ID,
        "kind": TEXT,
        "status": TEXT,
        "gateway": TEXT,
        "is_test": FLAG,
        "amount": MONEY,
        "currency": TEXT,
        "fee_amount": MONEY,
        "other_fees": TEXT,
        "created_at": INSTANT,
        "processed_at": INSTANT,
    },
)

RETURNS = entity(
    "shopify_returns",
    ("order_id", "return_id"),
    {
        "order_id": ID,
        "return_id": ID,
        "name": TEXT,
        "status": TEXT,
        "quantity": COUNT,
        "created_at": INSTANT,
        "approved_at": INSTANT,
        "closed_at": INSTANT,
    },
)

RETURN_LINES = entity(
    "shopify_return_lines",
    ("order_id", "return_id", "return_line_id"),
    {
        "order_id": ID,
        "return_id": ID,
        "return_line_id": ID,
        "line_id": ID,
        "quantity": COUNT,
        "processed_quantity": COUNT,
        "refunded_quantity": COUNT,
        "reason": TEXT,
    },
)
