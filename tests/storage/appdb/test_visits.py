from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from hotdash.base.errors import UnavailableError
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity, sign_in, visits
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
TOKEN_HASH = b"t" * 32


def open_session(database: Database, shop: SeededShop, token_hash: bytes = TOKEN_HASH) -> None:
    with database.as_user(None) as session:
        assert sign_in.open_session(
            session, token_hash, shop.owner_id, at=NOW, expires_at=NOW + timedelta(hours=1)
        )


def find(database: Database, shop_id: str | None = None, at: datetime = NOW) -> visits.Visit | None:
    with database.glance() as connection:
        return visits.find_visit(connection, TOKEN_HASH, at, shop_id)


class TestFindVisit:
    def test_who_and_which_shops(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        first, second = two_shops
        open_session(database, first)
        visit = find(database, first.shop_id)
        assert visit is not None
        assert visit.user_id == first.owner_id
        assert not visit.has_password
        assert visit.edition
        assert list(visit.shops) == [first.shop_id]
        assert visit.shops[first.shop_id].role is Role.OWNER
        assert second.shop_id not in visit.shops

    def test_a_foreign_shop_has_no_edition(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        open_session(database, two_shops[0])
        visit = find(database, two_shops[1].shop_id)
        assert visit is not None
        assert visit.edition is None

    def test_an_unknown_session_is_nobody(self, database: Database) -> None:
        assert find(database) is None

    def test_an_expired_session_is_nobody(self, database: Database, shop: SeededShop) -> None:
        open_session(database, shop)
        assert find(database, at=NOW + timedelta(hours=1)) is None

    def test_a_disabled_user_is_nobody(self, database: Database, shop: SeededShop) -> None:
        open_session(database, shop)
        with database.jobs() as session:
            identity.disable_user(session, shop.owner_id, NOW)
        assert find(database) is None


def test_other_sessions_end_and_this_one_stays(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    mine, theirs = two_shops
    open_session(database, mine)
    open_session(database, mine, b"o" * 32)
    open_session(database, theirs, b"x" * 32)
    with database.as_user(mine.owner_id) as session:
        sign_in.end_my_other_ways_in(session, TOKEN_HASH)
    with database.glance() as connection:
        found = [visits.find_visit(connection, each * 32, NOW) for each in (b"t", b"o", b"x")]
    assert [visit is not None for visit in found] == [True, False, True]


class TestGlance:
    def test_the_web_sees_nothing_of_anybody(self, database: Database, shop: SeededShop) -> None:
        with database.glance() as connection:
            assert connection.execute("select count(*) from app.shops").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("select * from app.sessions")

    def test_it_leaves_the_connection_fit_for_transactions(
        self, database: Database, shop: SeededShop
    ) -> None:
        with database.glance() as connection:
            connection.execute("select 1")
        with database.as_user(shop.owner_id) as session:
            isolation = session.connection().get_isolation_level()
        assert isolation == "REPEATABLE READ"

    def test_a_server_that_is_away_is_told_clearly(self) -> None:
        away = Database("postgresql://nobody@127.0.0.1:1/nothing")
        with pytest.raises(UnavailableError, match="nothing listens there"), away.glance():
            pass
