"""Tables that somebody else's loader keeps in a database: looked at read-only, never written."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import psycopg.conninfo
import pyarrow as pa

from hotdash.base.errors import UnavailableError
from hotdash.storage.warehouse.arrow_rows import to_arrow
from hotdash.storage.warehouse.contract import Warehouse

OWN = "warehouse"
_LISTED = """
    select table_name, column_name, data_type from information_schema.columns
    where table_schema = ? order by table_name, ordinal_position
"""

_JSON = ("json", "jsonb")

Query = Callable[[str, Sequence[str]], pa.Table]


class ForeignTablesError(UnavailableError):
    code = "foreign_tables"


@dataclass(frozen=True)
class ForeignTables:
    """One schema of one database, asked through whatever can answer a query."""

    query: Query
    schema: str
    where: str

    def names(self) -> Sequence[str]:
        return list(self._listed)

    def columns(self, table: str) -> Sequence[str]:
        return list(self._listed[table])

    def read(self, table: str, columns: Sequence[str]) -> pa.Table:
        kinds = self._listed[table]
        listed = ", ".join(_selected(name, kinds[name]) for name in columns)
        return self.query(f"select {listed} from {_quoted(self.schema)}.{_quoted(table)}", ())

    @cached_property
    def _listed(self) -> dict[str, dict[str, str]]:
        """Per table its columns and their types."""
        listed: dict[str, dict[str, str]] = {}
        for row in self.query(_LISTED, [self.schema]).to_pylist():
            listed.setdefault(row["table_name"], {})[row["column_name"]] = row["data_type"]
        if not listed:
            raise ForeignTablesError(
                f"The schema {self.schema} of {self.where} holds no tables that can be read.",
                hint="Check its name, and that the login may read it.",
                field="schema",
            )
        return listed


def open_foreign_tables(
    database: str, schema: str, own: Callable[[], Warehouse] | None = None
) -> ForeignTables:
    """A Postgres by its address, a DuckDB file by its path, our own warehouse by the word."""
    if database == OWN:
        if own is None:
            raise ForeignTablesError(
                "The warehouse is not open here.", hint="Its tables are read by `hotdash run`."
            )
        warehouse = own
        return ForeignTables(
            lambda sql, values: warehouse().query(sql, values), schema, "the warehouse"
        )
    if database.startswith(("postgresql://", "postgres://")):
        return ForeignTables(_postgres(database), schema, "the Postgres database")
    path = Path(database).expanduser()
    return ForeignTables(_duckdb(path), schema, str(path))


def _duckdb(path: Path) -> Query:
    def query(sql: str, values: Sequence[str]) -> pa.Table:
        try:
            with duckdb.connect(str(path), read_only=True) as connection:
                connection.execute("set timezone = 'UTC'")
                return connection.execute(sql, list(values)).to_arrow_table()
        except duckdb.Error as error:
            raise ForeignTablesError(
                f"The DuckDB file {path} cannot be read: {str(error).splitlines()[0]}",
                hint="It must exist, and nobody may have it open for writing meanwhile.",
                field="database",
            ) from error

    return query


def _postgres(url: str) -> Query:
    _require_readable(url)

    def query(sql: str, values: Sequence[str]) -> pa.Table:
        with _connected(url) as connection, psycopg.RawCursor(connection) as cursor:
            cursor.execute(sql.replace("?", "$1").encode(), list(values))
            return to_arrow(cursor)

    return query


def _require_readable(url: str) -> None:
    """What the library says of an address it cannot take apart repeats its password."""
    try:
        psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise ForeignTablesError(
            "The address of the loader's database cannot be read.",
            hint="Write postgresql://user:password@host/database; what is no letter or digit in "
            "the password has to be percent-encoded.",
            field="database",
        ) from None


@contextmanager
def _connected(url: str) -> Generator[psycopg.Connection[Any]]:
    """The address holds a password, so no error repeats it."""
    try:
        with psycopg.connect(
            url, autocommit=True, connect_timeout=10, options="-c timezone=UTC"
        ) as connection:
            connection.read_only = True
            yield connection
    except psycopg.OperationalError as error:
        raise ForeignTablesError(
            "The database of the loader does not answer, or does not let us in: "
            f"{type(error).__name__}.",
            hint="Check address, login and password; the login only needs to read.",
            field="database",
        ) from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise ForeignTablesError(
            f"The login may not read the loader's tables: {str(error).splitlines()[0]}.",
            hint="Grant it select on the tables of the schema.",
            field="database",
        ) from error


def _selected(name: str, kind: str) -> str:
    """JSON is wanted as it is written."""
    quoted = _quoted(name)
    return f"cast({quoted} as text) as {quoted}" if kind.lower() in _JSON else quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
