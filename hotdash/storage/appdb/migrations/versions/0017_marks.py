"""What people write beside the numbers: annotations, goals and saved views, appended only."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ENTRY = ("shop_id", "entry_id", "at", "actor", "is_removed")
WRITTEN = {
    "app.annotations": (*ENTRY, "annotation_id", "kind", "first_day", "last_day", "title"),
    "app.goals": (*ENTRY, "goal_id", "metric", "first_day", "last_day", "target", "currency"),
    "app.saved_views": (*ENTRY, "view_id", "name", "page", "state", "is_shared"),
}


def upgrade() -> None:
    execute_file(__file__, "0017_marks.sql")
    for table, columns in WRITTEN.items():
        protect(table)
        grant(table, "select")
        grant(table, "insert", columns)


def downgrade() -> None:
    for table in reversed(WRITTEN):
        execute(f"drop table {table}")
