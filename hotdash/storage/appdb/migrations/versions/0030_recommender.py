"""What a shop's model learns from its answers, what was done to it, and outcomes beside a baseline."""

from hotdash.storage.appdb.migrations.ddl import execute_file, grant, protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = ("app.recommender_events", "app.recommender_models")


def upgrade() -> None:
    execute_file(__file__, "0030_recommender.sql")
    for table in TABLES:
        protect(table)
        grant(table, "select")


def downgrade() -> None:
    execute_file(__file__, "0030_down.sql")
