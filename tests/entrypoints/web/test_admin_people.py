"""Admin, people: what an owner does is done at once, and never reaches beyond the shops they manage."""

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.actors import actor_of
from hotdash.base.roles import Role
from hotdash.governance.access.members import INVITATION_LASTS
from hotdash.storage.appdb.repositories import identity
from tests.fixtures.pages import table_of
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

PAGE = f"/admin/people?shop={ROD}"
NEW = "new@somebody.example"
OTHER_OWNER = "owner@hot-rod-an.example"


@pytest.fixture
def owner(web: Web) -> Web:
    web.sign_in(OWNER)
    return web


def change(web: Web, what: str, of: str = "", **fields: str) -> httpx.Response:
    person = {"person": str(web.storefront.user_id(of))} if of else {}
    return web.form(f"/admin/people/{what}", {"shop": ROD} | person | fields)


def invite(web: Web, email: str = NEW, role: Role = Role.ANALYST) -> httpx.Response:
    return change(web, "invite", name="Nele New", role=role, email=email)


def link_in(html: str) -> str:
    [link] = re.findall(r"data-once>http://[^<]*(/sign-in/[^<]+)<", html)
    return link


def come_in(web: Web, link: str) -> httpx.Response:
    web.client.cookies.clear()
    return web.form("/sign-in/link", {"token": link.rpartition("/")[2]})


def roles(web: Web) -> dict[str, str]:
    _, *rows = table_of(web.client.get(PAGE).text)
    return {row[1]: row[2] for row in rows}


def told(web: Web, action: str) -> list[tuple[str, str, dict[str, object]]]:
    with web.storefront.database.jobs() as session:
        found = session.execute(
            text(
                "select actor, subject, detail from audit.events"
                " where action = :action and shop_id = :shop order by event_id"
            ),
            {"action": action, "shop": ROD},
        )
        return [(row.actor, row.subject, row.detail) for row in found]


class TestInviting:
    def test_a_link_is_shown_once_and_opens_the_door_once(self, owner: Web) -> None:
        page = invite(owner)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        link = link_in(page.text)
        assert link not in owner.client.get(PAGE).text
        assert link.rpartition("/")[2] not in owner.storefront.everything_in("app.sign_in_links")
        assert roles(owner)[NEW] == "Analyst"
        assert come_in(owner, link).status_code == 303
        assert owner.client.get(f"/today?shop={ROD}").status_code == 200
        assert come_in(owner, link).status_code == 403

    def test_it_is_written_down_by_pseudonyms(self, owner: Web) -> None:
        invite(owner)
        somebody = actor_of(owner.storefront.user_id(NEW))
        me = actor_of(owner.storefront.user_id(OWNER))
        assert told(owner, "role given") == [(me, somebody, {"role": "analyst"})]
        assert NEW not in owner.storefront.everything_in("audit.events")

    def test_the_link_ends_by_itself(self, owner: Web) -> None:
        link = link_in(invite(owner).text)
        owner.storefront.clock.advance(INVITATION_LASTS)
        assert come_in(owner, link).status_code == 403

    def test_a_new_link_ends_the_one_before(self, owner: Web) -> None:
        first = link_in(invite(owner).text)
        second = link_in(change(owner, "link", NEW).text)
        assert come_in(owner, first).status_code == 403
        assert come_in(owner, second).status_code == 303

    @pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@c.example", "a@b@c.example"])
    def test_no_address(self, owner: Web, email: str) -> None:
        answer = owner.form("/admin/people/invite", {"shop": ROD, "email": email, "role": "viewer"})
        assert answer.status_code == 400
        assert "is no e-mail address" in answer.text

    def test_whoever_is_here_already_is_not_invited(self, owner: Web) -> None:
        assert invite(owner, VIEWER, Role.OWNER).status_code == 409
        assert roles(owner)[VIEWER] == "Viewer"


class TestAccountsOfOthers:
    """A link signs in as the whole person: it must not open what its maker does not manage."""

    def test_whoever_belongs_to_another_shop_is_not_taken_in(self, owner: Web) -> None:
        answer = invite(owner, STRANGER)
        assert answer.status_code == 409
        assert "data-once" not in answer.text
        assert STRANGER not in roles(owner)

    def test_no_link_and_no_end_of_sessions_for_them(self, owner: Web) -> None:
        for what in ("link", "sessions/end"):
            assert change(owner, what, AGENCY).status_code == 409
        page = owner.client.get(PAGE).text
        assert "New sign-in link for Gil Agency" not in page
        assert "End the sessions of Gil Agency" not in page

    def test_whoever_manages_both_may(self, owner: Web) -> None:
        owner.storefront.give_role(OWNER, Role.OWNER, KYOTO)
        somebody = owner.storefront.add_person(Role.VIEWER, KYOTO)
        theirs = owner.storefront.session_of(somebody)
        page = invite(owner, somebody)
        assert "data-once" in page.text
        assert roles(owner)[somebody] == "Analyst"
        owner.hold_session(theirs)
        assert owner.client.get(f"/today?shop={KYOTO}").status_code == 303, (
            "the other owner there may have made it"
        )

    def test_no_link_for_whoever_has_a_password(self, owner: Web) -> None:
        answer = change(owner, "link", VIEWER)
        assert answer.status_code == 409
        assert "data-once" not in answer.text

    def test_an_account_that_opens_nothing_begins_anew(self, owner: Web) -> None:
        with owner.storefront.database.jobs() as session:
            identity.add_user(session, email=NEW, name="Old", password_hash="an old hash")
        old = owner.storefront.session_of(NEW)
        assert "data-once" in invite(owner).text
        owner.hold_session(old)
        assert owner.client.get(f"/today?shop={ROD}").status_code == 303

    def test_whoever_was_shut_out_stays_out(self, owner: Web) -> None:
        somebody = owner.storefront.add_person(Role.VIEWER, KYOTO)
        owner.storefront.disable(somebody)
        assert invite(owner, somebody).status_code == 409


class TestChanging:
    def test_a_role_holds_at_once(self, owner: Web) -> None:
        assert change(owner, "role", VIEWER, role="operator").status_code == 303
        assert roles(owner)[VIEWER] == "Operator"
        [(_, subject, detail)] = told(owner, "role given")
        assert subject == actor_of(owner.storefront.user_id(VIEWER))
        assert detail == {"role": "operator", "before": "viewer"}
        owner.sign_in(VIEWER)
        assert owner.client.get(f"/decisions/export.csv?shop={ROD}").status_code == 200

    def test_whoever_is_taken_out_is_out_at_once(self, owner: Web) -> None:
        somebody = owner.storefront.add_person(Role.ANALYST)
        session = owner.storefront.session_of(somebody)
        secret = owner.storefront.token_of(somebody)
        assert change(owner, "remove", somebody).status_code == 303
        owner.hold_session(session)
        assert owner.client.get(f"/today?shop={ROD}").headers["location"].startswith("/sign-in")
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 401

    def test_old_tokens_and_links_do_not_come_back_with_the_person(self, owner: Web) -> None:
        somebody = owner.storefront.add_person(Role.ANALYST)
        secret = owner.storefront.token_of(somebody)
        link = link_in(change(owner, "link", somebody).text)
        change(owner, "remove", somebody)
        invite(owner, somebody)
        assert come_in(owner, link).status_code == 403
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 401

    def test_other_shops_stay_open_and_tokens_lose_this_one(self, owner: Web) -> None:
        session = owner.storefront.session_of(AGENCY)
        secret = owner.storefront.token_of(AGENCY, shops=(ROD, KYOTO))
        assert change(owner, "remove", AGENCY).status_code == 303
        owner.hold_session(session)
        assert owner.client.get(f"/today?shop={KYOTO}").status_code == 200
        assert owner.client.get(f"/today?shop={ROD}").status_code == 404
        owner.as_program(secret)
        tile = "/api/v1/tiles/sales-pulse?shop="
        assert owner.client.get(tile + KYOTO).status_code == 200
        assert owner.client.get(tile + ROD).status_code == 404

    def test_sessions_are_ended_at_once(self, owner: Web) -> None:
        session = owner.storefront.session_of(VIEWER)
        assert change(owner, "sessions/end", VIEWER).status_code == 303
        mine = owner.client.cookies.get(owner.parts.cookies.session)
        owner.hold_session(session)
        assert owner.client.get(f"/today?shop={ROD}").status_code == 303
        assert mine is not None
        owner.hold_session(mine)
        assert roles(owner)[VIEWER] == "Viewer"

    @pytest.mark.parametrize(("asked", "status"), [({}, 200), ({"tokens": "yes"}, 401)])
    def test_tokens_end_with_sessions_when_that_is_wanted(
        self, owner: Web, asked: dict[str, str], status: int
    ) -> None:
        somebody = owner.storefront.add_person(Role.ANALYST)
        secret, mine = owner.storefront.token_of(somebody), owner.storefront.token_of(OWNER)
        assert change(owner, "sessions/end", somebody, **asked).status_code == 303
        assert len(told(owner, "token revoked")) == (1 if asked else 0)
        for token, expected in ((secret, status), (mine, 200)):
            owner.as_program(token)
            answer = owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
            assert answer.status_code == expected

    @pytest.mark.parametrize("what", ["role", "remove"])
    def test_somebody_always_manages_the_shop(self, owner: Web, what: str) -> None:
        assert change(owner, "remove", OTHER_OWNER).status_code == 303
        answer = change(owner, what, OWNER, role="viewer")
        assert answer.status_code == 409
        assert "Nobody would manage this shop any more." in answer.text
        assert roles(owner)[OWNER] == "Owner"

    def test_an_owner_leaves_when_there_is_another(self, owner: Web) -> None:
        change(owner, "role", VIEWER, role="owner")
        answer = change(owner, "remove", OWNER)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        owner.sign_in(VIEWER)
        assert OWNER not in roles(owner)

    @pytest.mark.parametrize("what", ["role", "remove", "link", "sessions/end"])
    def test_nobody_of_another_shop(self, owner: Web, what: str) -> None:
        assert change(owner, what, STRANGER, role="viewer").status_code == 404

    @pytest.mark.parametrize(
        "fields", [{"person": "x", "role": "viewer"}, {"role": "king", "person": "x"}]
    )
    def test_nonsense(self, owner: Web, fields: dict[str, str]) -> None:
        assert change(owner, "role", **fields).status_code == 400


class TestWho:
    @pytest.mark.parametrize("role", [each for each in Role if each is not Role.OWNER])
    def test_nobody_but_an_owner(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        assert web.client.get(PAGE).status_code == 403
        assert invite(web).status_code == 403
        assert "People" not in web.client.get(f"/admin?shop={ROD}").text

    def test_not_whoever_was_one_when_the_page_was_opened(self, owner: Web) -> None:
        somebody = owner.storefront.add_person(Role.OWNER)
        owner.storefront.give_role(OWNER, Role.MANAGER)
        assert change(owner, "role", somebody, role="viewer").status_code == 403

    def test_the_list_is_of_one_shop(self, owner: Web) -> None:
        assert set(roles(owner)) == {OWNER, OTHER_OWNER, AGENCY, VIEWER}
        owner.sign_in(STRANGER)
        page = owner.client.get(f"/admin/people?shop={KYOTO}").text
        assert OWNER not in page
        assert owner.client.get(PAGE).status_code == 404

    def test_states(self, owner: Web) -> None:
        invite(owner)
        owner.storefront.clock.advance(timedelta(minutes=1))
        page = owner.client.get(PAGE).text
        assert "Signed in, 1 session" in page
        assert "Invited, link until 23 Nov, 11:12" in page
        owner.storefront.clock.advance(INVITATION_LASTS)
        owner.sign_in(OWNER)
        assert "No way in: make a link" in owner.client.get(PAGE).text
