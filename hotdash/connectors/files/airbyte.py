"""Airbyte's Shopify streams: orders carry their lines, refunds and taxes as JSON."""

from hotdash.connectors.files.layouts import Layout, Nested, Source, same

_NOT_WANTED = ("_airbyte_*", "_ab_*", "admin_graphql_api_id", "shop_url", "deleted_*", "*_set")
_SHOP_AMOUNT = "shop_money.amount"
_ALLOCATION = {**same("amount"), "application_index": ("discount_application_index",)}

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
                **same("presentment_currency", "taxes_included", "email"),
                "customer_id": ("customer.id",),
                **same("total_price", "total_tax", "total_discounts", "closed_at"),
                **same("cancel_reason", "source_name", "tags"),
                "ship_country": ("shipping_address.country_code",),
                "ship_region": ("shipping_address.province_code",),
            },
            (
                *(*_NOT_WANTED, "app_id", "browser_ip", "buyer_accepts_marketing"),
                *("cart_token", "checkout_*", "client_details", "company", "confirm*"),
                *("contact_email", "current_*", "customer_locale", "device_id", "discount_codes"),
                *("estimated_taxes", "landing_site*", "location_id", "merchant_of_*"),
                *("note*", "number", "order_number", "order_status_url", "payment_*", "phone"),
                *("po_number", "reference", "referring_site", "source_identifier", "source_url"),
                *(
                    "subtotal_price",
                    "tax_exempt",
                    "tax_lines",
                    "token",
                    "total_line_items_price",
                    "user_id",
                ),
                *("total_outstanding", "total_tip_received", "total_weight", "*_address"),
                *("fulfillments", "processing_method", "gateway", "duties_included", "customer"),
            ),
        ),
        "customers": Source(
            "customers",
            {
                **same("id", "email", "first_name", "last_name", "created_at", "updated_at"),
                **same("orders_count", "state", "tags"),
                "amount_spent": ("total_spent",),
                "marketing_state": ("email_marketing_consent.state",),
                "marketing_updated_at": ("email_marketing_consent.consent_updated_at",),
            },
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
        "transactions": Source(
            "transactions",
            {
                **same("id", "order_id", "parent_id", "kind", "status", "gateway", "test"),
                **same("amount", "currency", "created_at", "processed_at"),
            },
            ("*",),
            needed=False,
            costs="payments",
        ),
        "fulfillments": Source(
            "fulfillments",
            {
                **same("id", "order_id", "name", "status", "location_id"),
                **same("created_at", "updated_at"),
                "display_status": ("shipment_status",),
                "carrier": ("tracking_company",),
            },
            ("*",),
            needed=False,
            costs="parcels",
        ),
        "locations": Source(
            "locations",
            {
                **same("id", "name", "active", "created_at", "updated_at"),
                "country": ("country_code",),
                "region": ("province_code",),
            },
            ("*",),
            needed=False,
            costs="where stock lies",
        ),
        "inventory_items": Source(
            "inventory_items",
            {
                **same("id", "sku", "tracked", "requires_shipping", "cost"),
                **same("created_at", "updated_at"),
                "cost_currency": ("currency_code",),
                "country": ("country_code_of_origin",),
            },
            ("*",),
            needed=False,
            costs="stock, and what goods cost",
        ),
        "levels": Source(
            "inventory_levels",
            {
                **same("inventory_item_id", "location_id", "available", "updated_at"),
                **same("created_at"),
                "level_id": ("id",),
            },
            ("*",),
            needed=False,
            costs="how much of it lies where",
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
        "discounts": Nested("lines", "discount_allocations", {"line_id": ("^id",), **_ALLOCATION}),
        "line_taxes": Nested(
            "lines", "tax_lines", {"line_id": ("^id",), **same("price", "rate", "title")}
        ),
        "shipping_lines": Nested(
            "orders",
            "shipping_lines",
            {**same("id", "title", "price", "discounted_price"), "order_id": ("^id",)},
        ),
        "shipping_taxes": Nested(
            "shipping_lines",
            "tax_lines",
            {"shipping_line_id": ("^id",), **same("price", "rate", "title")},
        ),
        "shipping_discounts": Nested(
            "shipping_lines", "discount_allocations", {"shipping_line_id": ("^id",), **_ALLOCATION}
        ),
        "applications": Nested(
            "orders",
            "discount_applications",
            {
                "order_id": ("^id",),
                **same("type", "code", "title", "value_type", "value"),
                **same("allocation_method", "target_type", "target_selection"),
            },
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
        "refund_payments": Nested(
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
                **same("inventory_item_id"),
                "product_id": ("^id",),
            },
        ),
        "fees": Nested(
            "transactions",
            "fees",
            {
                "transaction_id": ("^id",),
                "amount": ("amount.amount",),
                "currency": ("amount.currency_code",),
            },
        ),
        "fulfillment_lines": Nested(
            "fulfillments",
            "line_items",
            {
                "fulfillment_id": ("^id",),
                "own_id": ("fulfillment_line_item_id",),
                "line_id": ("id",),
                **same("quantity"),
            },
        ),
        "tracking_numbers": Nested(
            "fulfillments", "tracking_numbers", {"fulfillment_id": ("^id",), "number": (".",)}
        ),
        "quantities": Nested(
            "levels",
            "quantities",
            {
                "inventory_item_id": ("^inventory_item_id",),
                "level_id": ("^level_id",),
                **same("name", "quantity"),
            },
        ),
    },
)
