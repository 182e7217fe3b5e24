"""Who comes in by more than a session: tokens, people of other services; and who read what how often."""

from hotdash.storage.appdb.migrations.ddl import (
    execute,
    execute_file,
    grant,
    open_function,
    protect,
)

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

SEALED = ("app.api_tokens", "app.external_identities", "app.request_keys")
OPEN_TO_THE_WEB = (
    "app.my_token()",
    "app.token_visit(bytea, timestamptz, text, boolean)",
    "app.external_visit(text, text, timestamptz, text, boolean, integer)",
    "app.add_my_token(uuid, text, bytea, text[], text[], integer, timestamptz, timestamptz)",
    "app.tokens_of(text, boolean)",
    "app.revoke_token(uuid, text, boolean, timestamptz, text)",
    "app.external_person(text, text)",
    "app.bind_external(text, text, text, timestamptz)",
    "app.admit_external(text, text, uuid, text, text, text, text[], timestamptz)",
    "app.begin_request(text, bytea, bytea, timestamptz, timestamptz)",
    "app.end_request(text, bytea, text[], timestamptz, integer, text, bytea)",
    "app.drop_request(text, bytea)",
    "app.count_reads(jsonb)",
)
INNER = "app.shop_edition(text)"
# As they were before: what a session sees had its edition in itself.
OF_SESSIONS = ("app.visit(bytea, timestamptz, text)", "app.close_my_other_sessions(bytea)")


def upgrade() -> None:
    execute_file(__file__, "0018_tables.sql")
    execute_file(__file__, "0018_identity.sql")
    execute_file(__file__, "0018_functions.sql")
    execute(f"revoke all on function {INNER} from public")
    for signature in OPEN_TO_THE_WEB:
        open_function(signature)
    for table in SEALED:
        protect(table, rows=None)
    protect("app.api_token_shops")
    protect("app.data_reads")
    grant("app.data_reads", "select")


def downgrade() -> None:
    for signature in reversed(OPEN_TO_THE_WEB[1:]):
        execute(f"drop function {signature}")
    for signature in OF_SESSIONS:
        execute(f"drop function {signature}")
    execute(f"drop function {INNER}")
    execute_file(__file__, "0003_functions.sql")
    for signature in OF_SESSIONS:
        open_function(signature)
    execute_file(__file__, "0018_down.sql")
