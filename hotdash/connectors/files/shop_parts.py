"""What is read of the shop itself, of its customers and of its products."""

from hotdash.connectors.files.parts import (
    Family,
    Field,
    Kind,
    Part,
    instant,
    known,
    money,
    number,
    text,
)

CUSTOMERS = Family(
    Part(
        "customers",
        (
            number(),
            *(text(name, personal=True) for name in ("email", "first_name", "last_name")),
            *(instant("created_at"), instant("updated_at")),
            *(*known(Kind.UNITS, "orders_count"), *known(Kind.MONEY, "amount_spent")),
            *(*known(Kind.WORD, "state", "marketing_state"), *known(Kind.TEXT, "tags")),
            *known(Kind.INSTANT, "marketing_updated_at"),
        ),
    ),
    (
        Part(
            "customer_tags",
            (number("customer_id"), text("value", required=True), *known(Kind.COUNT, "index")),
            parent="customers",
            parent_key="customer_id",
            has_id=False,
        ),
    ),
)

PRODUCTS = Family(
    Part(
        "products",
        (
            number(),
            *(text(name, required=True) for name in ("title", "handle")),
            *(text(name, required=True) for name in ("product_type", "vendor")),
            Field("status", Kind.WORD, required=True),
            *(instant("created_at"), instant("updated_at")),
        ),
    ),
    (
        Part(
            "variants",
            (
                *(number(), number("product_id"), text("sku"), text("title", required=True)),
                *(money("price"), instant("created_at"), instant("updated_at")),
                *known(Kind.ID, "inventory_item_id"),
            ),
            parent="products",
            parent_key="product_id",
        ),
    ),
)

SHOP = Family(
    Part(
        "shop",
        (
            *(number(), text("name", required=True), text("domain", required=True)),
            *(text("iana_timezone", required=True), text("currency", required=True)),
            Field("taxes_included", Kind.FLAG, required=True),
            *(text("plan", required=True), instant("created_at")),
        ),
    )
)
