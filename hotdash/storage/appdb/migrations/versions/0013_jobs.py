"""What is to be done when, who is there to do it, and what became of it."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, open_function, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("app.schedules", "app.job_runs", "app.workers")
MY_JOBS = "app.my_jobs(text)"


def upgrade() -> None:
    execute_file(__file__, "0013_jobs.sql")
    for table in TABLES:
        protect(table, rows=None)
    open_function(MY_JOBS)


def downgrade() -> None:
    execute(f"drop function {MY_JOBS}")
    for table in reversed(TABLES):
        execute(f"drop table {table}")
