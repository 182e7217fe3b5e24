"""The audit log as a chain of hashes, made by the database."""

from hotdash.storage.appdb.migrations.ddl import (
    close_function,
    execute_file,
    protect,
)

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CLOSED = (
    "audit.field(text)",
    "audit.event_text(bigint, text, timestamptz, text, text, text, jsonb, text)",
    "audit.link_text(text, bigint, bytea, bytea)",
    "audit.stamp()",
    "audit.hot_for()",
    "audit.is_kept(text)",
    "audit.refuse_unarchived()",
    "audit.forget_archived(text, bigint, bigint, bytea)",
    "audit.seal()",
)


def upgrade() -> None:
    execute_file(__file__, "0023_audit_chain.sql")
    for table in ("audit.links", "audit.pending", "audit.archives"):
        protect(table, rows=None)
    for signature in CLOSED:
        close_function(signature)


def downgrade() -> None:
    execute_file(__file__, "0023_down.sql")
