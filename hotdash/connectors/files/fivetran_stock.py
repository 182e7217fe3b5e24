"""Fivetran's tables of parcels and of stock, in the names of the REST connector and of the GraphQL one."""

from collections.abc import Mapping

from hotdash.connectors.files.layouts import Source, same

_MARKS = ("_fivetran_*",)
_PARCELS = "parcels and their way"

SHIPMENTS: Mapping[str, Source] = {
    "fulfillments": Source(
        "fulfillment",
        {
            **same("id", "order_id", "name", "status", "location_id", "created_at", "updated_at"),
            "display_status": ("display_status", "shipment_status"),
            "carrier": ("tracking_company",),
            "quantity": ("total_quantity",),
        },
        (
            *(*_MARKS, "service", "service_id", "tracking_number", "tracking_url*", "receipt*"),
            *("notify_customer", "variant_inventory_management", "admin_graphql_api_id"),
            *("origin_address*", "delivered_at", "estimated_delivery_at", "in_transit_at"),
            *("requires_shipping", "legacy_resource_id"),
        ),
        needed=False,
        costs=_PARCELS,
    ),
    "fulfillment_lines": Source(
        "fulfillment_order_line",
        {**same("fulfillment_id", "quantity"), "line_id": ("order_line_id",)},
        (
            *(*_MARKS, "fulfillable_quantity", "fulfillment_service", "gift_card", "grams"),
            *("name", "order_id", "price", "price_set*", "product_id", "propert*", "sku", "title"),
            *("requires_shipping", "taxable", "variant_*", "vendor", "index", "total_discount*"),
            *("product_exists", "fulfillment_status"),
        ),
        needed=False,
        costs="what was in a parcel",
    ),
    "tracking": Source(
        "fulfillment_tracking_info",
        same("fulfillment_id", "company", "number", "index"),
        (*_MARKS, "url"),
        needed=False,
    ),
    "fulfillment_events": Source(
        "fulfillment_event",
        same(
            *("id", "fulfillment_id", "status", "happened_at", "created_at"),
            "estimated_delivery_at",
        ),
        (
            *(*_MARKS, "address_1", "city", "country", "latitude", "longitude", "message"),
            *("order_id", "province", "shop_id", "updated_at", "zip", "admin_graphql_api_id"),
        ),
        needed=False,
        costs="the steps of a parcel, and when it was under way and delivered",
    ),
}

STOCK: Mapping[str, Source] = {
    "locations": Source(
        "location",
        {
            **same("id", "name", "created_at", "updated_at"),
            "active": ("active", "is_active"),
            "country": ("country_code",),
            "region": ("province_code",),
        },
        (
            *(*_MARKS, "address_*", "city", "country", "country_name", "legacy", "localized_*"),
            *("phone", "province", "zip", "is_fulfillment_service", "admin_graphql_api_id"),
        ),
        needed=False,
        costs="where stock lies",
    ),
    "inventory_items": Source(
        "inventory_item",
        {
            **same("id", "sku", "tracked", "requires_shipping", "created_at", "updated_at"),
            "cost": ("unit_cost_amount", "cost"),
            "cost_currency": ("unit_cost_currency_code",),
            "country": ("country_code_of_origin",),
        },
        (
            *(*_MARKS, "province_code_of_origin", "duplicate_sku_count", "measurement_*"),
            *("harmonized_system_code", "inventory_history_url", "legacy_resource_id"),
            "tracked_editable_*",
        ),
        needed=False,
        costs="stock, and what goods cost",
    ),
    "levels": Source(
        "inventory_level",
        {
            **same("inventory_item_id", "location_id", "available", "created_at", "updated_at"),
            "level_id": ("id",),
        },
        (*_MARKS, "can_deactivate", "deactivation_alert", "admin_graphql_api_id"),
        needed=False,
        costs="how much of it lies where",
    ),
    "quantities": Source(
        "inventory_quantity",
        {**same("inventory_item_id", "name", "quantity"), "level_id": ("inventory_level_id",)},
        (*_MARKS, "id", "updated_at"),
        needed=False,
        costs="all of stock but what is available",
    ),
}
