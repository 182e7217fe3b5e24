"""Transactions on the app database: one per request or job, and nobody else commits."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, LiteralString, cast
from uuid import UUID

import psycopg
from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, UnavailableError
from hotdash.storage.appdb.connection import connect, describe, explain, fetch_value
from hotdash.storage.appdb.loop_connection import LoopConnection

WEB_ROLE = "hotdash_web"
# The token that this request came with: row-level security then shows no more than it opens.
token_in_use: ContextVar[UUID | None] = ContextVar("token_in_use", default=None)


class UnusableTextError(HotdashError):
    code = "unusable_text"

    def __init__(self) -> None:
        super().__init__(
            "What was sent holds a character that no text may hold (NUL).",
            hint="Remove it and send the rest again.",
        )


class Database:
    """The owner's login writes and migrates; what the web reads goes through row-level security."""

    def __init__(
        self, url: str, *, direct_url: str | None = None, web_url: str | None = None
    ) -> None:
        self._url = url
        self._web_url = web_url
        self.direct_uri = direct_url or url
        is_pooled = direct_url is not None
        self._owner = _engine(url, is_pooled)
        self._snapshots = self._owner.execution_options(isolation_level="REPEATABLE READ")
        web = _engine(web_url, is_pooled) if web_url else self._owner
        self._web = web.execution_options(isolation_level="REPEATABLE READ")
        self._in_loop = LoopConnection(web_url or url)

    @contextmanager
    def jobs(self) -> Generator[Session]:
        """The owner's transaction: sees every shop."""
        with self._transaction(self._owner, self._url) as session:
            yield session

    @contextmanager
    def rehearsal(self) -> Generator[Session]:
        """The owner's transaction, taken back at its end: what it would do is known by having done it."""
        with self.jobs() as session:
            trying = session.begin_nested()
            yield session
            trying.rollback()

    @contextmanager
    def snapshot(self) -> Generator[Session]:
        """The owner's view of every shop in one snapshot: for commands that only read."""
        with self._transaction(self._snapshots, self._url) as session:
            yield session

    @contextmanager
    def as_user(self, user_id: UUID | None) -> Generator[Session]:
        """One snapshot in which row-level security shows the shops of this user and no other."""
        with self._transaction(self._web, self._web_url or self._url) as session:
            if self._web_url is None:
                session.execute(text(f"set local role {WEB_ROLE}"))
            session.execute(
                text(
                    "select set_config('hotdash.user_id', :user_id, true),"
                    " set_config('hotdash.token_id', :token_id, true)"
                ),
                {"user_id": str(user_id or ""), "token_id": str(token_in_use.get() or "")},
            )
            yield session

    @contextmanager
    def glance(self) -> Generator[psycopg.Connection]:
        """One round trip instead of four, for functions that check by themselves who asks.

        No user is set here: with a web login row-level security shows nothing at all.
        """
        url = self._web_url or self._url
        with _explained(url):
            pooled = self._web.raw_connection()
        connection = cast(psycopg.Connection, pooled.driver_connection)
        connection.autocommit = True
        try:
            with _told_clearly(url):
                yield connection
        finally:
            if connection.closed:
                pooled.invalidate()
            else:
                connection.autocommit = False
            pooled.close()

    async def ask(self, query: LiteralString, told: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """A glance from the event loop that only reads; one at a time."""
        with _told_clearly(self._web_url or self._url):
            return await self._in_loop.ask(query, told)

    @contextmanager
    def direct(self) -> Generator[psycopg.Connection]:
        """A connection that keeps its session, in autocommit: for locks, COPY and maintenance."""
        connection = self.direct_connection()
        try:
            yield connection
        finally:
            connection.close()

    def direct_connection(self) -> psycopg.Connection:
        """The same for whoever keeps it; closing it is theirs."""
        return connect(self.direct_uri, autocommit=True)

    @contextmanager
    def schema_change(self) -> Generator[Connection]:
        """One transaction on the direct connection, for migrations."""
        engine = _engine(self.direct_uri, is_pooled=True)
        with _explained(self.direct_uri), engine.begin() as connection:
            yield connection

    @contextmanager
    def schema_rehearsal(self) -> Generator[Connection]:
        """The same, and what was done is taken back."""
        with self.schema_change() as connection:
            yield connection
            connection.rollback()

    def session_engine(self) -> Engine:
        """For a library that keeps tables of its own; whoever asks disposes of it."""
        return _engine(self.direct_uri, is_pooled=False)

    def check(self) -> str:
        """The server's version, or the error that says what is wrong with which login."""
        with self.direct() as connection:
            version = str(fetch_value(connection, "show server_version"))
        if self._web_url is None:
            _require_web_role(self._url)
        else:
            connect(self._url).close()
            _refuse_privileged(self._web_url)
        return version

    def dispose(self) -> None:
        self._owner.dispose()
        self._web.dispose()
        self._in_loop.close()

    @contextmanager
    def _transaction(self, engine: Engine, url: str) -> Generator[Session]:
        with (
            _explained(url),
            Session(engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session


@contextmanager
def session_within(connection: Connection) -> Generator[Session]:
    """In somebody else's transaction, who ends it."""
    with Session(connection, join_transaction_mode="create_savepoint") as session, session.begin():
        yield session


def _engine(url: str, is_pooled: bool) -> Engine:
    """Behind a pooler every transaction asks it for a connection; without one we keep our own."""

    def open_connection() -> Any:
        return connect(url)

    driver = "postgresql+psycopg://"
    if is_pooled:
        return create_engine(
            driver, creator=open_connection, poolclass=NullPool, use_native_hstore=False
        )
    return create_engine(
        driver,
        creator=open_connection,
        poolclass=QueuePool,
        pool_size=5,
        max_overflow=15,
        pool_pre_ping=True,
        use_native_hstore=False,
    )


@contextmanager
def _told_clearly(url: str) -> Generator[None]:
    """What psycopg says where SQLAlchemy is not between."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise explain(describe(url), error) from error
    except psycopg.DataError as error:
        raise UnusableTextError() from error


@contextmanager
def _explained(url: str) -> Generator[None]:
    try:
        yield
    except DBAPIError as error:
        explained = _explain(url, error)
        if explained is None:
            raise
        raise explained from error


def _explain(url: str, error: DBAPIError) -> HotdashError | None:
    if isinstance(
        error.orig, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected
    ):
        return ConflictError(
            "Somebody else changed the same thing at the same moment.", hint="Try again."
        )
    if isinstance(error.orig, psycopg.DataError) and "NUL" in str(error.orig):
        return UnusableTextError()
    lost = error.connection_invalidated or isinstance(error.orig, psycopg.errors.AdminShutdown)
    if isinstance(error, OperationalError) and lost:
        return explain(describe(url), error.orig or error)
    return None


def _require_web_role(url: str) -> None:
    """Before Postgres 16 every member of a role may take it; since then that is granted apart."""
    with connect(url, autocommit=True) as connection:
        privilege = "set" if connection.info.server_version >= 160_000 else "member"
        may_take = connection.execute(
            "select pg_catalog.pg_has_role(oid, %s) from pg_catalog.pg_roles where rolname = %s",
            [privilege, WEB_ROLE],
        ).fetchone()
    if may_take == (False,):
        raise UnavailableError(
            f"The login of {describe(url)} may not take the role {WEB_ROLE}.",
            hint=f"Grant it: grant {WEB_ROLE} to that login; or give the web server a login of "
            "its own in HOTDASH_DATABASE_WEB_URL.",
            field="database_web_url",
        )


def _refuse_privileged(web_url: str) -> None:
    with connect(web_url, autocommit=True) as connection:
        is_privileged = fetch_value(
            connection,
            "select r.rolsuper or r.rolbypassrls or pg_catalog.pg_has_role(n.nspowner, 'member')"
            " from pg_catalog.pg_roles r left join pg_catalog.pg_namespace n on n.nspname = 'app'"
            " where r.rolname = current_user",
        )
    if is_privileged:
        raise UnavailableError(
            f"The web login {describe(web_url)} is not under row-level security.",
            hint=f"Give it no ownership, no superuser and no bypassrls, only the role {WEB_ROLE}.",
            field="database_web_url",
        )
