"""What is copied to a Supabase project: an outbox that every decision and fact enters, and the project."""

from hotdash.storage.appdb.migrations.ddl import close_function, execute_file, protect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0022_mirror.sql")
    for table in ("app.mirror_outbox", "app.mirrors"):
        protect(table, rows=None)
    for function in ("app.enter_decisions()", "app.enter_facts()"):
        close_function(function)


def downgrade() -> None:
    execute_file(__file__, "0022_down.sql")
