"""The raw tables of stock: what is kept, where, and how much of it."""

from hotdash.connectors.shopify.kinds import COUNT, FLAG, ID, INSTANT, MONEY, TEXT, entity

LOCATIONS = entity(
    "shopify_locations",
    ("location_id",),
    {
        "location_id": ID,
        "name": TEXT,
        "is_active": FLAG,
        "fulfills_online_orders": FLAG,
        "country": TEXT,
        "region": TEXT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
)

INVENTORY_ITEMS = entity(
    "shopify_inventory_items",
    ("inventory_item_id",),
    {
        "inventory_item_id": ID,
        "sku": TEXT,
        "is_tracked": FLAG,
        "requires_shipping": FLAG,
        "unit_cost": MONEY,
        "cost_currency": TEXT,
        "origin_country": TEXT,
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
)

QUANTITIES = (
    "available",
    "on_hand",
    "committed",
    "incoming",
    "reserved",
    "damaged",
    "safety_stock",
    "quality_control",
)

INVENTORY_LEVELS = entity(
    "shopify_inventory_levels",
    ("inventory_item_id", "location_id"),
    {
        "inventory_item_id": ID,
        "location_id": ID,
        "is_active": FLAG,
        **dict.fromkeys(QUANTITIES, COUNT),
        "created_at": INSTANT,
        "updated_at": INSTANT,
    },
)
