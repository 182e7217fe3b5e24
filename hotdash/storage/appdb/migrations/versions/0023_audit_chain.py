"""The audit log as a chain of hashes, made by the database."""

from alembic import op

from hotdash.base.errors import ConflictError
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

# Links whose event is in a file of the home alone, which only audit.archives and the links prove.
_RESTING = """
    select count(*) from audit.links as l
    join audit.archives as a
      on a.chain = l.chain and l.position between a.first_position and a.last_position
    where not exists (select from audit.events as e where e.event_id = l.event_id)
"""


def upgrade() -> None:
    execute_file(__file__, "0023_audit_chain.sql")
    for table in ("audit.links", "audit.pending", "audit.archives"):
        protect(table, rows=None)
    for signature in CLOSED:
        close_function(signature)


def downgrade() -> None:
    _refuse_to_forget_archives()
    execute_file(__file__, "0023_down.sql")


def _refuse_to_forget_archives() -> None:
    """Not even for --lose: nobody could ever say again that these rows are what they were."""
    resting = op.get_bind().exec_driver_sql(_RESTING).scalar_one()
    if resting:
        raise ConflictError(
            f"{resting} rows of the audit log rest in archives that only revision {revision} and "
            "later can prove.",
            hint="Stay at this version; or restore the backup from before the upgrade with the "
            "version of Hotdash that made it.",
            field="down",
        )
