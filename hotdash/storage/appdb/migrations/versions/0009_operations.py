"""The numbers a merchant runs the shop by, and the facts about how it is run."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("app.operating_settings", "app.dashboard_facts")


def upgrade() -> None:
    execute_file(__file__, "0009_operations.sql")
    for table in TABLES:
        protect(table)
        grant(table, "select")


def downgrade() -> None:
    for table in reversed(TABLES):
        execute(f"drop table {table}")
