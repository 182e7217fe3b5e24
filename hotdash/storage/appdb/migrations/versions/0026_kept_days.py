"""How long things are kept, where a schedule of the database's own reads it."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0026_kept_days.sql")
    protect("app.kept_days", rows=None)


def downgrade() -> None:
    execute("drop table app.kept_days")
