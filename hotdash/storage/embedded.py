"""A Postgres of our own where none is configured: started for its first user, stopped by its last."""

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.storage import embedded_folders
from hotdash.storage.embedded_account import Account, me, server_account
from hotdash.storage.embedded_binaries import reachable_binaries
from hotdash.storage.embedded_folders import PORT, SYSTEM_HOME, Folders
from hotdash.storage.embedded_lock import SharedLock, exclusive
from hotdash.storage.embedded_server import ADMIN, Server

OWNER = "hotdash"
WEB = "hotdash_web"
DATABASE = "hotdash"


@dataclass(frozen=True)
class EmbeddedUrls:
    """The owner's login for jobs and migrations, and the web server's login under RLS."""

    owner: str
    web: str


class EmbeddedPostgres:
    """Any number of processes may start it on one home; they share one server."""

    def __init__(
        self,
        home: Path,
        *,
        options: Mapping[str, str] | None = None,
        system_home: Path = SYSTEM_HOME,
    ) -> None:
        self._own = home.absolute() / "postgres"
        self._options = dict(options or {})
        self._system_home = system_home
        self._running: tuple[Server, SharedLock] | None = None

    def start(self) -> EmbeddedUrls:
        if sys.platform == "win32":
            raise UnavailableError(
                "The embedded Postgres needs unix sockets, which Windows does not have.",
                hint="Set HOTDASH_DATABASE_URL to a Postgres 15 to 18.",
                field="database_url",
            )
        try:
            self._own.mkdir(mode=0o700, parents=True, exist_ok=True)
            account = server_account(self._system_home)
            with self._nobody_starting():
                return self._start(account)
        except OSError as error:
            raise self._not_writable(error) from error

    def stop(self) -> None:
        """The last user stops the server; a user that was killed no longer counts."""
        if self._running is None:
            return
        server, use = self._running
        self._running = None
        with self._nobody_starting():
            try:
                if use.is_last():
                    server.stop()
            finally:
                use.release()

    def erase(self) -> None:
        """Stop the server and delete every byte of it."""
        self.stop()
        account = server_account(self._system_home)
        with self._nobody_starting():
            if not (self._own / "instance").is_file():
                return
            folders = embedded_folders.locate(self._own, account, self._system_home)
            embedded_folders.refuse_copied_home(self._own, folders)
            self._stop_for_good(folders, account)
            embedded_folders.remove(folders)
            (self._own / "instance").unlink()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @contextmanager
    def _nobody_starting(self) -> Generator[None]:
        """Where the home was deleted under a running server, nobody can start there either."""
        if not self._own.is_dir():
            yield
            return
        with exclusive(self._own / "start.lock"):
            yield

    def _start(self, account: Account) -> EmbeddedUrls:
        folders = embedded_folders.prepare(self._own, account, self._system_home)
        server = self._server(folders, account)
        use = SharedLock(folders.users_lock)
        try:
            _write_access_rules(folders, account)
            server.ensure_running()
            _ensure_database(server)
        except BaseException:
            if use.is_last():
                server.stop()
            use.release()
            raise
        self._release_former_use()
        self._running = (server, use)
        return EmbeddedUrls(_url(folders, OWNER, DATABASE), _url(folders, WEB, DATABASE))

    def _server(self, folders: Folders, account: Account) -> Server:
        binaries = reachable_binaries(account, self._system_home)
        return Server(folders, binaries, account, self._options)

    def _release_former_use(self) -> None:
        if self._running is not None:
            self._running[1].release()

    def _stop_for_good(self, folders: Folders, account: Account) -> None:
        if not folders.instance.is_dir():
            return
        use = SharedLock(folders.users_lock)
        try:
            if not use.is_last():
                raise ConflictError(
                    f"The embedded Postgres of {self._own.parent} is in use by another process.",
                    hint="Stop the other Hotdash on this home first.",
                )
            self._server(folders, account).stop()
        finally:
            use.release()

    def _not_writable(self, error: OSError) -> UnavailableError:
        return UnavailableError(
            f"The embedded Postgres cannot be started: {error.strerror}: {error.filename}.",
            hint=f"Make {self._own.parent} a folder that you may write, on a disk with room.",
            field="home",
        )


def _write_access_rules(folders: Folders, account: Account) -> None:
    """No password exists: the kernel tells Postgres who is at the other end of the socket."""
    folders.access_rules.write_text("local all all peer map=hotdash\n")
    names = sorted({me().name, account.name})
    folders.access_names.write_text("".join(f'hotdash "{name}" all\n' for name in names))
    for file in (folders.access_rules, folders.access_names):
        file.chmod(0o644)


def _ensure_database(server: Server) -> None:
    """The owner is no superuser, as in a hosted Postgres; made with it is the web server's role."""
    if _answers(_url(server.folders, OWNER, DATABASE)):
        return
    admin = ("-h", str(server.folders.socket), "-p", str(PORT), "-U", ADMIN, "-w")
    for program, *arguments in (
        ("createuser", "--createdb", "--createrole", OWNER),
        ("createuser", f"--with-admin={OWNER}", WEB),
        ("createdb", f"--owner={OWNER}", DATABASE),
    ):
        done = server.run(program, *admin, *arguments)
        if done.returncode != 0 and "already exists" not in done.stderr:
            raise UnavailableError(
                f"The embedded Postgres in {server.folders.instance} cannot be set up: "
                f"{done.stderr.strip()}",
                hint=f"See {server.folders.log}.",
            )


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _url(folders: Folders, user: str, database: str) -> str:
    host = quote(str(folders.socket), safe="")
    return f"postgresql://{user}@/{database}?host={host}&port={PORT}"
