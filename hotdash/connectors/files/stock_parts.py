"""What is read of parcels and of stock: entities of their own, which change while their order rests."""

from hotdash.connectors.files.parts import (
    Family,
    Field,
    Kind,
    Part,
    instant,
    known,
    number,
    text,
)

FULFILLMENTS = Family(
    Part(
        "fulfillments",
        (
            *(number(), number("order_id"), *known(Kind.TEXT, "name", "carrier")),
            *(Field("status", Kind.WORD), *known(Kind.WORD, "display_status")),
            *(*known(Kind.COUNT, "quantity"), *known(Kind.ID, "location_id")),
            *(instant("created_at"), instant("updated_at")),
        ),
    ),
    (
        Part(
            "fulfillment_lines",
            (
                *(number("fulfillment_id"), *known(Kind.ID, "own_id"), number("line_id")),
                *known(Kind.COUNT, "quantity"),
            ),
            parent="fulfillments",
            parent_key="fulfillment_id",
            has_id=False,
        ),
        Part(
            "tracking_numbers",
            (number("fulfillment_id"), text("number")),
            parent="fulfillments",
            parent_key="fulfillment_id",
            has_id=False,
        ),
        Part(
            "tracking",
            (
                *(number("fulfillment_id"), *known(Kind.TEXT, "company", "number")),
                *known(Kind.COUNT, "index"),
            ),
            parent="fulfillments",
            parent_key="fulfillment_id",
            has_id=False,
        ),
        Part(
            "fulfillment_events",
            (
                *(number(), number("fulfillment_id"), Field("status", Kind.WORD, required=True)),
                *(instant("happened_at"), *known(Kind.INSTANT, "created_at")),
                *known(Kind.INSTANT, "estimated_delivery_at"),
            ),
            parent="fulfillments",
            parent_key="fulfillment_id",
            unique=("id",),
        ),
    ),
)

LOCATIONS = Family(
    Part(
        "locations",
        (
            *(number(), text("name", required=True), *known(Kind.FLAG, "active")),
            *(*known(Kind.TEXT, "country", "region"), instant("created_at")),
            instant("updated_at"),
        ),
    )
)

INVENTORY = Family(
    Part(
        "inventory_items",
        (
            *(number(), text("sku"), *known(Kind.FLAG, "tracked", "requires_shipping")),
            *(*known(Kind.MONEY, "cost"), *known(Kind.TEXT, "cost_currency", "country")),
            *(instant("created_at"), instant("updated_at")),
        ),
    ),
    (
        Part(
            "levels",
            (
                *(number("inventory_item_id"), number("location_id")),
                *(*known(Kind.TEXT, "level_id"), *known(Kind.UNITS, "available")),
                *(*known(Kind.INSTANT, "created_at"), instant("updated_at")),
            ),
            parent="inventory_items",
            parent_key="inventory_item_id",
            has_id=False,
            unique=("inventory_item_id", "location_id"),
        ),
        Part(
            "quantities",
            (
                *(number("inventory_item_id"), *known(Kind.TEXT, "level_id")),
                *(text("name", required=True), *known(Kind.UNITS, "quantity")),
            ),
            parent="inventory_items",
            parent_key="inventory_item_id",
            has_id=False,
            unique=("inventory_item_id", "level_id", "name"),
        ),
    ),
)
