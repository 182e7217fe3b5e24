"""Fivetran's Shopify tables: one per thing, in the names of the REST connector and of the GraphQL one."""

from collections.abc import Mapping

from hotdash.connectors.files.fivetran_stock import SHIPMENTS, STOCK
from hotdash.connectors.files.layouts import Layout, Names, Nested, Source, same

_PRICES: Mapping[str, Names] = {
    name: (name, f"{name}_set_shop_amount")
    for name in ("total_price", "total_tax", "total_discounts", "subtotal", "amount", "tax_amount")
}
_NOT_WANTED = ("_fivetran_*", "*_set", "*_set_*", "note", "phone", "user_id", "location_id")
_OF_ORDERS = (
    *_NOT_WANTED,
    *("billing_address_*", "shipping_address_*", "client_details_*", "token"),
    *("cart_token", "checkout_*", "number", "order_number"),
    *("subtotal_price", "total_line_items_price", "total_weight", "app_id"),
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
    nested={
        "tracking_numbers": Nested(
            "fulfillments", "tracking_numbers", {"fulfillment_id": ("^id",), "number": (".",)}
        ),
    },
    sources={
        "orders": Source(
            "order",
            {
                **same("id", "name", "created_at", "processed_at", "updated_at", "cancelled_at"),
                **same("test", "taxes_included", "customer_id", "closed_at", "cancel_reason"),
                **same("source_name", "email"),
                "ship_country": ("shipping_address_country_code",),
                "ship_region": ("shipping_address_province_code",),
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
                **same("index"),
                "application_index": ("discount_application_index",),
            },
            _NOT_WANTED,
        ),
        "line_taxes": Source(
            "tax_line",
            {
                "line_id": ("order_line_id",),
                "price": ("price", "price_set_shop_amount"),
                **same("rate", "title", "index"),
            },
            (*_NOT_WANTED, "source", "channel_liable"),
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
                **same("rate", "title", "index"),
            },
            (*_NOT_WANTED, "source", "channel_liable"),
        ),
        "applications": Source(
            "discount_application",
            {
                **same("order_id", "index", "type", "code", "title", "value_type", "value"),
                **same("allocation_method", "target_type", "target_selection"),
                **same("value_amount", "value_percentage"),
            },
            (*_NOT_WANTED, "description", "value_currency_code"),
            needed=False,
            costs="which discounts an order has, and which of them a line's discount is from",
        ),
        "order_tags": Source(
            "order_tag",
            same("order_id", "index", "value"),
            _NOT_WANTED,
            needed=False,
            costs="the tags of orders",
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
            {
                **same("id", "order_id", "refund_id", "parent_id", "kind", "status", "gateway"),
                **same("test", "created_at", "processed_at"),
                **_price("amount"),
                "currency": ("currency", "amount_set_shop_currency_code"),
            },
            (
                *(*_NOT_WANTED, "device_id", "source_name", "message", "currency_exchange_*"),
                *("payment_*", "receipt*", "error_code", "authorization*", "staff_member_id"),
            ),
        ),
        "returns": Source(
            "return",
            {**same("id", "order_id", "name", "status"), "quantity": ("total_quantity",)},
            (*_NOT_WANTED, "decline_*"),
            needed=False,
            costs="returns",
        ),
        "return_lines": Source(
            "return_line_item",
            {
                **same("id", "return_id", "quantity", "refunded_quantity"),
                "line_id": ("order_line_id",),
                "reason": ("return_reason",),
            },
            (
                *(*_NOT_WANTED, "customer_note", "refundable_quantity", "return_reason_note"),
                *("fulfillment_line_item_id", "restock_type"),
            ),
            needed=False,
            costs="what was in a return",
        ),
        "customers": Source(
            "customer",
            {
                **same("id", "email", "first_name", "last_name", "created_at", "updated_at"),
                **same("orders_count", "state"),
                "amount_spent": ("total_spent",),
                "marketing_state": ("email_marketing_consent_state",),
                "marketing_updated_at": (
                    "email_marketing_consent_consent_updated_at",
                    "email_marketing_consent_updated_at",
                ),
            },
            (
                *(*_NOT_WANTED, "accepts_marketing*", "default_address_id", "tax_exempt"),
                *("verified_email", "currency", "email_marketing_consent_opt_in_level"),
                *("marketing_opt_in_level", "metafield*", "lifetime_*"),
            ),
        ),
        "customer_tags": Source(
            "customer_tag",
            same("customer_id", "index", "value"),
            _NOT_WANTED,
            needed=False,
            costs="the tags of customers",
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
            same(
                *("id", "product_id", "sku", "title", "price", "created_at", "updated_at"),
                "inventory_item_id",
            ),
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
        **SHIPMENTS,
        **STOCK,
    },
)
