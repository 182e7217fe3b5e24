"""Alert rules of a shop, written by the page in place of the installation's."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0021_alert_rules.sql")
    protect("app.alert_rules")
    grant("app.alert_rules", "select")


def downgrade() -> None:
    execute("drop table app.alert_rules")
