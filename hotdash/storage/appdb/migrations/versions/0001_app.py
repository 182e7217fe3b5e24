"""Shops, people, runs, decisions and the audit trail, under row-level security."""

from hotdash.storage.appdb.migrations.ddl import (
    OF_RUNS_OF_MY_SHOPS,
    close_function,
    create_schema,
    execute,
    execute_file,
    grant,
    of_parent,
    open_function,
    protect,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

READ_BY_SHOP = (
    "app.shops",
    "app.memberships",
    "app.metric_policies",
    "app.check_results",
    "app.publication_outcomes",
    "app.freshness",
    "app.decisions",
    "audit.events",
)
SEALED = (
    "app.alembic_version",
    "app.users",
    "app.sessions",
    "app.sign_in_links",
    "app.sign_in_attempts",
    "app.lease_holders",
)
# A run may be about several shops: what it says in words or counts is not for one of them.
READ_OF_RUNS = {
    "app.runs": ("run_id", "kind", "status", "started_at", "finished_at"),
    "app.run_steps": ("run_id", "step", "status", "attempt", "started_at", "finished_at"),
    "app.builds": ("build_id", "run_id", "as_of", "mode", "started_at", "finished_at", "status"),
    "app.build_models": ("build_id", "model", "status", "seconds"),
}
APPENDED_BY_WEB = {
    "app.decisions": (
        *("shop_id", "decision_id", "scope", "action", "actor", "subject", "rationale"),
        *("detail", "decided_at", "request_id"),
    ),
    "audit.events": ("shop_id", "at", "actor", "action", "subject", "detail", "request_id"),
}
WEB_FUNCTIONS = (
    "app.my_user()",
    "app.my_shops()",
    "app.sign_in_account(text)",
    "app.open_session(bytea, uuid, timestamptz, timestamptz)",
    "app.signed_in(bytea, timestamptz)",
    "app.touch_session(bytea, timestamptz)",
    "app.close_session(bytea)",
    "app.redeem_link(bytea, timestamptz)",
    "app.record_attempt(bytea, text, timestamptz, boolean)",
    "app.failed_attempts(bytea, text, timestamptz)",
    "app.set_my_password(text)",
)


def upgrade() -> None:
    execute_file(__file__, "0001_role.sql")
    for schema in ("app", "audit"):
        create_schema(schema)
    execute_file(__file__, "0001_tables.sql")
    execute_file(__file__, "0001_functions.sql")
    _open_functions()
    _protect_tables()


def downgrade() -> None:
    """The role stays: it belongs to the server, and other databases on it may use it."""
    execute_file(__file__, "0001_down.sql")


def _open_functions() -> None:
    for signature in WEB_FUNCTIONS:
        open_function(signature)
    close_function("audit.refuse_change()")


def _protect_tables() -> None:
    for table in READ_BY_SHOP:
        protect(table)
        grant(table, "select")
    protect("app.credentials")
    for table in SEALED:
        protect(table, rows=None)
    protect("app.runs", OF_RUNS_OF_MY_SHOPS)
    protect("app.run_steps", of_parent("app.runs", "run_id", "run_steps"))
    protect("app.builds", of_parent("app.runs", "run_id", "builds"))
    protect("app.build_models", of_parent("app.builds", "build_id", "build_models"))
    for table, columns in READ_OF_RUNS.items():
        grant(table, "select", columns)
    for table, columns in APPENDED_BY_WEB.items():
        grant(table, "insert", columns)
    execute("grant usage on schema app, audit to hotdash_web")
