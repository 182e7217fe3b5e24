"""A password is replaced only from what still holds when it is written, however long that takes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hotdash.base.errors import ForbiddenError
from hotdash.governance.access import sign_in
from hotdash.governance.access.accounts import Accounts
from hotdash.governance.access.passwords import hash_password, verify_password
from hotdash.governance.access.sessions import open_session
from hotdash.governance.access.sign_in import NewPassword, PasswordSignIn
from hotdash.storage.appdb.repositories import memberships
from hotdash.storage.appdb.repositories.sign_in import find_account
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop, keep_password

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LASTS = timedelta(hours=12)
KNOWN, NEW = "correct horse battery staple", "three blue carburettors"


def wanted(database: Database, shop: SeededShop, current: str | None) -> NewPassword:
    """By somebody who is in, and knows the password if there is one."""
    if current is not None:
        keep_password(database, shop.owner_id, hash_password(current))
    with database.as_user(None) as session:
        token = open_session(session, shop.owner_id, NOW, LASTS).token
    return NewPassword(shop.owner_id, shop.owner_email, current, NEW, token)


def holds(database: Database, shop: SeededShop) -> str | None:
    with database.as_user(None) as session:
        account = find_account(session, shop.owner_email)
    assert account is not None
    return account.password_hash


def reset(database: Database, shop: SeededShop) -> None:
    Accounts(database, "uid 7", NOW).reset(shop.owner_email)


def end_sessions(database: Database, shop: SeededShop) -> None:
    with database.jobs() as session:
        memberships.end_ways_in(session, shop.owner_id)


@pytest.mark.parametrize("current", [KNOWN, None])
@pytest.mark.parametrize("end", [reset, end_sessions])
def test_what_ends_while_the_new_one_is_hashed_stays_ended(
    database: Database,
    shop: SeededShop,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Database, SeededShop], None],
    current: str | None,
) -> None:
    asked = wanted(database, shop, current)

    def hash_slowly(password: str) -> str:
        end(database, shop)
        return hash_password(password)

    monkeypatch.setattr(sign_in, "hash_password", hash_slowly)
    before = holds(database, shop)
    with pytest.raises(ForbiddenError, match="at this very moment"):
        PasswordSignIn(database, LASTS).change(asked, "::1", NOW)
    assert holds(database, shop) == (None if end is reset else before)


@pytest.mark.parametrize("end", [reset, end_sessions])
def test_what_ends_once_the_current_one_was_right_stays_ended(
    database: Database,
    shop: SeededShop,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Database, SeededShop], None],
) -> None:
    asked = wanted(database, shop, KNOWN)

    def verify_first(password_hash: str | None, password: str) -> bool:
        is_right = verify_password(password_hash, password)
        end(database, shop)
        return is_right

    monkeypatch.setattr(sign_in, "verify_password", verify_first)
    before = holds(database, shop)
    with pytest.raises(ForbiddenError, match="at this very moment"):
        PasswordSignIn(database, LASTS).change(asked, "::1", NOW)
    assert holds(database, shop) == (None if end is reset else before)


@pytest.mark.parametrize("current", [KNOWN, None])
def test_nothing_in_the_way(database: Database, shop: SeededShop, current: str | None) -> None:
    door = PasswordSignIn(database, LASTS)
    door.change(wanted(database, shop, current), "::1", NOW)
    assert door.sign_in(shop.owner_email, NEW, "::1", NOW).user_id == shop.owner_id
