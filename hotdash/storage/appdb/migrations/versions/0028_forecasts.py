"""Forecasts of a shop's series, and the plan of its stock."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0028_forecasts.sql")
    for table in ("app.forecasts", "app.stock_plans"):
        protect(table)
        grant(table, "select")


def downgrade() -> None:
    execute("drop table app.stock_plans; drop table app.forecasts")
