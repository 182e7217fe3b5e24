"""The weekly packets of a shop, kept as they were sent."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0024_packets.sql")
    protect("app.packets")
    grant("app.packets", "select")


def downgrade() -> None:
    execute("drop table app.packets")
