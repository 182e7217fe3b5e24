"""Rows that tiles are made of, read from a large publication once instead of by whoever looks first."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0019_tile_rows.sql")
    protect("serving.tile_rows")
    grant("serving.tile_rows", "select")


def downgrade() -> None:
    execute("drop table serving.tile_rows")
