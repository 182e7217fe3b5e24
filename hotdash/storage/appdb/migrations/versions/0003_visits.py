"""What the web server has to know at every request, in one statement."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, open_function

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "app.visit(bytea, timestamptz, text)",
    "app.close_my_other_sessions(bytea)",
)


def upgrade() -> None:
    execute_file(__file__, "0003_functions.sql")
    for signature in FUNCTIONS:
        open_function(signature)


def downgrade() -> None:
    for signature in reversed(FUNCTIONS):
        execute(f"drop function {signature}")
