"""Published marts as immutable parts, the manifests that name them and the pointer to one of these."""

from hotdash.storage.appdb.migrations.ddl import (
    create_schema,
    create_view,
    execute_file,
    grant,
    open_function,
    protect,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "fct_revenue",
    "fct_orders",
    "dim_customers",
    "parts",
    "manifests",
    "manifest_marts",
    "manifest_entries",
    "published",
)
MONEY = (
    *("gross_sales", "discounts", "refunds", "shipping", "shipping_refunds"),
    *("taxes", "tax_refunds"),
)
MARTS = {
    "fct_revenue": (
        *("shop_id", "day", "currency", "counted_orders", "units", *MONEY),
        *("refunds_by_refund_day", "shipping_refunds_by_refund_day", "tax_refunds_by_refund_day"),
    ),
    "fct_orders": (
        *("shop_id", "order_id", "day", "processed_at", "currency", "customer_key"),
        *("financial_status", "is_test", "is_cancelled", "is_counted", "units", *MONEY),
    ),
    "dim_customers": (
        *("shop_id", "customer_key", "bucket", "first_order_day", "last_order_day"),
        "counted_orders",
    ),
}
CURRENT = """
    select {columns}
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.{mart} as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = '{mart}'
"""
PUBLISHED_MARTS = """
    select mart.shop_id, mart.mart, mart.build_id, mart.as_of, pointer.manifest_id,
      pointer.moved_at as published_at, pointer.pinned_at
    from serving.published as pointer
    join serving.manifest_marts as mart
      on mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id
"""


def upgrade() -> None:
    for schema in ("serving", "api"):
        create_schema(schema)
    execute_file(__file__, "0002_tables.sql")
    for table in TABLES:
        protect(f"serving.{table}")
        grant(f"serving.{table}", "select")
    for mart, columns in MARTS.items():
        facts = ", ".join(f"fact.{column}" for column in columns)
        create_view(f"serving.current_{mart}", CURRENT.format(mart=mart, columns=facts))
        create_view(f"api.{mart}", f"select {', '.join(columns)} from serving.current_{mart}")
    create_view("api.published_marts", PUBLISHED_MARTS)
    execute_file(__file__, "0002_functions.sql")
    open_function("app.work_under_way(text)")


def downgrade() -> None:
    execute_file(__file__, "0002_down.sql")
