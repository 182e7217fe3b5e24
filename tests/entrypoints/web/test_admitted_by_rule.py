"""Whoever another service lets in leaves with it: rules are read each time, and nothing outlasts them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.base.roles import Role
from hotdash.governance.access.links import issue_link
from hotdash.governance.access.oidc import DomainRule
from hotdash.storage.appdb.repositories import external_people, identity
from tests.fixtures.openid_door import RULES, come_by, door_beside, is_in
from tests.fixtures.openid_provider import OpenIdProvider, openid_provider
from tests.fixtures.storefront import KYOTO, OWNER, PASSWORD, ROD, Storefront
from tests.fixtures.web import Web

NEW = "new@hot-rod.example"
BOTH = (DomainRule("hot-rod.example", Role.VIEWER, (ROD, KYOTO)),)
ELSEWHERE = (DomainRule("hot-rod.example", Role.VIEWER, (KYOTO,)),)
ANALYST = (DomainRule("hot-rod.example", Role.ANALYST, (ROD,)),)
FRESH = "three blue carburettors"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as running:
        yield running


@dataclass
class Office:
    """One installation whose rules about the office change."""

    provider: OpenIdProvider
    storefront: Storefront
    home: Path

    def door(self, rules: tuple[DomainRule, ...] = RULES) -> Web:
        return door_beside(self.provider, self.storefront, self.home, rules)

    def admitted(self, rules: tuple[DomainRule, ...] = RULES, **said: Any) -> Web:
        door = self.door(rules)
        self.come(door, **said)
        return door

    def come(self, door: Web, **said: Any) -> httpx.Response:
        door.client.cookies.clear()
        return come_by(door, self.provider, **{"sub": "new-1", "email": NEW} | said)

    def taken_out(self, door: Web) -> None:
        door.sign_in(OWNER)
        person = {"shop": ROD, "person": str(self.storefront.user_id(NEW))}
        assert door.form("/admin/people/remove", person).status_code == 303

    def roles(self) -> dict[str, Role]:
        user_id = self.storefront.user_id(NEW)
        with self.storefront.database.jobs() as session:
            found = {shop: identity.members(session, shop).get(user_id) for shop in (ROD, KYOTO)}
        return {shop: role for shop, role in found.items() if role}


@pytest.fixture
def office(provider: OpenIdProvider, storefront: Storefront, web_home: Path) -> Office:
    return Office(provider, storefront, web_home)


class TestTheRuleIsReadEachTime:
    def test_who_is_still_meant_comes_in_with_the_same_role(self, office: Office) -> None:
        door = office.admitted()
        assert office.come(door).status_code == 303
        assert office.roles() == {ROD: Role.VIEWER}
        assert "role given by rule" not in office.storefront.everything_in("audit.events")

    @pytest.mark.parametrize(
        ("rules", "said"),
        [
            ((), {}),
            ((DomainRule("elsewhere.example", Role.VIEWER, (ROD,)),), {}),
            (RULES, {"email": "new@moved.example"}),
            (RULES, {"email_verified": False}),
            (RULES, {"email": None}),
            ((DomainRule("hot-rod.example", Role.VIEWER, ("no-such-shop",)),), {}),
        ],
        ids=str,
    )
    def test_who_is_not_meant_any_more_is_refused_and_loses_everything(
        self, office: Office, rules: tuple[DomainRule, ...], said: dict[str, Any]
    ) -> None:
        office.admitted()
        elsewhere, secret = office.storefront.session_of(NEW), office.storefront.token_of(NEW)
        door = office.door(rules)
        assert office.come(door, **said).status_code == 403
        assert office.roles() == {}
        assert not is_in(door)
        door.hold_session(elsewhere)
        assert not is_in(door)
        door.as_program(secret)
        assert door.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 401
        assert "role taken by rule" in office.storefront.everything_in("audit.events")

    def test_and_comes_back_when_the_rule_does(self, office: Office) -> None:
        office.admitted()
        office.come(office.door(()))
        assert office.come(office.door()).status_code == 303
        assert office.roles() == {ROD: Role.VIEWER}

    def test_another_role_and_another_shop(self, office: Office) -> None:
        office.admitted()
        office.come(office.door(BOTH))
        assert office.roles() == {ROD: Role.VIEWER, KYOTO: Role.VIEWER}
        secret = office.storefront.token_of(NEW, [ROD, KYOTO])
        door = office.door(ANALYST)
        assert office.come(door).status_code == 303
        assert office.roles() == {ROD: Role.ANALYST}
        door.as_program(secret)
        tile = "/api/v1/tiles/sales-pulse?shop="
        assert door.client.get(tile + ROD).status_code == 200
        assert door.client.get(tile + KYOTO).status_code == 404


class TestWhatSomebodyDecidedStays:
    def test_a_role_given_by_hand(self, office: Office) -> None:
        office.admitted()
        office.storefront.give_role(NEW, Role.MANAGER)
        for rules in (RULES, ()):
            assert office.come(office.door(rules)).status_code == 303
            assert office.roles() == {ROD: Role.MANAGER}

    def test_who_was_taken_out_by_an_owner_does_not_come_back(self, office: Office) -> None:
        door = office.admitted()
        office.taken_out(door)
        assert office.come(door).status_code == 403
        assert office.roles() == {}

    def test_not_even_after_a_while_in_which_no_rule_named_the_shop(self, office: Office) -> None:
        door = office.admitted(BOTH)
        office.taken_out(door)
        for rules in (ELSEWHERE, BOTH):
            assert office.come(office.door(rules)).status_code == 303
            assert office.roles() == {KYOTO: Role.VIEWER}

    def test_who_was_invited_needs_no_rule(self, office: Office) -> None:
        door = office.door(())
        assert office.come(door, sub="ada-9", email=OWNER).status_code == 303
        assert office.come(door, sub="ada-9", email=None).status_code == 303
        assert is_in(door)


class TestNoPasswordOfTheirOwn:
    def set(self, door: Web, **fields: str) -> httpx.Response:
        return door.form("/account/password", {"new": FRESH} | fields)

    def by_password(self, door: Web, email: str = NEW, password: str = FRESH) -> int:
        door.client.cookies.clear()
        return door.form("/sign-in", {"email": email, "password": password}).status_code

    def allow(self, door: Web, allowed: str, email: str = NEW) -> int:
        door.sign_in(OWNER)
        person = {"shop": ROD, "person": str(door.storefront.user_id(email))}
        answer = door.form("/admin/people/password", person | {"allowed": allowed})
        return answer.status_code

    def test_whom_a_rule_let_in(self, office: Office) -> None:
        door = office.admitted()
        assert 'name="new"' not in door.client.get("/account").text
        refused = self.set(door)
        assert refused.status_code == 403
        assert "a password of your own would outlast it" in refused.text
        assert self.by_password(door) == 401

    def test_nor_by_a_link(self, office: Office) -> None:
        door = office.admitted()
        now = office.storefront.clock.now()
        link = issue_link(
            office.storefront.database, NEW, base_url="", now=now, lasts=timedelta(minutes=5)
        )
        door.client.cookies.clear()
        door.form("/sign-in/link", {"token": link.rpartition("/")[2]})
        assert is_in(door)
        assert self.set(door).status_code == 403

    def test_who_was_invited_and_came_by_it_first(self, office: Office) -> None:
        with office.storefront.database.jobs() as session:
            user = identity.add_user(session, email=NEW, name="New")
            identity.set_role(session, ROD, user.user_id, Role.VIEWER)
        now = office.storefront.clock.now()
        link = issue_link(
            office.storefront.database, NEW, base_url="", now=now, lasts=timedelta(days=3)
        )
        door = office.admitted(())
        assert self.set(door).status_code == 403
        door.client.cookies.clear()
        opened = door.form("/sign-in/link", {"token": link.rpartition("/")[2]})
        assert opened.status_code == 403, "the invitation is over, too"

    def test_a_further_shop_of_the_rule_ends_what_people_of_the_first_arranged(
        self, office: Office
    ) -> None:
        door = office.admitted()
        assert self.allow(door, "yes") == 303
        office.come(door)
        assert self.set(door).status_code == 303
        assert self.by_password(door) == 303
        arranged = office.storefront.session_of(NEW)
        assert office.come(office.door(BOTH)).status_code == 303
        assert office.roles() == {ROD: Role.VIEWER, KYOTO: Role.VIEWER}
        assert self.by_password(door) == 401
        door.hold_session(arranged)
        assert not is_in(door)
        assert "ways in ended" in office.storefront.everything_in("audit.events")

    def test_who_had_one_keeps_it(self, office: Office) -> None:
        door = office.door()
        office.come(door, sub="ada-9", email=OWNER)
        assert self.set(door, current=PASSWORD).status_code == 303
        assert self.by_password(door, OWNER) == 303

    def test_whom_the_machine_bound(self, office: Office) -> None:
        somebody = office.storefront.add_person(Role.VIEWER)
        user_id, now = office.storefront.user_id(somebody), office.storefront.clock.now()
        with office.storefront.database.jobs() as session:
            external_people.bind(session, office.provider.issuer, "s-1", user_id, now)
        door = office.door()
        door.sign_in(somebody)
        assert self.set(door).status_code == 403

    def test_unless_an_owner_allows_it_until_an_owner_refuses_it(self, office: Office) -> None:
        door = office.admitted()
        assert self.allow(door, "yes") == 303
        office.come(door)
        assert self.set(door).status_code == 303
        assert self.by_password(door) == 303
        session = office.storefront.session_of(NEW)
        assert self.allow(door, "no") == 303
        assert self.by_password(door) == 401
        door.hold_session(session)
        assert not is_in(door)
        assert self.allow(door, "yes") == 303
        assert self.by_password(door) == 401, "the one before is forgotten"

    def test_nobody_is_locked_out(self, office: Office) -> None:
        """Whoever has no other service keeps the only way in there is."""
        door = office.door()
        assert self.allow(door, "no", OWNER) == 409
        assert self.allow(door, "", OWNER) == 400
        assert self.by_password(door, OWNER, PASSWORD) == 303


class TestNothingOutlastsIt:
    def test_the_session_is_over_after_hours_and_not_after_days(self, office: Office) -> None:
        door = office.admitted()
        office.storefront.clock.advance(timedelta(hours=7, minutes=59))
        assert is_in(door)
        office.storefront.clock.advance(timedelta(minutes=1))
        assert not is_in(door)

    @pytest.mark.parametrize(("days", "status"), [(30, 200), (31, 422)])
    def test_a_token_ends_within_a_month(self, office: Office, days: int, status: int) -> None:
        door = office.admitted(ANALYST)
        asked = {"name": "mine", "shops": [ROD], "scopes": ["see_metrics"], "days": days}
        answer = door.send("/api/v1/tokens", asked)
        assert answer.status_code == status
        assert status == 200 or answer.json()["error"]["field"] == "days"

    def test_the_list_of_people_tells_it(self, office: Office) -> None:
        door = office.admitted()
        door.sign_in(OWNER)
        page = door.client.get(f"/admin/people?shop={ROD}").text
        assert page.count("by rule") == 1
        assert "Allow New" not in page
        assert "Allow Ada R. a password" in page
