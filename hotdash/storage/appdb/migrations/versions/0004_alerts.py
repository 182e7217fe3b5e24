"""Alerts: what a check found, told once when it opens and once when it is over."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0004_alerts.sql")
    protect("app.alerts")
    grant("app.alerts", "select")


def downgrade() -> None:
    execute("drop table app.alerts")
