"""Who sees what in which transaction, and that nothing of it stays on the connection."""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.shops import SeededShop, add_shop, keep_password

TwoShops = tuple[SeededShop, SeededShop]


@pytest.fixture(params=["one login", "a web login", "behind a pooler"])
def any_database(request: pytest.FixtureRequest, database_urls: DatabaseUrls) -> Iterator[Database]:
    """All the ways in which the two logins and a pooler can be configured."""
    owner, web = database_urls.owner, database_urls.web
    database = {
        "one login": lambda: Database(owner),
        "a web login": lambda: Database(owner, web_url=web),
        "behind a pooler": lambda: Database(owner, direct_url=owner),
    }[request.param]()
    yield database
    database.dispose()


@pytest.fixture
def shops(any_database: Database) -> TwoShops:
    with any_database.jobs() as session:
        return add_shop(session, "hot-rod-an"), add_shop(session, "kustom-kyoto", currency="JPY")


def visible_shops(database: Database, user_id: UUID | None) -> list[str]:
    with database.as_user(user_id) as session:
        return list(session.scalars(text("select shop_id from app.shops order by shop_id")))


def value(session: Session, query: str) -> object:
    return session.scalar(text(query))


class TestAsUser:
    def test_shows_the_shops_of_this_user_only(
        self, any_database: Database, shops: TwoShops
    ) -> None:
        for shop in shops:
            assert visible_shops(any_database, shop.owner_id) == [shop.shop_id]

    def test_shows_nothing_to_nobody(self, any_database: Database, shops: TwoShops) -> None:
        assert visible_shops(any_database, shops[0].owner_id)
        assert visible_shops(any_database, None) == []

    def test_shows_nothing_to_a_disabled_user(
        self, any_database: Database, shops: TwoShops
    ) -> None:
        with any_database.jobs() as session:
            session.execute(text("update app.users set disabled_at = now()"))
        assert visible_shops(any_database, shops[0].owner_id) == []

    def test_runs_as_the_web_role(self, any_database: Database) -> None:
        with any_database.as_user(None) as session:
            assert value(session, "select current_user") == "hotdash_web"

    def test_may_not_change_a_shop(self, any_database: Database, shops: TwoShops) -> None:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            any_database.as_user(shops[0].owner_id) as session,
        ):
            session.execute(text("update app.shops set name = 'mine'"))

    def test_reads_one_snapshot(self, any_database: Database, shops: TwoShops) -> None:
        with any_database.as_user(shops[0].owner_id) as session:
            before = value(session, "select name from app.shops")
            with any_database.jobs() as other:
                other.execute(text("update app.shops set name = 'New name'"))
            assert value(session, "select name from app.shops") == before
        with any_database.as_user(shops[0].owner_id) as session:
            assert value(session, "select name from app.shops") == "New name"

    def test_two_who_change_the_same_thing_get_a_clear_answer(
        self, database: Database, two_shops: TwoShops
    ) -> None:
        user = two_shops[0].owner_id
        keep_password(database, user, "x")
        change = text("select app.rehash_my_password('x', 'x')")

        def change_twice() -> None:
            with database.as_user(user) as first:
                value(first, "select 1 from app.shops")
                with database.as_user(user) as second:
                    second.execute(change)
                first.execute(change)

        with pytest.raises(ConflictError, match="Somebody else changed"):
            change_twice()


class TestJobs:
    def test_sees_every_shop(self, any_database: Database, shops: TwoShops) -> None:
        with any_database.jobs() as session:
            assert value(session, "select count(*) from app.shops") == len(shops)

    def test_commits_at_the_end(self, database: Database) -> None:
        with database.jobs() as session:
            add_shop(session, "hot-rod-an")
        with database.jobs() as session:
            assert value(session, "select count(*) from app.shops") == 1

    def test_takes_everything_back_on_an_error(self, database: Database) -> None:
        def fail_halfway() -> None:
            with database.jobs() as session:
                add_shop(session, "hot-rod-an")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail_halfway()
        with database.jobs() as session:
            assert value(session, "select count(*) from app.shops") == 0

    def test_errors_of_a_statement_stay_what_they_are(self, database: Database) -> None:
        with pytest.raises(IntegrityError), database.jobs() as session:
            add_shop(session, "Not A Slug")


@pytest.fixture(scope="module")
def one_connection(template_urls: DatabaseUrls) -> Iterator[Database]:
    with new_database(template_urls, TEMPLATE) as urls:
        database = Database(urls.owner)
        with database.jobs() as session:
            shop = add_shop(session, "hot-rod-an")
        for _ in range(8):
            assert visible_shops(database, shop.owner_id) == ["hot-rod-an"]
        yield database
        database.dispose()


class TestTheConnectionAfterwards:
    """A transaction pooler gives the same connection to somebody else next."""

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("select current_user", "hotdash"),
            ("select coalesce(current_setting('hotdash.user_id', true), '')", ""),
            ("select count(*) from pg_prepared_statements", 0),
            (
                "select string_agg(name, ' ') from pg_settings where source = 'session'"
                " and name not like 'transaction%'",
                None,
            ),
            ("select count(*) from pg_cursors", 0),
            ("select count(*) from pg_locks where locktype = 'advisory'", 0),
            ("show transaction_isolation", "read committed"),
            ("select count(*) from pg_stat_activity where datname = current_database()", 1),
        ],
    )
    def test_carries_nothing_over(
        self, one_connection: Database, query: str, expected: object
    ) -> None:
        with one_connection.jobs() as session:
            assert value(session, query) == expected

    def test_behind_a_pooler_no_connection_is_kept(self, database_urls: DatabaseUrls) -> None:
        database = Database(database_urls.owner, direct_url=database_urls.owner)
        with database.jobs() as session:
            assert value(session, "select 1") == 1
        with psycopg.connect(database_urls.owner, autocommit=True) as observer:
            others = (
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            # What was closed here takes the server a moment to end.
            deadline = time.monotonic() + 10
            while observer.execute(others).fetchone() != (0,):
                assert time.monotonic() < deadline
                time.sleep(0.05)


class TestDirect:
    def test_keeps_its_session(self, database: Database) -> None:
        with database.direct() as connection:
            connection.execute("select pg_advisory_lock(7)")
            held = connection.execute(
                "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
            ).fetchone()
            assert held == (1,)
            assert connection.autocommit

    def test_uses_the_direct_url_where_there_is_one(self, database_urls: DatabaseUrls) -> None:
        database = Database("postgresql://pooler.invalid/x", direct_url=database_urls.owner)
        assert database.direct_uri == database_urls.owner
        with database.direct() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


class TestALostServer:
    def test_a_connection_that_was_cut_is_explained(
        self, database: Database, cut: Callable[[int], None]
    ) -> None:
        def lose_the_server() -> None:
            with database.jobs() as session:
                cut(int(str(value(session, "select pg_backend_pid()"))))
                value(session, "select 1")

        with pytest.raises(UnavailableError, match=r"The database 'test_\w+' at .* as hotdash"):
            lose_the_server()

    def test_the_next_transaction_gets_a_new_connection(
        self, database: Database, cut: Callable[[int], None]
    ) -> None:
        with database.jobs() as session:
            pid = int(str(value(session, "select pg_backend_pid()")))
        cut(pid)
        with database.jobs() as session:
            assert value(session, "select 1") == 1

    @pytest.fixture
    def cut(self, database_urls: DatabaseUrls) -> Callable[[int], None]:
        def end_connection(pid: int) -> None:
            with psycopg.connect(database_urls.owner) as connection:
                connection.execute("select pg_terminate_backend(%s, 5000)", [pid])

        return end_connection
