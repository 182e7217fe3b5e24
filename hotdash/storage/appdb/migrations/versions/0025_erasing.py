"""Words of an erased person go from append-only records, and nothing else of them does."""

from hotdash.storage.appdb.migrations.ddl import close_function, execute_file

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0025_erasing.sql")
    close_function("audit.only_erases(jsonb, jsonb)")


def downgrade() -> None:
    execute_file(__file__, "0025_down.sql")
