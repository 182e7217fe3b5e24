"""Webhooks that wait for the next run, what vendors ask about people, and who may connect a shop."""

from hotdash.storage.appdb.migrations.ddl import (
    execute,
    execute_file,
    grant,
    open_function,
    protect,
)

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "app.webhook_account(text, text, text)",
    "app.receive_webhook(text, text, text, text, text[], text[], timestamptz, timestamptz,"
    " jsonb, jsonb)",
    "app.open_install(bytea, text, text, bytea, timestamptz, timestamptz)",
    "app.use_install(bytea, text, text, timestamptz)",
    "app.finish_install(bytea, timestamptz, text, text, text, text, bytea)",
)
TABLES = ("app.webhook_deliveries", "app.compliance_requests", "app.install_passes")


def upgrade() -> None:
    execute_file(__file__, "0007_webhooks.sql")
    execute_file(__file__, "0007_functions.sql")
    for signature in FUNCTIONS:
        open_function(signature)
    protect("app.webhook_deliveries")
    grant("app.webhook_deliveries", "select")
    # Whose data a vendor asks about is for the job that answers, not for pages.
    protect("app.compliance_requests")
    protect("app.install_passes", rows=None)


def downgrade() -> None:
    for signature in reversed(FUNCTIONS):
        execute(f"drop function {signature}")
    for table in reversed(TABLES):
        execute(f"drop table {table}")
