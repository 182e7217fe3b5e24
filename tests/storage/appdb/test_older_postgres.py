"""Row-level security with the logins of a rented server, on older versions, over TCP."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.session import Database
from tests.fixtures.other_postgres import TENANT, OtherPostgres
from tests.fixtures.shops import SeededShop, add_shop


@pytest.fixture(params=["one login", "a web login", "a web login that is the role"])
def rented(request: pytest.FixtureRequest, other_postgres: OtherPostgres) -> Iterator[Database]:
    url = other_postgres.new_tenant_url()
    migrate.upgrade(Database(url))
    web = None
    if request.param == "a web login":
        web = other_postgres.new_login("web", "in role hotdash_web")
    elif request.param == "a web login that is the role":
        web = "hotdash_web"
        other_postgres.run(f"alter role {{}} login password '{other_postgres.password}'", web)
    database = Database(url, web_url=web and url.replace(TENANT, web))
    yield database
    database.dispose()


@pytest.fixture
def two_rented_shops(rented: Database) -> tuple[SeededShop, SeededShop]:
    with rented.jobs() as session:
        return add_shop(session, "hot-rod-an"), add_shop(session, "kustom-kyoto")


def test_each_sees_their_own(
    rented: Database, two_rented_shops: tuple[SeededShop, SeededShop]
) -> None:
    assert rented.check().startswith(("15.", "16."))
    for shop in two_rented_shops:
        with rented.as_user(shop.owner_id) as session:
            assert list(session.scalars(text("select shop_id from app.shops"))) == [shop.shop_id]
    with rented.as_user(None) as session:
        assert list(session.scalars(text("select shop_id from app.shops"))) == []


def test_accounts_stay_closed(
    rented: Database, two_rented_shops: tuple[SeededShop, SeededShop]
) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for table users"),
        rented.as_user(two_rented_shops[0].owner_id) as session,
    ):
        session.execute(text("select * from app.users"))


def test_a_second_login_takes_the_owners_place_so_that_the_password_can_change(
    other_postgres: OtherPostgres,
) -> None:
    """As docs/runbooks/rotate-vendor-keys.md says it, with the old login's password still good."""
    url = other_postgres.new_tenant_url()
    first = Database(url)
    migrate.upgrade(first)
    second_login = other_postgres.new_login("owner_2", f"createrole in role {TENANT}")
    other_postgres.run("alter role {} set role {}", second_login, TENANT)
    second = Database(url.replace(TENANT, second_login))
    second.check()
    with second.jobs() as session:
        shop = add_shop(session, "hot-rod-an")
    migrate.downgrade(second, "-1")
    migrate.upgrade(second)
    for database in (first, second):
        with database.as_user(shop.owner_id) as session:
            assert list(session.scalars(text("select shop_id from app.shops"))) == ["hot-rod-an"]
        with database.direct() as connection:
            owners = connection.execute(
                "select distinct tableowner from pg_tables where schemaname in ('app', 'audit')"
            ).fetchall()
        assert owners == [(TENANT,)]
        database.dispose()
