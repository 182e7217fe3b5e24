"""What Alembic runs: every migration in one transaction, one process at a time."""

from alembic import context

from hotdash.storage.appdb.migrations.ddl import run
from hotdash.storage.appdb.models import Base

VERSION_SCHEMA = "app"
# Any number will do, as long as every Hotdash takes the same one.
ONE_AT_A_TIME = 7_205_759_403_792_793

connection = context.config.attributes["connection"]
run(connection, f"select pg_catalog.pg_advisory_xact_lock({ONE_AT_A_TIME})")
run(connection, f"create schema if not exists {VERSION_SCHEMA}")
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table_schema=VERSION_SCHEMA,
    include_schemas=True,
)
context.run_migrations()
