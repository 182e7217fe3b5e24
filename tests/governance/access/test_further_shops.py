"""Nobody gets a further shop through a way in that people of another shop arranged."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.governance.access.accounts import Accounts
from hotdash.governance.access.further_shops import Giving, begin_anew
from hotdash.governance.access.links import LinkError, issue_link, redeem_link
from hotdash.governance.access.members import Invitation, Members
from hotdash.governance.access.owner import ensure_owner
from hotdash.governance.access.sessions import open_session
from hotdash.governance.access.sign_in import NewPassword, PasswordSignIn, WrongPasswordError
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories import api_tokens, audit, identity, memberships, visits
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LASTS = timedelta(hours=12)
CHIEF, ARRANGED = "ceo@bigcorp.example", "three blue carburettors"
TOKEN = "a token of the arranged account"
BY = Giving("uid 7", NOW)


@dataclass
class Arranged:
    """An account whose password, session, token and open link are in the hands of the first shop's owner."""

    database: Database
    first: SeededShop
    second: SeededShop
    session: str
    link: str

    def is_in(self) -> bool:
        with self.database.glance() as connection:
            return visits.find_visit(connection, hash_token(self.session), NOW) is not None

    def knows_password(self) -> bool:
        try:
            PasswordSignIn(self.database, LASTS).sign_in(CHIEF, ARRANGED, "10.0.0.1", NOW)
        except WrongPasswordError:
            return False
        return True

    def opens_link(self) -> bool:
        try:
            redeem_link(self.database, self.link, now=NOW, session_lasts=LASTS)
        except LinkError:
            return False
        return True

    def ways_in(self) -> tuple[bool, bool, bool]:
        return self.is_in(), self.knows_password(), self.opens_link()

    def shops_of_token(self) -> set[str]:
        with self.database.glance() as connection:
            visit = visits.find_token_visit(connection, hash_token(TOKEN), NOW, None, counts=False)
        return set(visit.shops) if visit else set()

    def roles(self) -> dict[str, Role]:
        with self.database.jobs() as session:
            chief = identity.get_user(session, CHIEF)
            return dict(memberships.roles_of(session, chief.user_id))

    def records(self, shop: SeededShop) -> list[str]:
        with self.database.jobs() as session:
            return [each.action for each in audit.list_events(session, shop.shop_id)]


def members_of(database: Database, shop: SeededShop) -> Members:
    return Members(database, shop.shop_id, shop.owner_id, NOW, "https://here.example")


@pytest.fixture
def arranged(database: Database, two_shops: tuple[SeededShop, SeededShop]) -> Arranged:
    first, second = two_shops
    invited = members_of(database, first).invite(Invitation(CHIEF, "Chief", Role.ANALYST))
    assert invited.link is not None
    opened = redeem_link(database, invited.link[-43:], now=NOW, session_lasts=LASTS)
    wanted = NewPassword(opened.user_id, CHIEF, None, ARRANGED, opened.token)
    PasswordSignIn(database, LASTS).change(wanted, "10.0.0.1", NOW)
    link = issue_link(database, CHIEF, base_url="", now=NOW, lasts=LASTS)[-43:]
    made = api_tokens.NewToken(
        new_id(), "arranged", ["export"], [first.shop_id], 60, NOW, NOW + LASTS
    )
    with database.as_user(opened.user_id) as session:
        assert api_tokens.add_my_token(session, made, hash_token(TOKEN))
    return Arranged(database, first, second, opened.token, link)


def invite(arranged: Arranged) -> bool:
    accounts = Accounts(arranged.database, "uid 7", NOW)
    return accounts.invite(CHIEF, "", [arranged.second.shop_id], Role.OWNER).begins_anew


def own(arranged: Arranged) -> bool:
    shops = [arranged.first.shop_id, arranged.second.shop_id]
    database = arranged.database
    return ensure_owner(database, email=CHIEF, name="", shop_ids=shops, giving=BY).begins_anew


@pytest.mark.parametrize("give", [invite, own])
class TestAFurtherShop:
    def test_is_not_opened_by_what_was_arranged_before(
        self, arranged: Arranged, give: Callable[[Arranged], bool]
    ) -> None:
        assert give(arranged)
        assert arranged.roles()[arranged.second.shop_id] is Role.OWNER
        assert arranged.ways_in() == (False, False, False)
        assert "ways in ended for a further shop" in arranged.records(arranged.first)
        assert "ways in ended for a further shop" not in arranged.records(arranged.second)

    def test_tokens_go_on_to_open_what_they_name(
        self, arranged: Arranged, give: Callable[[Arranged], bool]
    ) -> None:
        give(arranged)
        assert arranged.shops_of_token() == {arranged.first.shop_id}

    def test_no_new_way_in_is_arranged_afterwards(
        self, arranged: Arranged, give: Callable[[Arranged], bool]
    ) -> None:
        give(arranged)
        with arranged.database.jobs() as session:
            chief = identity.get_user(session, CHIEF).user_id
        with pytest.raises(ConflictError, match="a shop that you do not manage"):
            members_of(arranged.database, arranged.first).new_link(chief)

    def test_given_again_nothing_ends(
        self, arranged: Arranged, give: Callable[[Arranged], bool]
    ) -> None:
        give(arranged)
        link = issue_link(arranged.database, CHIEF, base_url="", now=NOW, lasts=LASTS)
        opened = redeem_link(arranged.database, link[-43:], now=NOW, session_lasts=LASTS)
        assert not give(arranged)
        arranged.session = opened.token
        assert arranged.is_in()


def test_another_role_ends_nothing(arranged: Arranged) -> None:
    accounts = Accounts(arranged.database, "uid 7", NOW)
    given = accounts.invite(CHIEF, "", [arranged.first.shop_id], Role.MANAGER)
    assert not given.begins_anew
    assert arranged.ways_in() == (True, True, True)


def test_a_new_account_had_nothing_to_end(database: Database, shop: SeededShop) -> None:
    given = Accounts(database, "uid 7", NOW).invite(CHIEF, "", [shop.shop_id], Role.VIEWER)
    assert not given.begins_anew


def test_the_only_person_here_is_not_locked_out(database: Database, shop: SeededShop) -> None:
    """Nobody else could have arranged anything."""
    with database.jobs() as session:
        identity.remove_member(session, shop.shop_id, shop.owner_id)
    with database.as_user(None) as session:
        token = open_session(session, shop.owner_id, NOW, LASTS).token
    shops = [shop.shop_id]
    given = ensure_owner(database, email=shop.owner_email, name="", shop_ids=shops, giving=BY)
    assert not given.begins_anew
    with database.glance() as connection:
        assert visits.find_visit(connection, hash_token(token), NOW) is not None


def test_whoever_brings_it_themselves_keeps_that_session_alone(arranged: Arranged) -> None:
    link = issue_link(arranged.database, CHIEF, base_url="", now=NOW, lasts=LASTS)
    here = redeem_link(arranged.database, link[-43:], now=NOW, session_lasts=LASTS).token
    shops = [arranged.second.shop_id]
    giving = Giving("user:1", NOW, kept=here)
    ensure_owner(arranged.database, email=CHIEF, name="", shop_ids=shops, giving=giving)
    assert arranged.ways_in() == (False, False, False)
    arranged.session = here
    assert arranged.is_in()


def test_an_owner_of_both_shops_does_not_open_theirs_to_the_other_owner(
    arranged: Arranged,
) -> None:
    with arranged.database.jobs() as session:
        identity.set_role(session, arranged.first.shop_id, arranged.second.owner_id, Role.OWNER)
    invited = members_of(arranged.database, arranged.second).invite(
        Invitation(CHIEF, "Chief", Role.ANALYST)
    )
    assert invited.link is not None
    assert arranged.ways_in() == (False, False, False)


def test_a_link_made_at_the_same_moment_waits_and_is_refused(arranged: Arranged) -> None:
    database = arranged.database
    with ThreadPoolExecutor(1) as other:
        with database.jobs() as session:
            chief = identity.get_user(session, CHIEF)
            assert begin_anew(session, chief.user_id, [arranged.second.shop_id], BY)
            making = other.submit(members_of(database, arranged.first).new_link, chief.user_id)
            assert not wait([making], timeout=0.5).done
            identity.set_role(session, arranged.second.shop_id, chief.user_id, Role.OWNER)
        with pytest.raises(ConflictError, match="a shop that you do not manage"):
            making.result(timeout=30)
    assert arranged.ways_in() == (False, False, False)


def test_the_old_password_shown_at_the_same_moment_opens_nothing(arranged: Arranged) -> None:
    database = arranged.database
    with ThreadPoolExecutor(1) as other:
        with database.jobs() as session:
            chief = identity.get_user(session, CHIEF)
            begin_anew(session, chief.user_id, [arranged.second.shop_id], BY)
            coming = other.submit(arranged.knows_password)
            assert not wait([coming], timeout=0.5).done
        assert coming.exception(timeout=30) is not None, "the database refuses what it saw before"
    with database.jobs() as session:
        assert memberships.end_ways_in(session, chief.user_id) == 0
