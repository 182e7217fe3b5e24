"""Of a backfill no event is followed by two: of two answers to the same word one wins."""

from hotdash.storage.appdb.migrations.ddl import execute_file, open_function

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0033_answers.sql")


def downgrade() -> None:
    execute_file(__file__, "0033_down.sql")
    open_function("app.tell_backfill(text, uuid, text, timestamptz, jsonb)")
