"""The warehouse as five schemas of a Postgres database."""

import itertools
import re
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import quote, urlencode

import psycopg
import pyarrow as pa
from psycopg.conninfo import conninfo_to_dict

from hotdash.storage.warehouse.arrow_rows import to_arrow
from hotdash.storage.warehouse.contract import Engine, Parameters, WarehouseUnavailableError
from hotdash.storage.warehouse.schema import prepare

PASSWORD_VARIABLE = "DBT_ENV_SECRET_WAREHOUSE_PASSWORD"
SESSION = {"timezone": "UTC", "datestyle": "ISO, YMD", "client_min_messages": "warning"}

# What libpq reads; its PGOPTIONS would be refused by a pooler, also where another thread connects meanwhile.
_AS_OUR_SESSIONS = {"PGTZ": SESSION["timezone"], "PGDATESTYLE": SESSION["datestyle"]}

_MARK_OR_LITERAL = re.compile(r"'[^']*'|\?")


class PostgresWarehouse:
    """One connection per thread, opened at first use."""

    def __init__(self, url: str) -> None:
        self._parts = _parts(url)
        self._opening = threading.RLock()
        self._warehouse_id: str | None = None
        self._connections: list[psycopg.Connection[Any]] = []
        self._local = threading.local()

    @property
    def engine(self) -> Engine:
        return "postgres"

    @property
    def identity(self) -> str:
        """A server may come back on another port; the id inside the database stays."""
        return f"postgres:{self._prepared()}/{self._parts['dbname']}"

    def dlt_destination(self) -> Any:
        self._prepared()
        from dlt.destinations import postgres as destination

        return destination(credentials=_as_url(self._parts))

    def dbt_output(self) -> Mapping[str, Any]:
        self._prepared()
        return {
            "type": "postgres",
            "host": self._parts.get("host", "localhost"),
            "port": int(self._parts.get("port", "5432")),
            "user": self._parts.get("user", ""),
            "password": f"{{{{ env_var('{PASSWORD_VARIABLE}') }}}}",
            "dbname": self._parts["dbname"],
            "sslmode": self._parts.get("sslmode", "prefer"),
            "schema": "marts",
            "threads": 1,
        }

    def dbt_environment(self) -> Mapping[str, str]:
        """dbt's sessions are like ours: what it sends first, we send afterwards."""
        return {PASSWORD_VARIABLE: self._parts.get("password", ""), **_AS_OUR_SESSIONS}

    def query(self, sql: str, parameters: Parameters = ()) -> pa.Table:
        with psycopg.RawCursor(self._connection()) as cursor:
            cursor.execute(_numbered(sql), list(parameters))
            return to_arrow(cursor)

    def execute(self, sql: str, parameters: Parameters = ()) -> None:
        with psycopg.RawCursor(self._connection()) as cursor:
            cursor.execute(_numbered(sql), list(parameters))

    def send(self, statements: str) -> Sequence[Any] | None:
        with self._connection().cursor() as cursor:
            cursor.execute(statements.encode())
            while cursor.nextset():
                pass
            return cursor.fetchone() if cursor.description else None

    @contextmanager
    def transaction(self) -> Generator[None]:
        with self._connection().transaction():
            yield

    def interrupt(self) -> None:
        with self._opening:
            for connection in self._connections:
                connection.cancel()

    def close(self) -> None:
        with self._opening:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._warehouse_id = None

    def _connection(self) -> psycopg.Connection[Any]:
        """This thread's own connection, opened anew when the server dropped it."""
        self._prepared()
        connection: psycopg.Connection[Any] | None = getattr(self._local, "connection", None)
        if connection is None or connection.closed:
            connection = self._local.connection = self._connect()
            with self._opening:
                self._connections.append(connection)
        return connection

    def _connect(self) -> psycopg.Connection[Any]:
        options = " ".join(
            f"-c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in SESSION.items()
        )
        arguments = cast(Any, {**self._parts, "options": options})
        try:
            return psycopg.connect(
                **arguments, autocommit=True, prepare_threshold=None, connect_timeout=10
            )
        except psycopg.OperationalError as error:
            raise WarehouseUnavailableError(
                f"The warehouse database {_address(self._parts)} does not answer: "
                f"{str(error).splitlines()[0]}",
                hint="Check that the server runs and that warehouse_url names it.",
            ) from error

    def _prepared(self) -> str:
        with self._opening:
            if self._warehouse_id is None:
                self._warehouse_id = ""
                try:
                    self._warehouse_id = prepare(self)
                finally:
                    self._warehouse_id = self._warehouse_id or None
            return self._warehouse_id or ""


def _numbered(sql: str) -> bytes:
    """Every ? outside a literal becomes $1, $2, ..."""
    numbers = itertools.count(1)
    return _MARK_OR_LITERAL.sub(
        lambda found: f"${next(numbers)}" if found[0] == "?" else found[0], sql
    ).encode()


def _parts(url: str) -> dict[str, str]:
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise WarehouseUnavailableError(
            "The address of the warehouse cannot be read.",
            hint="It looks like postgresql://user:password@host:5432/name.",
        ) from error
    parts = {name: str(value) for name, value in found.items() if value is not None}
    parts.setdefault("dbname", parts.get("user", "postgres"))
    return parts


def _address(parts: Mapping[str, str]) -> str:
    return f"{parts.get('host', 'localhost')}:{parts.get('port', '5432')}/{parts['dbname']}"


def _as_url(parts: Mapping[str, str]) -> str:
    """dlt insists on a host and a password; libpq takes a socket from the query, over the host."""
    user = quote(parts.get("user", ""), safe="")
    password = quote(parts.get("password", "unused"), safe="")
    host, port = parts.get("host", "localhost"), parts.get("port", "5432")
    named = {"user", "password", "dbname", "port"} | (set[str]() if _is_socket(host) else {"host"})
    query = urlencode({name: value for name, value in parts.items() if name not in named})
    address = f"{'localhost' if _is_socket(host) else host}:{port}"
    return f"postgresql://{user}:{password}@{address}/{parts['dbname']}?{query}"


def _is_socket(host: str) -> bool:
    return host.startswith("/")
