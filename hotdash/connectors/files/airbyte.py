"""Airbyte's Shopify streams: orders carry their lines, refunds and taxes as JSON."""

from hotdash.connectors.files.layouts import Layout, Nested, Source, same

_NOT_WANTED = ("_airbyte_*", "_ab_*", "admin_graphql_api_id", "shop_url", "deleted_*", "*_set")
_SHOP_AMOUNT = "shop_money.amount"

AIRBYTE = Layout(
    loader="airbyte",
    synced=("_airbyte_extracted_at", "_airbyte_emitted_at"),
    deleted=("deleted_at",),
    sources={
        "orders": Source(
            "orders",
            {
                **same("id", "name", "created_at", "processed_at", "updated_at", "cancelled_at"),
                **same("financial_status", "fulfillment_status", "test", "currency"),
                **same("presentment_currency", "taxes_included"),
                "customer_id": ("customer.id",),
                **same("total_price", "total_tax", "total_discounts"),
            },
            (
                *(*_NOT_WANTED, "app_id", "browser_ip", "buyer_accepts_marketing", "cancel_reason"),
                *("cart_token", "checkout_*", "client_details", "closed_at", "company", "confirm*"),
                *("contact_email", "current_*", "customer_locale", "device_id", "discount_*"),
                *("email", "estimated_taxes", "landing_site*", "location_id", "merchant_of_*"),
                *("note*", "number", "order_number", "order_status_url", "payment_*", "phone"),
                *("po_number", "reference", "referring_site", "source_*", "subtotal_price", "tags"),
                *("tax_exempt", "tax_lines", "token", "total_line_items_price", "user_id"),
                *("total_outstanding", "total_tip_received", "total_weight", "*_address"),
                *("fulfillments", "processing_method", "gateway", "duties_included", "customer"),
            ),
        ),
        "customers": Source(
            "customers",
            same("id", "email", "first_name", "last_name", "created_at", "updated_at"),
            ("*",),
        ),
        "products": Source(
            "products",
            same(
                *("id", "title", "handle", "product_type", "vendor", "status"),
                *("created_at", "updated_at"),
            ),
            (
                *(*_NOT_WANTED, "published_*", "body_html", "tags", "options", "image*"),
                *("template_suffix", "is_deleted", "subject_type", "message", "author"),
                *("description*", "media*", "seo", "total_*", "tracks_*", "has_*", "requires_*"),
            ),
        ),
        "shop": Source(
            "shop",
            {
                **same("id", "name", "iana_timezone", "currency", "taxes_included", "created_at"),
                "domain": ("myshopify_domain",),
                "plan": ("plan_display_name", "plan_name"),
            },
            ("*",),
        ),
    },
    nested={
        "lines": Nested(
            "orders",
            "line_items",
            {
                **same("id", "product_id", "variant_id", "sku", "title", "quantity"),
                **same("current_quantity", "price", "gift_card"),
                "order_id": ("^id",),
            },
        ),
        "discounts": Nested(
            "lines", "discount_allocations", {"line_id": ("^id",), **same("amount")}
        ),
        "line_taxes": Nested("lines", "tax_lines", {"line_id": ("^id",), **same("price", "rate")}),
        "shipping_lines": Nested(
            "orders",
            "shipping_lines",
            {**same("id", "title", "price", "discounted_price"), "order_id": ("^id",)},
        ),
        "shipping_taxes": Nested(
            "shipping_lines", "tax_lines", {"shipping_line_id": ("^id",), **same("price")}
        ),
        "refunds": Nested(
            "orders",
            "refunds",
            {**same("id", "created_at", "processed_at"), "order_id": ("^id",)},
        ),
        "refund_lines": Nested(
            "refunds",
            "refund_line_items",
            {
                **same("id", "quantity", "subtotal", "total_tax", "restock_type"),
                "line_id": ("line_item_id",),
                "refund_id": ("^id",),
            },
        ),
        "refund_shipping": Nested(
            "refunds",
            "refund_shipping_lines",
            {
                **same("id"),
                "refund_id": ("^id",),
                "subtotal": (f"subtotal_amount_set.{_SHOP_AMOUNT}",),
                "tax": (f"tax_amount_set.{_SHOP_AMOUNT}",),
            },
        ),
        "adjustments": Nested(
            "refunds",
            "order_adjustments",
            {
                **same("id", "amount", "tax_amount", "kind", "reason"),
                "refund_id": ("^id",),
            },
        ),
        "transactions": Nested(
            "refunds",
            "transactions",
            {
                **same("order_id", "amount", "kind", "status"),
                "refund_id": ("^id",),
            },
        ),
        "variants": Nested(
            "products",
            "variants",
            {
                **same("id", "sku", "title", "price", "created_at", "updated_at"),
                "product_id": ("^id",),
            },
        ),
    },
)
