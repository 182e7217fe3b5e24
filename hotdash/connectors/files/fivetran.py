"""Fivetran's Shopify tables: one per thing, in the names of the REST connector and of the GraphQL one."""

from collections.abc import Mapping

from hotdash.connectors.files.layouts import Layout, Names, Source, same

_PRICES: Mapping[str, Names] = {
    name: (name, f"{name}_set_shop_amount")
    for name in ("total_price", "total_tax", "total_discounts", "subtotal", "amount", "tax_amount")
}
_NOT_WANTED = ("_fivetran_*", "*_set", "*_set_*", "note", "phone", "user_id", "location_id")
_OF_ORDERS = (
    *_NOT_WANTED,
    *("billing_address_*", "shipping_address_*", "client_details_*", "email", "token"),
    *("cart_token", "checkout_*", "closed_at", "cancel_reason", "number", "order_number"),
    *("source_name", "subtotal_price", "total_line_items_price", "total_weight", "app_id"),
    *("total_tip_received", "landing_site*", "referring_site", "browser_ip", "client_ip"),
    *("buyer_accepts_marketing", "customer_accepts_marketing", "customer_locale", "confirmed"),
    *("order_status_url", "status_page_url", "staff_member_id", "processing_method", "reference"),
)


def _price(*names: str) -> dict[str, Names]:
    return {name: _PRICES[name] for name in names}


FIVETRAN = Layout(
    loader="fivetran",
    synced=("_fivetran_synced",),
    deleted=("_fivetran_deleted",),
    nested={},
    sources={
        "orders": Source(
            "order",
            {
                **same("id", "name", "created_at", "processed_at", "updated_at", "cancelled_at"),
                **same("test", "taxes_included", "customer_id"),
                "financial_status": ("financial_status", "display_financial_status"),
                "fulfillment_status": ("fulfillment_status", "display_fulfillment_status"),
                "currency": ("currency", "currency_code"),
                "presentment_currency": ("presentment_currency", "presentment_currency_code"),
                **_price("total_price", "total_tax", "total_discounts"),
            },
            _OF_ORDERS,
        ),
        "lines": Source(
            "order_line",
            {
                **same("id", "order_id", "product_id", "variant_id", "sku", "title", "quantity"),
                **same("current_quantity"),
                "price": ("price", "original_unit_price_set_shop_amount"),
                "gift_card": ("gift_card", "is_gift_card"),
            },
            (
                *(*_NOT_WANTED, "name", "index", "grams", "vendor", "taxable", "tax_code"),
                *("variant_*", "fulfill*", "unfulfilled_quantity", "pre_tax_price", "properties"),
                *("requires_shipping", "total_discount", "product_exists"),
            ),
        ),
        "discounts": Source(
            "discount_allocation",
            {
                "line_id": ("order_line_id",),
                "amount": (
                    *("amount", "amount_set_shop_money_amount"),
                    "allocated_amount_set_shop_amount",
                ),
            },
            (*_NOT_WANTED, "index", "discount_application_index"),
        ),
        "line_taxes": Source(
            "tax_line",
            {
                "line_id": ("order_line_id",),
                "price": ("price", "price_set_shop_amount"),
                **same("rate"),
            },
            (*_NOT_WANTED, "index", "title", "source", "channel_liable"),
        ),
        "shipping_lines": Source(
            "order_shipping_line",
            {
                **same("id", "order_id", "title"),
                "price": ("price", "original_price_set_shop_amount"),
                "discounted_price": ("discounted_price", "discounted_price_set_shop_amount"),
            },
            (
                *(*_NOT_WANTED, "carrier_identifier", "code", "delivery_category", "source"),
                "requested_fulfillment_service_id",
            ),
        ),
        "shipping_taxes": Source(
            "order_shipping_tax_line",
            {
                "shipping_line_id": ("order_shipping_line_id",),
                "price": ("price", "price_set_shop_amount"),
            },
            (*_NOT_WANTED, "index", "rate", "title", "source"),
        ),
        "refunds": Source(
            "refund",
            {
                **same("id", "order_id", "created_at", "processed_at", "updated_at"),
                "total_refunded": ("total_refunded_set_shop_amount",),
            },
            (*_NOT_WANTED, "restock", "return_id", "staff_member_id"),
        ),
        "refund_lines": Source(
            "order_line_refund",
            {
                **same("id", "refund_id", "quantity", "restock_type"),
                "line_id": ("order_line_id",),
                "subtotal": ("subtotal", "subtotal_set_shop_amount"),
                "total_tax": ("total_tax", "total_tax_set_shop_amount"),
            },
            (*_NOT_WANTED, "restocked"),
        ),
        "adjustments": Source(
            "order_adjustment",
            {**same("id", "refund_id", "kind", "reason"), **_price("amount", "tax_amount")},
            (*_NOT_WANTED, "order_id"),
        ),
        "transactions": Source(
            "transaction",
            {**same("order_id", "refund_id", "kind", "status"), **_price("amount")},
            (
                *(*_NOT_WANTED, "id", "created_at", "processed_at", "device_id", "gateway"),
                *("source_name", "message", "currency*", "parent_id", "payment_*", "receipt*"),
                *("error_code", "test", "authorization*", "staff_member_id"),
            ),
        ),
        "customers": Source(
            "customer",
            same("id", "email", "first_name", "last_name", "created_at", "updated_at"),
            (
                *(*_NOT_WANTED, "accepts_marketing*", "default_address_id", "orders_count"),
                *("state", "tax_exempt", "total_spent", "verified_email", "currency"),
                *(
                    "email_marketing_consent_*",
                    "marketing_opt_in_level",
                    "metafield*",
                    "lifetime_*",
                ),
            ),
        ),
        "products": Source(
            "product",
            same(
                *("id", "title", "handle", "product_type", "vendor", "status"),
                *("created_at", "updated_at"),
            ),
            (*_NOT_WANTED, "published_at", "published_scope", "body_html", "template_suffix"),
        ),
        "variants": Source(
            "product_variant",
            same("id", "product_id", "sku", "title", "price", "created_at", "updated_at"),
            (
                *(*_NOT_WANTED, "inventory_*", "position", "compare_at_price", "taxable"),
                *("barcode", "old_inventory_quantity", "tax_code", "available_for_sale"),
                *("display_name", "legacy_resource_id", "requires_*", "sellable_online_quantity"),
                *("fulfillment_service", "grams", "weight*", "option_*", "image_id"),
            ),
        ),
        "shop": Source(
            "shop",
            {
                **same("id", "name", "iana_timezone", "taxes_included", "created_at"),
                "domain": ("myshopify_domain",),
                "currency": ("currency", "currency_code"),
                "plan": ("plan_display_name", "plan_name"),
            },
            ("*",),
        ),
    },
)
