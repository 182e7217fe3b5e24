"""What ends together: other sessions, links nobody opened and, when asked, the tokens of a person."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, open_function

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN_TO_THE_WEB = (
    "app.end_my_other_ways_in(bytea)",
    "app.revoke_my_tokens(timestamptz, text)",
    "app.rehash_my_password(text, text)",
    "app.open_session_by_password(bytea, uuid, text, timestamptz, timestamptz)",
)
REPLACED = "app.close_my_other_sessions(bytea)"


def upgrade() -> None:
    execute(f"drop function {REPLACED}")
    execute_file(__file__, "0020_ways_in.sql")
    for signature in OPEN_TO_THE_WEB:
        open_function(signature)


def downgrade() -> None:
    for signature in reversed(OPEN_TO_THE_WEB):
        execute(f"drop function {signature}")
    execute_file(__file__, "0020_down.sql")
    open_function(REPLACED)
