"""What whoever runs the installation ends is over, in every shop and for good."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.governance.access.accounts import Accounts
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import api_tokens, identity, sign_in, visits
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop, keep_password

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def everywhere(database: Database, two_shops: tuple[SeededShop, SeededShop]) -> SeededShop:
    """The first owner with a role in both shops and every kind of way in."""
    first, second = two_shops
    with database.jobs() as session:
        identity.set_role(session, second.shop_id, first.owner_id, Role.ANALYST)
        identity.add_link(session, hash_token("link"), first.owner_id, at=NOW, expires_at=LATER)
    keep_password(database, first.owner_id, "$argon2id$x")
    for user_id, name in ((first.owner_id, "mine"), (second.owner_id, "theirs")):
        with database.as_user(user_id) as session:
            sign_in.open_session(session, hash_token(name), user_id, at=NOW, expires_at=LATER)
            shops = [second.shop_id] + ([first.shop_id] if name == "mine" else [])
            token = api_tokens.NewToken(new_id(), name, ["export"], shops, 60, NOW, LATER)
            assert api_tokens.add_my_token(session, token, hash_token(f"token {name}"))
    return first


def ways_in(database: Database, name: str) -> tuple[bool, bool]:
    """By session and by token."""
    with database.glance() as connection:
        by_session = visits.find_visit(connection, hash_token(name), NOW)
        token_hash = hash_token(f"token {name}")
        by_token = visits.find_token_visit(connection, token_hash, NOW, None, counts=False)
    return by_session is not None, by_token is not None


def opens(database: Database, link: str) -> bool:
    with database.as_user(None) as session:
        return sign_in.redeem_link(session, hash_token(link), NOW) is not None


def recorded(database: Database) -> list[tuple[str, str]]:
    with database.jobs() as session:
        found = session.execute(
            text("select shop_id, action from audit.events order by shop_id, action")
        )
        return [(row.shop_id, row.action) for row in found]


def test_disabled_and_enabled_again_nothing_comes_back(
    database: Database, everywhere: SeededShop, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    accounts = Accounts(database, "uid 7", NOW)
    accounts.disable(everywhere.owner_email.upper(), anyway=True)
    assert ways_in(database, "mine") == (False, False)
    accounts.enable(everywhere.owner_email)
    assert ways_in(database, "mine") == (False, False)
    assert ways_in(database, "theirs") == (True, True)
    assert not opens(database, "link")
    with database.as_user(None) as session:
        account = sign_in.find_account(session, everywhere.owner_email)
    assert account is not None
    assert account.password_hash == "$argon2id$x"
    each = ("person disabled", "person enabled", "token revoked")
    shops = sorted(shop.shop_id for shop in two_shops)
    assert recorded(database) == [(shop, action) for shop in shops for action in each]


def test_reset(database: Database, everywhere: SeededShop) -> None:
    Accounts(database, "uid 7", NOW).reset(everywhere.owner_email)
    assert ways_in(database, "mine") == (False, False)
    assert ways_in(database, "theirs") == (True, True)
    assert not opens(database, "link")
    with database.as_user(None) as session:
        account = sign_in.find_account(session, everywhere.owner_email)
    assert account == sign_in.Account(everywhere.owner_id, None)


def test_of_nobody(database: Database, shop: SeededShop) -> None:
    accounts = Accounts(database, "uid 7", NOW)
    with pytest.raises(NotFoundError):
        accounts.disable("nobody@nowhere.example")
    with pytest.raises(ConflictError, match="is not disabled"):
        accounts.enable(shop.owner_email)
