"""Alerts of more than checks, what people did about them, and through which channel who was told."""

from hotdash.storage.appdb.migrations.ddl import execute_file, grant, protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

EVENT = ("shop_id", "event_id", "alert_id", "at", "event", "actor", "note", "until")


def upgrade() -> None:
    execute_file(__file__, "0012_alerts.sql")
    for table in ("app.alert_events", "app.alert_deliveries"):
        protect(table)
        grant(table, "select")
    grant("app.alert_events", "insert", EVENT)
    protect("app.alert_channels", rows=None)


def downgrade() -> None:
    execute_file(__file__, "0012_down.sql")
