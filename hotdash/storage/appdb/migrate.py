"""Bring the app database to the shape this version needs, or back."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import ProgrammingError

from hotdash.base.errors import ConflictError, NotFoundError, UnavailableError
from hotdash.storage.appdb.connection import describe
from hotdash.storage.appdb.migrations import data_api
from hotdash.storage.appdb.migrations.ddl import drop_schemas
from hotdash.storage.appdb.migrations.held import Held, held, losses
from hotdash.storage.appdb.migrations.mart_tables import follow_declarations, is_behind, leave_only
from hotdash.storage.appdb.session import Database

HEAD, BASE = "head", "base"
# Alembic keeps what it is working on in module globals.
_ONE_THREAD_AT_A_TIME = threading.Lock()
# The marts that an old migration made, and its downgrade takes away.
_OF_MIGRATIONS = frozenset({"fct_revenue", "fct_orders", "dim_customers"})
# Since this revision nothing that a step down takes away is under the other marts' tables and views.
_MARTS_STAY_FROM = "0011"
_FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    def alter(config: Config, connection: Connection) -> None:
        command.upgrade(config, revision)
        if _current(connection) == head():
            follow_declarations(connection)
            if data_api.is_open(connection):
                data_api.open_to_supabase(connection)

    _change(database, alter)


def open_data_api(database: Database) -> None:
    """To Supabase's roles, from now on and after every later migration."""

    def alter(_config: Config, connection: Connection) -> None:
        data_api.open_to_supabase(connection)

    _change(database, alter)


def downgrade(
    database: Database, revision: str, *, losing: bool = False, is_rehearsed: bool = False
) -> None:
    """`base` takes everything away; without `losing`, a step that would lose a value is refused.

    Rehearsed, it is refused just so, and what it did is taken back.
    """

    def alter(config: Config, connection: Connection) -> None:
        before: Held = {} if losing else held(connection)
        if revision == BASE or revision < _MARTS_STAY_FROM:
            leave_only(connection, _OF_MIGRATIONS)
        command.downgrade(config, revision)
        if not losing:
            _refuse(losses(before, held(connection)), revision)

    _change(database, alter, is_rehearsed=is_rehearsed)


def rebuild(
    database: Database,
    revision: str,
    fill: Callable[[Connection], None],
    finish: Callable[[Connection], None],
    *,
    is_open: bool = False,
) -> None:
    """All that is ours goes, the tables of that revision come, are filled, and brought to the newest.

    One transaction: until its end everybody sees what was there before.
    """
    if revision not in _revisions():
        raise ConflictError(
            f"The backup is of revision {revision}, which this version does not know.",
            hint="Restore it with the version of Hotdash that made it, or a newer one.",
        )

    def alter(config: Config, connection: Connection) -> None:
        drop_schemas(connection)
        command.upgrade(config, revision)
        if "serving" in inspect(connection).get_schema_names():
            follow_declarations(connection)
        fill(connection)
        command.upgrade(config, "head")
        follow_declarations(connection)
        if is_open and data_api.has_roles(connection):
            data_api.open_to_supabase(connection)
        finish(connection)

    _change(database, alter, is_newer_refused=False)


def current(database: Database) -> str | None:
    with database.schema_change() as connection:
        return _current(connection)


def head() -> str:
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None, "the migrations have one head"
    return found


def needs_upgrade(database: Database) -> bool:
    with database.schema_change() as connection:
        return _current(connection) != head() or is_behind(connection)


def is_due(database: Database, revision: str, *, is_down: bool = False) -> bool:
    """Whether anything is to be done to get there; the other way round it is refused."""
    order = [BASE, *_revisions()]
    wanted = head() if revision == HEAD else revision
    if wanted not in order:
        raise NotFoundError(
            f"This version has no revision {revision!r}: its revisions are {order[1]} to {order[-1]}.",
            hint=f"Name one of them, {BASE} or {HEAD}.",
            field="to",
        )
    with database.schema_change() as connection:
        _refuse_newer(connection)
        at = _current(connection) or BASE
        lacks_tables = wanted == head() and is_behind(connection)
    steps = order.index(wanted) - order.index(at)
    if (steps > 0 and is_down) or (steps < 0 and not is_down):
        raise ConflictError(
            f"The app database is at {at}, {'below' if steps > 0 else 'above'} {wanted}.",
            hint="Leave --down out to go up." if is_down else "Say --down to go down.",
            field="to",
        )
    return steps != 0 or (lacks_tables and not is_down)


def _revisions() -> list[str]:
    """The oldest first."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return [script.revision for script in scripts][::-1]


def _refuse(lost: Sequence[str], revision: str) -> None:
    if lost:
        more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
        raise ConflictError(
            f"Going down to {revision} would lose what is in {', '.join(lost[:5])}{more}.",
            hint="Say --lose if that is meant: a backup is made first, unless --no-backup. Or stay, "
            "and install the newer version again.",
            field="down",
        )


def _change(
    database: Database,
    alter: Callable[[Config, Connection], None],
    *,
    is_newer_refused: bool = True,
    is_rehearsed: bool = False,
) -> None:
    begin = database.schema_rehearsal if is_rehearsed else database.schema_change
    try:
        with _ONE_THREAD_AT_A_TIME, begin() as connection:
            if is_newer_refused:
                _refuse_newer(connection)
            alter(_config(connection), connection)
    except ProgrammingError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise _not_allowed(database, error.orig) from error
        raise


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _current(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table_schema": "app"})
    return context.get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    revision = _current(connection)
    if revision is not None and revision not in _revisions():
        raise ConflictError(
            f"The app database is at revision {revision}, which this version does not know.",
            hint="Install the version of Hotdash that migrated it, or a newer one.",
        )


def _not_allowed(database: Database, error: psycopg.Error) -> UnavailableError:
    return UnavailableError(
        f"The login of {describe(database.direct_uri)} may not migrate: "
        f"{error.diag.message_primary}.",
        hint="Let it own the database and create roles, or create the role hotdash_web for it "
        "first and grant it with admin option.",
        field="database_url",
    )
