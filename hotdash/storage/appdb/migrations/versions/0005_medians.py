"""Medians of the ranges that tiles show, computed once per publication."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0005_medians.sql")
    protect("serving.order_value_medians")
    grant("serving.order_value_medians", "select")


def downgrade() -> None:
    execute("drop table serving.order_value_medians")
