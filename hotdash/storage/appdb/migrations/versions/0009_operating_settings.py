"""Lead times, handling days and the other numbers a merchant runs the shop by."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "app.operating_settings"


def upgrade() -> None:
    execute_file(__file__, "0009_operating_settings.sql")
    protect(TABLE)
    grant(TABLE, "select")


def downgrade() -> None:
    execute(f"drop table {TABLE}")
