"""All that the web role can do with people."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity, memberships, sign_in
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop, keep_password

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TOKEN, OTHER = sha256(b"token").digest(), sha256(b"other").digest()
EMAIL = sha256(b"owner@hot-rod-an.example").digest()


class TestAccounts:
    def test_are_found_with_the_hash_to_match(self, database: Database, shop: SeededShop) -> None:
        keep_password(database, shop.owner_id, "$argon2id$x")
        with database.as_user(None) as session:
            account = sign_in.find_account(session, shop.owner_email.upper())
        assert account == sign_in.Account(shop.owner_id, "$argon2id$x")

    def test_of_nobody(self, database: Database) -> None:
        with database.as_user(None) as session:
            assert sign_in.find_account(session, "nobody@nowhere.example") is None


class TestOwnPassword:
    """Set in a session of one's own, and only while what was shown before still holds."""

    @pytest.fixture(autouse=True)
    def _sessions(self, database: Database, two_shops: tuple[SeededShop, SeededShop]) -> None:
        with database.as_user(None) as session:
            for token, shop in zip((TOKEN, OTHER), two_shops, strict=True):
                sign_in.open_session(session, token, shop.owner_id, at=NOW, expires_at=SOON)

    def set(
        self, database: Database, user_id: UUID | None, before: str | None, kept: bytes = TOKEN
    ) -> bool:
        with database.as_user(user_id) as session:
            return sign_in.set_my_password(session, before, "$argon2id$mine", kept=kept)

    def found(self, database: Database, shops: tuple[SeededShop, SeededShop]) -> list[str | None]:
        with database.as_user(None) as session:
            found = [sign_in.find_account(session, shop.owner_email) for shop in shops]
        return [account and account.password_hash for account in found]

    def test_is_set_for_oneself_only(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        assert self.set(database, two_shops[0].owner_id, None)
        assert self.found(database, two_shops) == ["$argon2id$mine", None]

    def test_is_not_set_by_nobody(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        assert not self.set(database, None, None)
        assert self.found(database, two_shops) == [None, None]

    @pytest.mark.parametrize(
        ("before", "kept", "is_set"),
        [
            ("$argon2id$now", TOKEN, True),
            ("$argon2id$then", TOKEN, False),
            (None, TOKEN, False),
            ("$argon2id$now", OTHER, False),
            ("$argon2id$now", b"k" * 32, False),
        ],
    )
    def test_over_the_one_that_holds_in_a_session_that_lasts(
        self,
        database: Database,
        two_shops: tuple[SeededShop, SeededShop],
        before: str | None,
        kept: bytes,
        is_set: bool,
    ) -> None:
        owner = two_shops[0].owner_id
        keep_password(database, owner, "$argon2id$now")
        assert self.set(database, owner, before, kept) is is_set
        holds = "$argon2id$mine" if is_set else "$argon2id$now"
        assert self.found(database, two_shops) == [holds, None]

    def test_its_session_cannot_end_meanwhile(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        owner = two_shops[0].owner_id

        def change() -> None:
            with database.as_user(owner) as changing:
                sign_in.touch_session(changing, OTHER, NOW)
                with database.jobs() as ending:
                    memberships.end_ways_in(ending, owner)
                sign_in.set_my_password(changing, None, "$argon2id$mine", kept=TOKEN)

        with pytest.raises(ConflictError, match="same moment"):
            change()
        assert self.found(database, two_shops) == [None, None]


class TestSessions:
    def test_tell_who_it_is_and_where_they_belong(
        self, database: Database, shop: SeededShop
    ) -> None:
        with database.as_user(None) as session:
            sign_in.open_session(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)
            found = sign_in.signed_in(session, TOKEN, NOW)
        assert found is not None
        assert (found.user_id, found.email) == (shop.owner_id, shop.owner_email)
        assert (found.last_seen_at, found.expires_at) == (NOW, SOON)
        assert found.roles == {"hot-rod-an": Role.OWNER}

    def test_end_to_the_second(self, database: Database, shop: SeededShop) -> None:
        with database.as_user(None) as session:
            sign_in.open_session(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)
            assert sign_in.signed_in(session, TOKEN, SOON - timedelta(microseconds=1))
            assert sign_in.signed_in(session, TOKEN, SOON) is None

    def test_end_when_closed(self, database: Database, shop: SeededShop) -> None:
        with database.as_user(None) as session:
            sign_in.open_session(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)
            sign_in.close_session(session, TOKEN)
            assert sign_in.signed_in(session, TOKEN, NOW) is None

    def test_remember_when_they_were_last_used(self, database: Database, shop: SeededShop) -> None:
        with database.as_user(None) as session:
            sign_in.open_session(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)
            sign_in.touch_session(session, TOKEN, NOW + MINUTE)
            sign_in.touch_session(session, TOKEN, NOW)
            found = sign_in.signed_in(session, TOKEN, NOW)
        assert found is not None
        assert found.last_seen_at == NOW + MINUTE

    def test_are_not_opened_for_nobody(self, database: Database) -> None:
        with database.as_user(None) as session:
            assert not sign_in.open_session(session, TOKEN, new_id(), at=NOW, expires_at=SOON)
            assert sign_in.signed_in(session, TOKEN, NOW) is None

    def test_take_hashes_only(self, database: Database, shop: SeededShop) -> None:
        with pytest.raises(IntegrityError), database.as_user(None) as session:
            sign_in.open_session(session, b"token", shop.owner_id, at=NOW, expires_at=SOON)


class TestSessionsByPassword:
    """Whoever proved an old password while it was being changed does not come in by it."""

    @pytest.fixture
    def account(self, database: Database, shop: SeededShop) -> sign_in.Account:
        keep_password(database, shop.owner_id, "$argon2id$old")
        return sign_in.Account(shop.owner_id, "$argon2id$old")

    def open(self, database: Database, account: sign_in.Account) -> bool:
        with database.as_user(None) as session:
            return sign_in.open_session_by_password(
                session, TOKEN, account, at=NOW, expires_at=SOON
            )

    def test_are_opened_by_the_one_that_holds(
        self, database: Database, account: sign_in.Account
    ) -> None:
        assert self.open(database, account)

    def test_are_not_by_the_one_before(self, database: Database, account: sign_in.Account) -> None:
        keep_password(database, account.user_id, "$argon2id$new")
        with database.as_user(account.user_id) as session:
            sign_in.rehash_my_password(session, "$argon2id$old", "$argon2id$dearer")
        assert not self.open(database, account)
        with database.as_user(None) as session:
            assert not sign_in.signed_in(session, TOKEN, NOW)

    def test_and_the_change_of_a_password_do_not_pass_each_other(
        self, database: Database, account: sign_in.Account
    ) -> None:
        """The change began before the session and would not see it: it is refused and done again."""
        with database.as_user(None) as session:
            sign_in.open_session(session, OTHER, account.user_id, at=NOW, expires_at=SOON)

        def change() -> None:
            with database.as_user(account.user_id) as changing:
                sign_in.end_my_other_ways_in(changing, OTHER)
                assert self.open(database, account)
                sign_in.set_my_password(changing, "$argon2id$old", "$argon2id$new", kept=OTHER)

        with pytest.raises(ConflictError, match="same moment"):
            change()

    def test_of_a_disabled_user(self, database: Database, account: sign_in.Account) -> None:
        with database.jobs() as session:
            identity.disable_user(session, account.user_id, NOW)
        assert not self.open(database, account)


class TestLinks:
    @pytest.fixture(autouse=True)
    def _link(self, database: Database, shop: SeededShop) -> None:
        with database.jobs() as session:
            identity.add_link(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)

    def test_work_once(self, database: Database, shop: SeededShop) -> None:
        with database.as_user(None) as session:
            assert sign_in.redeem_link(session, TOKEN, NOW) == shop.owner_id
        with database.as_user(None) as session:
            assert sign_in.redeem_link(session, TOKEN, NOW) is None

    def test_do_not_work_late(self, database: Database) -> None:
        with database.as_user(None) as session:
            assert sign_in.redeem_link(session, TOKEN, SOON) is None

    def test_that_were_never_given_out(self, database: Database) -> None:
        with database.as_user(None) as session:
            assert sign_in.redeem_link(session, EMAIL, NOW) is None

    def test_of_a_disabled_user(self, database: Database, shop: SeededShop) -> None:
        with database.jobs() as session:
            identity.disable_user(session, shop.owner_id, NOW)
        with database.as_user(None) as session:
            assert sign_in.redeem_link(session, TOKEN, NOW) is None


class TestAttempts:
    def attempt(
        self, database: Database, minute: int, *, succeeded: bool = False, address: str = "::1"
    ) -> None:
        with database.as_user(None) as session:
            sign_in.record_attempt(
                session,
                email_hash=EMAIL,
                address=address,
                at=NOW + minute * MINUTE,
                succeeded=succeeded,
            )

    def count(self, database: Database, since_minute: int = 0) -> tuple[int, int]:
        with database.as_user(None) as session:
            failed = sign_in.failed_attempts(
                session, email_hash=EMAIL, address="::1", since=NOW + since_minute * MINUTE
            )
        return failed.of_account, failed.of_address

    def test_are_counted_by_account_and_by_address(self, database: Database) -> None:
        for minute in (1, 2, 3):
            self.attempt(database, minute)
        self.attempt(database, 4, address="10.0.0.1")
        assert self.count(database) == (4, 3)

    def test_of_long_ago_do_not_count(self, database: Database) -> None:
        for minute in (1, 2, 3):
            self.attempt(database, minute)
        assert self.count(database, since_minute=2) == (1, 1)

    def test_before_a_success_count_for_the_address_only(self, database: Database) -> None:
        self.attempt(database, 1)
        self.attempt(database, 2, succeeded=True)
        self.attempt(database, 3)
        assert self.count(database) == (1, 2)

    def test_of_nobody(self, database: Database) -> None:
        assert self.count(database) == (0, 0)
