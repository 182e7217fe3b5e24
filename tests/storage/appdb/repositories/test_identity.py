"""People and their roles, as an administrator sees them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity, sign_in
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
TOKEN = sha256(b"token").digest()


class TestUsers:
    def test_are_found_by_email_in_any_case(self, database: Database) -> None:
        with database.jobs() as session:
            added = identity.add_user(session, email="Ann@Shop.Example", name="Ann")
            assert added.email == "ann@shop.example"
            assert identity.find_user(session, "ANN@shop.example") == added
            assert identity.list_users(session) == [added]

    def test_exist_once(self, database: Database) -> None:
        with database.jobs() as session:
            identity.add_user(session, email="ann@shop.example", name="Ann")
            with pytest.raises(ConflictError, match=r"already a user ann@shop\.example"):
                identity.add_user(session, email="ANN@shop.example", name="Ann")
            assert len(identity.list_users(session)) == 1

    def test_who_are_not_there_are_named(self, database: Database) -> None:
        with database.jobs() as session, pytest.raises(NotFoundError, match=r"no user x@y\.z"):
            identity.get_user(session, "X@y.z")

    def test_who_are_disabled_are_out_at_once(self, database: Database, shop: SeededShop) -> None:
        _open_session(database, shop)
        with database.jobs() as session:
            identity.disable_user(session, shop.owner_id, NOW)
        assert not _is_signed_in(database)
        with database.as_user(None) as session:
            assert sign_in.find_account(session, shop.owner_email) is None
            assert not sign_in.open_session(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)

    def test_who_are_enabled_again_may_sign_in(self, database: Database, shop: SeededShop) -> None:
        with database.jobs() as session:
            identity.disable_user(session, shop.owner_id, NOW)
            identity.enable_user(session, shop.owner_id)
        _open_session(database, shop)
        assert _is_signed_in(database)


class TestMembers:
    def test_have_one_role_that_can_change(self, database: Database, shop: SeededShop) -> None:
        with database.jobs() as session:
            identity.set_role(session, shop.shop_id, shop.owner_id, Role.VIEWER)
            assert identity.members(session, shop.shop_id) == {shop.owner_id: Role.VIEWER}

    def test_who_are_removed_see_nothing(self, database: Database, shop: SeededShop) -> None:
        with database.jobs() as session:
            identity.remove_member(session, shop.shop_id, shop.owner_id)
            assert identity.members(session, shop.shop_id) == {}


def test_what_is_over_is_forgotten(database: Database, shop: SeededShop) -> None:
    _open_session(database, shop)
    with database.jobs() as session:
        identity.add_link(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)
    with database.as_user(None) as session:
        sign_in.record_attempt(session, email_hash=TOKEN, address="::1", at=NOW, succeeded=True)
    with database.jobs() as session:
        assert identity.forget_expired(session, now=NOW, attempts_before=NOW) == 0
        assert identity.forget_expired(session, now=SOON, attempts_before=SOON) == 3


def _open_session(database: Database, shop: SeededShop) -> None:
    with database.as_user(None) as session:
        assert sign_in.open_session(session, TOKEN, shop.owner_id, at=NOW, expires_at=SOON)


def _is_signed_in(database: Database) -> bool:
    with database.as_user(None) as session:
        return sign_in.signed_in(session, TOKEN, NOW) is not None
