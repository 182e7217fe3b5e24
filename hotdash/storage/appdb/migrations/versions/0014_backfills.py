"""Backfills: what was asked, planned, allowed and done, how far it is, and what it changed."""

from hotdash.storage.appdb.migrations.ddl import (
    execute,
    execute_file,
    grant,
    open_function,
    protect,
)

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("app.backfill_plans", "app.backfill_chunks", "app.backfill_diffs", "audit.backfills")
UNDER_WAY = "app.work_under_way(text)"
TELL = "app.tell_backfill(text, uuid, text, timestamptz, jsonb)"


def upgrade() -> None:
    execute_file(__file__, "0014_backfills.sql")
    execute_file(__file__, "0014_functions.sql")
    for table in TABLES:
        protect(table)
        grant(table, "select")
    for signature in (UNDER_WAY, TELL):
        open_function(signature)


def downgrade() -> None:
    """What refuses a change keeps naming the table it stands on."""
    execute(f"drop function {TELL}")
    execute(f"drop function {UNDER_WAY}")
    for table in reversed(TABLES):
        execute(f"drop table {table}")
    execute_file(__file__, "0002_functions.sql")
    open_function(UNDER_WAY)
