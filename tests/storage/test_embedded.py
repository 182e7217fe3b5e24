"""One server for all who use one home: started by the first, stopped by the last."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from adbc_driver_postgresql import dbapi

from hotdash.base.errors import ConflictError
from hotdash.storage.embedded import EmbeddedPostgres
from hotdash.storage.embedded_lock import exclusive
from tests.fixtures.other_processes import OtherProcess, as_normal_user
from tests.fixtures.postgres import NOT_DURABLE, new_home


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Its data are made once; between the tests its server is down."""
    folder = new_home()
    yield folder
    EmbeddedPostgres(folder).erase()


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home, options=NOT_DURABLE)
    yield server
    server.stop()


@pytest.fixture
def fresh_home() -> Iterator[Path]:
    folder = new_home("fresh")
    yield folder
    EmbeddedPostgres(folder).erase()


def started_at(url: str) -> object:
    return answer(url, "select pg_postmaster_start_time()")


def answer(url: str, query: str) -> object:
    with psycopg.connect(url, connect_timeout=10) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def is_up(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


class TestLogins:
    def test_the_owner_is_no_superuser_and_owns_the_database(
        self, server: EmbeddedPostgres
    ) -> None:
        with server:
            owner = server.start().owner
            assert answer(owner, "show server_version_num")
            assert answer(owner, "select current_user || ' ' || current_database()") == (
                "hotdash hotdash"
            )
            assert answer(owner, "show is_superuser") == "off"

    def test_the_web_login_owns_nothing(self, server: EmbeddedPostgres) -> None:
        with server:
            web = server.start().web
            assert answer(web, "select current_user") == "hotdash_web"
            assert answer(web, "select pg_has_role('hotdash', 'member')") is False

    def test_adbc_takes_the_same_url(self, server: EmbeddedPostgres) -> None:
        with server:
            url = server.start().owner
            with dbapi.connect(url) as connection, connection.cursor() as cursor:
                cursor.execute("select current_user::text")
                assert cursor.fetchone() == ("hotdash",)

    def test_nobody_else_on_the_machine_gets_in(self, server: EmbeddedPostgres) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can try to get in as somebody else")
        with server:
            urls = server.start()
            assert not as_normal_user(lambda: is_up(urls.owner))
            assert not as_normal_user(lambda: is_up(urls.web))

    def test_nothing_listens_on_the_network(self, server: EmbeddedPostgres) -> None:
        with server:
            assert answer(server.start().owner, "show listen_addresses") == ""

    def test_what_is_committed_is_on_the_disk(self, home: Path) -> None:
        with EmbeddedPostgres(home) as server:
            assert answer(server.start().owner, "show fsync") == "on"
            assert answer(server.start().owner, "show synchronous_commit") == "on"


class TestSharing:
    def test_two_users_share_one_server_and_the_last_one_stops_it(
        self, home: Path, server: EmbeddedPostgres
    ) -> None:
        url = server.start().owner
        other = EmbeddedPostgres(home)
        assert started_at(other.start().owner) == started_at(url)
        server.stop()
        assert is_up(url)
        other.stop()
        assert not is_up(url)

    def test_another_process_counts(self, home: Path, server: EmbeddedPostgres) -> None:
        other = OtherProcess(home)
        url = other.owner_url()
        assert server.start().owner == url
        server.stop()
        assert is_up(url)
        other.leave()
        assert not is_up(url)

    def test_a_killed_process_leaves_the_server_to_the_next(
        self, home: Path, server: EmbeddedPostgres
    ) -> None:
        other = OtherProcess(home)
        url = other.owner_url()
        before = started_at(url)
        other.kill()
        assert started_at(url) == before
        assert started_at(server.start().owner) == before
        server.stop()
        assert not is_up(url), "a killed user no longer counts"

    def test_two_processes_that_start_at_once_get_one_server(self, fresh_home: Path) -> None:
        first, second = OtherProcess(fresh_home), OtherProcess(fresh_home)
        assert started_at(first.owner_url()) == started_at(second.owner_url())
        first.leave()
        second.leave()

    def test_threads_that_start_at_once_get_one_server(self, home: Path) -> None:
        servers = [EmbeddedPostgres(home, options=NOT_DURABLE) for _ in range(4)]
        threads = [threading.Thread(target=server.start) for server in servers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len({started_at(server.start().owner) for server in servers}) == 1
        for server in servers:
            server.stop()

    def test_starting_twice_is_using_once(self, server: EmbeddedPostgres) -> None:
        server.start()
        url = server.start().owner
        server.stop()
        assert not is_up(url)

    def test_stopping_twice_is_harmless(self, server: EmbeddedPostgres) -> None:
        server.start()
        server.stop()
        server.stop()

    def test_data_outlives_the_server(self, server: EmbeddedPostgres) -> None:
        with psycopg.connect(server.start().owner) as connection:
            connection.execute("create table kept as select 42 as answer")
        server.stop()
        with server:
            assert answer(server.start().owner, "select answer from kept") == 42


class TestErasing:
    def test_nothing_is_left(self, fresh_home: Path) -> None:
        server = EmbeddedPostgres(fresh_home, options=NOT_DURABLE)
        url = server.start().owner
        data = data_folder(fresh_home)
        server.erase()
        assert not is_up(url)
        assert not data.parent.exists()
        assert not (fresh_home / "postgres" / "instance").exists()

    def test_a_server_that_another_process_uses_is_kept(
        self, home: Path, server: EmbeddedPostgres
    ) -> None:
        other = OtherProcess(home)
        url = other.owner_url()
        with pytest.raises(ConflictError, match="in use by another process"):
            server.erase()
        assert is_up(url)
        other.leave()

    def test_a_home_that_was_deleted_while_others_waited_to_erase_it(
        self, fresh_home: Path
    ) -> None:
        with EmbeddedPostgres(fresh_home, options=NOT_DURABLE):
            pass
        with ThreadPoolExecutor(2) as threads:
            with exclusive(fresh_home / "postgres" / "start.lock"):
                erasing = [threads.submit(EmbeddedPostgres(fresh_home).erase) for _ in range(2)]
                time.sleep(0.2)
                shutil.rmtree(data_folder(fresh_home).parent)
                shutil.rmtree(fresh_home)
            for done in erasing:
                done.result()

    def test_a_home_that_never_had_one_is_fine(self, tmp_path: Path) -> None:
        EmbeddedPostgres(tmp_path / "never").erase()
        assert not (tmp_path / "never").exists()


class TestAfterACrash:
    def test_a_killed_postmaster_is_started_anew_with_all_that_was_committed(
        self, home: Path
    ) -> None:
        with EmbeddedPostgres(home) as server:
            connection = psycopg.connect(server.start().owner, autocommit=True)
            connection.execute("create table survivor as select 42 as answer")
            os.kill(postmaster(home), signal.SIGKILL)
            with EmbeddedPostgres(home) as next_server:
                assert answer(next_server.start().owner, "select answer from survivor") == 42
            connection.close()

    def test_a_home_that_was_deleted_under_a_running_server(self, fresh_home: Path) -> None:
        server = EmbeddedPostgres(fresh_home, options=NOT_DURABLE)
        url = server.start().owner
        folder = data_folder(fresh_home).parent
        shutil.rmtree(fresh_home)
        server.stop()
        if folder.exists():
            assert not is_up(url)
            shutil.rmtree(folder)

    def test_a_pid_file_of_a_process_that_is_gone(
        self, home: Path, server: EmbeddedPostgres
    ) -> None:
        server.start()
        server.stop()
        write_pid_file(home, 2**22 + 1)
        with server:
            assert is_up(server.start().owner)

    def test_a_pid_file_that_names_somebody_else_by_now(
        self, home: Path, server: EmbeddedPostgres
    ) -> None:
        server.start()
        server.stop()
        write_pid_file(home, os.getpid())
        with server:
            assert is_up(server.start().owner)
            assert postmaster(home) != os.getpid()

    def test_data_that_were_only_half_made(self, fresh_home: Path) -> None:
        server = EmbeddedPostgres(fresh_home, options=NOT_DURABLE)
        server.start()
        server.stop()
        unfinished = data_folder(fresh_home).with_name("data.unfinished")
        data_folder(fresh_home).rename(unfinished)
        (unfinished / "PG_VERSION").unlink()
        with server:
            assert is_up(server.start().owner)
        assert not unfinished.exists()

    def test_a_setup_that_was_killed_before_the_database_was_made(
        self, home: Path, server: EmbeddedPostgres
    ) -> None:
        url = server.start().owner
        admin = url.replace("hotdash@/hotdash?", "postgres@/postgres?")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("drop database hotdash")
        server.stop()
        with server:
            assert is_up(server.start().owner)


def data_folder(home: Path) -> Path:
    name = (home / "postgres" / "instance").read_text().strip()
    beside = home / "postgres" / name / "data"
    return beside if beside.exists() else Path("/var/lib/hotdash/instances") / name / "data"


def postmaster(home: Path) -> int:
    return int((data_folder(home) / "postmaster.pid").read_text().splitlines()[0])


def write_pid_file(home: Path, pid: int) -> None:
    data = data_folder(home)
    file = data / "postmaster.pid"
    file.write_text(
        f"{pid}\n{data}\n1700000000\n5432\n{data.parent / 'socket'}\n\n  1 1\nready   \n"
    )
    owner = data.stat()
    os.chown(file, owner.st_uid, owner.st_gid)
    file.chmod(0o600)
