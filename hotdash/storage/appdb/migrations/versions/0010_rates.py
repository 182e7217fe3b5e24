"""What currencies were worth, day by day, as it was imported."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLE = "app.exchange_rates"


def upgrade() -> None:
    execute_file(__file__, "0010_rates.sql")
    protect(TABLE)
    grant(TABLE, "select")


def downgrade() -> None:
    execute(f"drop table {TABLE}")
