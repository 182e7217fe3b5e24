"""Kinds of recommendations that need no table of their own, so that a step down can take them away."""

from hotdash.storage.appdb.migrations.ddl import execute_file

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to make: they are asked at the next publication."""


def downgrade() -> None:
    execute_file(__file__, "0031_down.sql")
