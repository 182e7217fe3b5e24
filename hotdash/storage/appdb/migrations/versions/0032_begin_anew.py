"""What opened an account before ends when a further shop comes to it, or another service vouches for it."""

from hotdash.storage.appdb.migrations.ddl import execute_file

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0032_begin_anew.sql")


def downgrade() -> None:
    execute_file(__file__, "0032_down.sql")
