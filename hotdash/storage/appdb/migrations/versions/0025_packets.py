"""The weekly packets of a shop, kept as they were sent."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0025"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0025_packets.sql")
    protect("app.packets")
    grant("app.packets", "select")


def downgrade() -> None:
    execute("drop table app.packets")
