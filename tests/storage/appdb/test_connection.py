"""Every way in which the app database can be out of reach is one clear error with its mend."""

import socket
import threading
from collections.abc import Iterator

import pytest

from hotdash.base.errors import UnavailableError
from hotdash.storage.appdb import connection, migrate
from hotdash.storage.appdb.session import Database
from tests.fixtures.other_postgres import OtherPostgres
from tests.fixtures.postgres import DatabaseUrls

PASSWORD = "hunter2-is-secret"


def refusal(url: str) -> UnavailableError:
    with pytest.raises(UnavailableError) as refused:
        Database(url).check()
    error = refused.value
    assert PASSWORD not in str(error)
    assert error.hint
    assert error.field == "database_url"
    return error


@pytest.fixture
def silent_server() -> Iterator[int]:
    """It takes connections and never says a word, as a wrong port or a firewall may."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def web_server() -> Iterator[int]:
    """Something that speaks another protocol."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer_as_http, args=[server], daemon=True).start()
        yield server.getsockname()[1]


def _answer_as_http(server: socket.socket) -> None:
    try:
        while True:
            client, _ = server.accept()
            with client:
                client.recv(64)
                client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    except OSError:
        return


class TestRefusals:
    def test_nothing_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        error = refusal(f"postgresql://app:{PASSWORD}@127.0.0.1:{port}/shop")
        assert f"'shop' at 127.0.0.1:{port} as app" in error.message
        assert "nothing listens there" in error.message

    def test_an_unknown_host(self) -> None:
        error = refusal(f"postgresql://app:{PASSWORD}@no-such-host.invalid/shop")
        assert "'shop' at no-such-host.invalid:5432" in error.message
        assert "host name is unknown" in error.message

    def test_a_server_that_never_answers(self, silent_server: int) -> None:
        url = f"postgresql://app:{PASSWORD}@127.0.0.1:{silent_server}/shop?connect_timeout=2"
        assert "does not answer within" in refusal(url).message

    def test_a_server_of_another_kind(self, web_server: int) -> None:
        error = refusal(f"postgresql://app:{PASSWORD}@127.0.0.1:{web_server}/shop?sslmode=disable")
        assert f"127.0.0.1:{web_server}" in error.message

    @pytest.mark.parametrize(
        "url",
        [
            f"postgresql://app:{PASSWORD}@host:not-a-port/shop",
            f"postgresql://app:{PASSWORD}%zz@host/shop",
            f"postgresql://app:{PASSWORD}@[host/shop",
            f"postgresql://app:{PASSWORD}@host/shop?no_such_option=1",
        ],
    )
    def test_a_url_that_cannot_be_read(self, url: str) -> None:
        error = refusal(url)
        assert error.message.startswith("The database ")
        assert "postgresql://" in error.hint or "database URL" in error.hint

    def test_a_socket_folder_that_is_not_there(self) -> None:
        error = refusal("postgresql://app@/shop?host=/no/such/folder")
        assert "'shop' at /no/such/folder:5432" in error.message

    def test_a_wrong_password(self, other_postgres: OtherPostgres) -> None:
        error = refusal(other_postgres.url("admin", "postgres", PASSWORD))
        assert f"'postgres' at 127.0.0.1:{other_postgres.port} as admin" in error.message
        assert "refuses the user or the password" in error.message

    def test_a_missing_database(self, other_postgres: OtherPostgres) -> None:
        error = refusal(other_postgres.url("admin", "absent"))
        assert "has no such database" in error.message

    def test_a_version_that_is_not_supported(
        self, database_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection, "NEWEST", 17)
        error = refusal(database_urls.owner)
        assert "is Postgres 18." in error.message
        assert "15 to 17" in error.hint

    def test_every_transaction_tells_it_the_same_way(self) -> None:
        database = Database("postgresql://app@/shop?host=/no/such/folder")
        with (
            pytest.raises(UnavailableError, match="/no/such/folder"),
            database.jobs() as session,
        ):
            session.connection()
        with pytest.raises(UnavailableError, match="/no/such/folder"), database.as_user(None):
            pytest.fail("there is no such database")
        with pytest.raises(UnavailableError, match="/no/such/folder"):
            migrate.upgrade(database)


class TestCheck:
    def test_tells_the_version(self, database: Database) -> None:
        assert database.check().startswith("18.")

    def test_works_before_the_first_migration(self, empty_database_urls: DatabaseUrls) -> None:
        assert Database(empty_database_urls.owner, web_url=empty_database_urls.web).check()

    def test_refuses_a_web_login_that_owns_the_tables(self, database_urls: DatabaseUrls) -> None:
        with pytest.raises(UnavailableError, match="not under row-level security") as refused:
            Database(database_urls.owner, web_url=database_urls.owner).check()
        assert refused.value.field == "database_web_url"

    def test_refuses_one_login_that_may_not_take_the_web_role(
        self, other_postgres: OtherPostgres
    ) -> None:
        migrate.upgrade(Database(other_postgres.new_tenant_url()))
        stranger = other_postgres.new_login("stranger", "createrole")
        database = Database(other_postgres.url(stranger, other_postgres.new_database(stranger)))
        migrate.upgrade(database)
        other_postgres.run("revoke hotdash_web from {} cascade", stranger)
        with pytest.raises(UnavailableError, match="may not take the role hotdash_web"):
            database.check()
