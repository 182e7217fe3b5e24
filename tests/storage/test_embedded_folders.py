"""Where the embedded server lives, on whose behalf, and what it leaves alone."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hotdash.base.errors import UnavailableError
from hotdash.storage.embedded import EmbeddedPostgres
from hotdash.storage.embedded_account import ACCOUNT
from hotdash.storage.embedded_binaries import PACKAGE, wheel_binaries
from tests.fixtures.other_processes import NOBODY, as_normal_user
from tests.fixtures.postgres import NOT_DURABLE, new_home

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="concerns root only")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Unlike pytest's own folders it can be entered by every user; nobody owns it for root."""
    folder = Path(tempfile.mkdtemp(prefix="hotdash-open-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    folder = new_home("folders")
    yield folder
    EmbeddedPostgres(folder).erase()


def modes_above(*paths: Path) -> dict[Path, tuple[int, int, int]]:
    """Permissions and owners of these folders and of every folder above them."""
    folders = {folder for path in paths for folder in (path, *path.parents)}
    states = {folder: folder.stat() for folder in folders}
    return {path: (state.st_mode, state.st_uid, state.st_gid) for path, state in states.items()}


def start_and_stop(home: Path) -> str:
    server = EmbeddedPostgres(home, options=NOT_DURABLE)
    with server, psycopg.connect(server.start().owner) as connection:
        return connection.info.host


def erase(home: Path) -> None:
    EmbeddedPostgres(home).erase()


class TestAsANormalUser:
    @pytest.mark.parametrize(
        "name",
        ["with blanks", 'it\'s "odd", $HOME `x` \\ ünï 車', "deep/" * 30 + "path"],
        ids=["blanks", "odd characters", "longer than a socket path may be"],
    )
    def test_any_path_will_do(self, open_folder: Path, name: str) -> None:
        home = open_folder / name
        socket = as_normal_user(lambda: start_and_stop(home))
        data = next((home / "postgres").glob("*/data"))
        assert (data / "PG_VERSION").is_file()
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE(Path(socket).stat().st_mode) == 0o700
        as_normal_user(lambda: erase(home))
        assert not Path(socket).exists()

    def test_no_permission_outside_our_folders_changes(self, open_folder: Path) -> None:
        closed = open_folder / "closed"
        as_normal_user(lambda: closed.mkdir(mode=0o700))
        before = modes_above(closed, wheel_binaries().root)
        as_normal_user(lambda: start_and_stop(closed / "home"))
        assert modes_above(closed, wheel_binaries().root) == before

    @only_root
    def test_root_does_not_take_over_what_a_user_began(self, open_folder: Path) -> None:
        home = open_folder / "home"
        as_normal_user(lambda: start_and_stop(home))
        with pytest.raises(UnavailableError, match=f"started by the user with id {NOBODY}"):
            EmbeddedPostgres(home).start()

    def test_a_socket_folder_that_somebody_else_laid_out_is_refused(
        self, open_folder: Path
    ) -> None:
        home = open_folder / ("deep/" * 30 + "path")
        socket = Path(as_normal_user(lambda: start_and_stop(home)))
        socket.chmod(0o777)
        with pytest.raises((UnavailableError, AssertionError), match="is open to others"):
            as_normal_user(lambda: start_and_stop(home))
        as_normal_user(lambda: erase(home))


@only_root
class TestAsRoot:
    def test_the_server_runs_as_our_own_system_user(self, home: Path) -> None:
        with EmbeddedPostgres(home, options=NOT_DURABLE) as server:
            server.start()
            instance = (home / "postgres" / "instance").read_text()
            data = Path("/var/lib/hotdash/instances") / instance / "data"
            assert data.owner() == ACCOUNT
            assert (data.parent / "home").read_text() == f"{home}\n"
            assert stat.S_IMODE(data.stat().st_mode) == 0o700

    def test_a_closed_home_stays_closed(self, home: Path) -> None:
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        before = modes_above(closed, wheel_binaries().root)
        with EmbeddedPostgres(closed / "home", options=NOT_DURABLE) as server:
            server.start()
        assert modes_above(closed, wheel_binaries().root) == before
        erase(closed / "home")

    def test_a_moved_home_keeps_its_data(self, home: Path) -> None:
        server = EmbeddedPostgres(home / "old")
        with server, psycopg.connect(server.start().owner) as connection:
            connection.execute("create table kept as select 42 as answer")
        (home / "old").rename(home / "new")
        server = EmbeddedPostgres(home / "new")
        with server, psycopg.connect(server.start().owner) as connection:
            assert connection.execute("select answer from kept").fetchone() == (42,)
        erase(home / "new")

    @pytest.mark.parametrize("mask", [0o022, 0o077])
    def test_an_environment_out_of_reach_is_copied(
        self, home: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch, mask: int
    ) -> None:
        private = home / "site"
        copy_wheel(private)
        before = modes_above(private / PACKAGE)
        monkeypatch.syspath_prepend(private)
        system_home = open_folder / "system"
        server = EmbeddedPostgres(home / "home", options=NOT_DURABLE, system_home=system_home)
        former = os.umask(mask)
        try:
            with server, psycopg.connect(server.start().owner) as connection:
                assert connection.execute("select 1").fetchone() == (1,)
        finally:
            os.umask(former)
        assert list((system_home / "binaries").glob(f"*/{PACKAGE}/pginstall*/bin/postgres"))
        assert modes_above(private / PACKAGE) == before
        server.erase()


def copy_wheel(destination: Path) -> None:
    """The wheel as an environment below a home of mode 700 holds it."""
    destination.mkdir(mode=0o700)
    root = wheel_binaries().root
    for name in (PACKAGE, f"{PACKAGE}.libs", *(path.name for path in root.glob(f"{PACKAGE}-*"))):
        shutil.copytree(
            root / name,
            destination / name,
            ignore=shutil.ignore_patterns("pginstall", "include", "*.a"),
        )
