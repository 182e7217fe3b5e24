"""What ends together when somebody's way in ends, and what a rule gave and may take again."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, open_function

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

NEW = (
    "app.end_my_other_ways_in(bytea)",
    "app.revoke_my_tokens(timestamptz, text)",
    "app.rehash_my_password(text, text)",
    "app.open_session_by_password(bytea, uuid, text, timestamptz, timestamptz)",
    "app.my_account()",
    "app.set_my_password(text, text, bytea)",
)
REPLACED = ("app.close_my_other_sessions(bytea)", "app.set_my_password(text)")


def upgrade() -> None:
    execute_file(__file__, "0020_tables.sql")
    for signature in REPLACED:
        execute(f"drop function {signature}")
    execute_file(__file__, "0020_functions.sql")
    for signature in NEW:
        open_function(signature)


def downgrade() -> None:
    for signature in reversed(NEW):
        execute(f"drop function {signature}")
    execute_file(__file__, "0020_down.sql")
    for signature in REPLACED:
        open_function(signature)
