"""One way into Postgres, and one clear error for every way it can be closed."""

import re
from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hotdash.base.errors import UnavailableError

OLDEST, NEWEST = 15, 18
_CONNECT_SECONDS = 10
_SILENT_MILLISECONDS = 30_000
_MENDS: Sequence[tuple[re.Pattern[str], str, str]] = [
    (
        re.compile("password authentication failed|no password supplied|SASL", re.I),
        "refuses the user or the password",
        "Correct the user and password in the database URL; percent-encode special characters.",
    ),
    (
        re.compile('database ".*" does not exist'),
        "has no such database",
        "Create the database, or correct its name at the end of the database URL.",
    ),
    (
        re.compile('role ".*" does not exist|tenant or user not found', re.I),
        "does not know this user",
        "Create the user, or correct it in the database URL; a Supabase pooler wants it as "
        "postgres.PROJECT.",
    ),
    (
        re.compile("resolve host|name or service|nodename nor servname|failed to resolve", re.I),
        "cannot be found: its host name is unknown",
        "Correct the host in the database URL.",
    ),
    (
        re.compile("refused|no such file or directory|could not connect", re.I),
        "does not answer: nothing listens there",
        "Start that Postgres, or correct host and port in the database URL.",
    ),
    (
        re.compile("timeout|timed out", re.I),
        f"does not answer within {_CONNECT_SECONDS} seconds",
        "Check the network and firewall between here and there.",
    ),
    (
        re.compile("too many (clients|connections)|remaining connection slots", re.I),
        "has no free connection",
        "Raise max_connections, or connect through a pooler.",
    ),
    (
        re.compile("no pg_hba.conf entry|SSL", re.I),
        "does not let this machine in the way it came",
        "Allow it in pg_hba.conf, or add ?sslmode=require to the database URL.",
    ),
]


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    """Without prepared statements and session settings, so that a transaction pooler may sit between."""
    where = describe(url)
    try:
        connection = psycopg.connect(url, autocommit=autocommit, **_options(url))
    except psycopg.Error as error:
        raise explain(where, error) from error
    _refuse_unknown_version(where, connection)
    return connection


async def connect_in_loop(url: str) -> psycopg.AsyncConnection:
    """The same in autocommit, for whoever waits in the event loop."""
    where = describe(url)
    try:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True, **_options(url))
    except psycopg.Error as error:
        raise explain(where, error) from error
    _refuse_unknown_version(where, connection)
    return connection


def _options(url: str) -> dict[str, Any]:
    return {
        "prepare_threshold": None,
        "application_name": "hotdash",
        "connect_timeout": int(parse(url).get("connect_timeout", _CONNECT_SECONDS)),
        # Or a connection that was dropped without a word holds who waits for it for hours.
        "tcp_user_timeout": int(parse(url).get("tcp_user_timeout", _SILENT_MILLISECONDS)),
    }


def _refuse_unknown_version(
    where: str, connection: psycopg.Connection | psycopg.AsyncConnection
) -> None:
    major = connection.info.server_version // 10_000
    if OLDEST <= major <= NEWEST:
        return
    connection.pgconn.finish()
    raise UnavailableError(
        f"The database {where} is Postgres {major}.",
        hint=f"Hotdash needs Postgres {OLDEST} to {NEWEST}.",
        field="database_url",
    )


def describe(url: str) -> str:
    """Host, port and database, never the password."""
    parts = parse(url)
    host = parts.get("host") or parts.get("hostaddr") or "localhost"
    user = parts.get("user")
    database = parts.get("dbname") or user or ""
    return f"{database!r} at {host}:{parts.get('port') or 5432}" + (f" as {user}" if user else "")


def parse(url: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(url).items() if value}
    except psycopg.ProgrammingError:
        # libpq's own message quotes parts of the URL, which may be parts of the password.
        raise UnavailableError(
            "The database URL cannot be read.",
            hint="Write it as postgresql://user:password@host:5432/database, with special "
            "characters in the password percent-encoded.",
            field="database_url",
        ) from None


def explain(where: str, error: Exception) -> UnavailableError:
    said = str(error)
    for pattern, what, mend in _MENDS:
        if pattern.search(said):
            return UnavailableError(
                f"The database {where} {what}.", hint=mend, field="database_url"
            )
    first_line = said.strip().splitlines()[0] if said.strip() else type(error).__name__
    return UnavailableError(
        f"The database {where} does not answer: {first_line}",
        hint="Check the database URL and that the server is up.",
        field="database_url",
    )


def fetch_value(connection: psycopg.Connection, query: LiteralString) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
