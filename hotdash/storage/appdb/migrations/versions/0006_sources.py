"""What sources do: their calls, their state, and how their shapes drift."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("app.api_calls", "app.api_call_hours", "app.source_states", "app.schema_drifts")


def upgrade() -> None:
    execute_file(__file__, "0006_sources.sql")
    for table in TABLES:
        protect(table)
        grant(table, "select")


def downgrade() -> None:
    for table in reversed(TABLES):
        execute(f"drop table {table}")
