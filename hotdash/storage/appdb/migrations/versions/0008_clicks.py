"""The click collector: each shop's key, the spool its clicks rest in, and what was dropped but counted."""

from hotdash.storage.appdb.migrations.ddl import (
    execute,
    execute_file,
    grant,
    open_function,
    protect,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "app.click_site(text)",
    "app.keep_clicks(text, timestamptz, jsonb, jsonb)",
)
READ_BY_SHOP = ("app.click_sites", "app.click_counts")
SEALED = ("app.clicks",)


def upgrade() -> None:
    execute_file(__file__, "0008_clicks.sql")
    for signature in FUNCTIONS:
        open_function(signature)
    for table in READ_BY_SHOP:
        protect(table)
        grant(table, "select")
    for table in SEALED:
        protect(table, rows=None)


def downgrade() -> None:
    for signature in reversed(FUNCTIONS):
        execute(f"drop function {signature}")
    for table in ("app.click_counts", "app.clicks", "app.click_sites"):
        execute(f"drop table {table}")
