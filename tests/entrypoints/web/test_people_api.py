"""People over the API: what an owner may on the page and no more, once however often it is sent."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from hotdash.base.errors import HotdashError
from hotdash.base.roles import Role
from hotdash.governance.access.members import Change, Members
from hotdash.storage.appdb.repositories import identity
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

PEOPLE = f"/api/v1/people?shop={ROD}"
NEW = "new@somebody.example"
OTHER_OWNER = "owner@hot-rod-an.example"
KEY = {"idempotency-key": "7d3f-people"}


@pytest.fixture
def owner(web: Web) -> Web:
    web.sign_in(OWNER)
    return web


def of(web: Web, email: str, what: str = "") -> str:
    return f"/api/v1/people/{web.storefront.user_id(email)}{what}?shop={ROD}"


def listed(web: Web) -> dict[str, dict[str, Any]]:
    return {each["email"]: each for each in web.client.get(PEOPLE).json()["people"]}


def invite(web: Web, email: str = NEW, role: str = "analyst", **headers: str) -> httpx.Response:
    return web.send(PEOPLE, {"email": email, "name": "Nele New", "role": role}, **headers)


def come_in(web: Web, link: str) -> int:
    web.client.cookies.clear()
    return web.form("/sign-in/link", {"token": link.rpartition("/")[2]}).status_code


class TestReading:
    def test_who_belongs_to_the_shop(self, owner: Web) -> None:
        found = listed(owner)
        assert set(found) == {OWNER, OTHER_OWNER, AGENCY, VIEWER}
        assert (found[VIEWER]["role"], found[VIEWER]["has_password"]) == ("viewer", True)
        assert found[OWNER]["sessions"] == 1
        assert KYOTO not in owner.client.get(PEOPLE).text, "where else they belong is not told"

    def test_one_of_them_and_nobody_else(self, owner: Web) -> None:
        answer = owner.client.get(of(owner, VIEWER))
        assert answer.json()["person"] == listed(owner)[VIEWER]
        assert answer.headers["cache-control"] == "no-store"
        assert owner.client.get(of(owner, STRANGER)).status_code == 404


class TestInviting:
    def test_the_link_is_told_once_and_opens_the_door(self, owner: Web) -> None:
        made = invite(owner).json()
        assert made["link"].rpartition("/")[2] not in owner.client.get(PEOPLE).text
        assert listed(owner)[NEW]["role"] == made["role"] == "analyst"
        assert listed(owner)[NEW]["link_until"] == made["until"]
        assert come_in(owner, made["link"]) == 303

    def test_sent_twice_it_is_done_once_and_the_link_is_not_kept(self, owner: Web) -> None:
        link = invite(owner, **KEY).json()["link"]
        again = invite(owner, **KEY)
        assert (again.status_code, again.json()["error"]["code"]) == (409, "shown_once")
        assert link.rpartition("/")[2] not in owner.storefront.everything_in("app.request_keys")
        assert NEW not in owner.storefront.everything_in("app.request_keys")
        assert come_in(owner, link) == 303

    def test_a_new_link_ends_the_one_before(self, owner: Web) -> None:
        first = invite(owner).json()["link"]
        second = owner.send(of(owner, NEW, "/link"), {}).json()["link"]
        assert come_in(owner, first) == 403
        assert come_in(owner, second) == 303

    @pytest.mark.parametrize(
        ("email", "role", "status"),
        [
            ("nobody", "viewer", 400),
            (VIEWER, "owner", 409),
            (STRANGER, "viewer", 409),
            (NEW, "king", 422),
        ],
    )
    def test_what_the_page_refuses_is_refused(
        self, owner: Web, email: str, role: str, status: int
    ) -> None:
        before = listed(owner)
        answer = invite(owner, email, role)
        assert answer.status_code == status
        assert answer.json()["error"]["hint"]
        assert listed(owner) == before

    def test_no_link_for_whoever_has_a_way_in(self, owner: Web) -> None:
        assert owner.send(of(owner, VIEWER, "/link"), {}).status_code == 409


class TestChanging:
    def patch(self, web: Web, email: str, **asked: Any) -> httpx.Response:
        return web.send(of(web, email), asked, method="PATCH")

    def test_a_role_holds_at_once(self, owner: Web) -> None:
        assert self.patch(owner, VIEWER, role="operator").json()["role"] == "operator"
        owner.sign_in(VIEWER)
        assert owner.client.get(f"/decisions/export.csv?shop={ROD}").status_code == 200

    @pytest.mark.parametrize("asked", [{}, {"role": "king"}, {"role": None}, {"name": "Vera"}])
    def test_nonsense(self, owner: Web, asked: dict[str, Any]) -> None:
        assert self.patch(owner, VIEWER, **asked).status_code == 422

    def test_both_or_nothing(self, owner: Web) -> None:
        """Without another service the password cannot be refused, and the role stays as well."""
        asked = {"role": "manager", "may_have_password": False}
        assert self.patch(owner, VIEWER, **asked).status_code == 409
        assert listed(owner)[VIEWER]["role"] == "viewer"
        assert "role given" not in owner.storefront.everything_in("audit.events")

    def test_sessions_and_tokens_end(self, owner: Web) -> None:
        somebody = owner.storefront.add_person(Role.ANALYST)
        session = owner.storefront.session_of(somebody)
        secret = owner.storefront.token_of(somebody)
        ended = owner.send(of(owner, somebody, "/sessions/end"), {"tokens": True}).json()
        assert (ended["sessions"], ended["tokens"]) == (1, 1)
        owner.hold_session(session)
        assert owner.client.get("/account").status_code == 303
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 401

    def test_nobody_of_another_shop(self, owner: Web) -> None:
        assert self.patch(owner, STRANGER, role="viewer").status_code == 404
        assert owner.send(of(owner, STRANGER), {}, method="DELETE").status_code == 404


class TestTakingOut:
    def delete(self, web: Web, email: str, **headers: str) -> httpx.Response:
        return web.send(of(web, email), {}, method="DELETE", **headers)

    def test_at_once_and_once(self, owner: Web) -> None:
        somebody = owner.storefront.add_person(Role.ANALYST)
        session = owner.storefront.session_of(somebody)
        first, again = (self.delete(owner, somebody, **KEY) for _ in range(2))
        assert first.json() == again.json()
        assert (first.status_code, again.headers["idempotent-replayed"]) == (200, "true")
        assert self.delete(owner, somebody).status_code == 404
        owner.hold_session(session)
        assert owner.client.get("/account").status_code == 303

    def test_somebody_always_manages_the_shop(self, owner: Web) -> None:
        assert self.delete(owner, OTHER_OWNER).status_code == 200
        for answer in (
            self.delete(owner, OWNER),
            owner.send(of(owner, OWNER), {"role": "manager"}, method="PATCH"),
        ):
            assert answer.status_code == 409
            assert "Nobody would manage" in answer.json()["error"]["message"]

    def test_an_owner_who_is_shut_out_manages_nothing(self, owner: Web) -> None:
        owner.storefront.disable(OTHER_OWNER)
        assert self.delete(owner, OWNER).status_code == 409

    def test_two_owners_at_the_same_moment_leave_one(self, owner: Web) -> None:
        store = owner.storefront
        pair = [store.user_id(OWNER), store.user_id(OTHER_OWNER)]
        at_once = threading.Barrier(2)

        def demote(who: int) -> bool:
            members = Members(store.database, ROD, pair[who], store.clock.now(), "http://x")
            at_once.wait()
            try:
                if who:
                    members.remove(pair[0])
                else:
                    members.change(pair[1], Change(role=Role.VIEWER))
            except HotdashError:
                return False
            return True

        for _ in range(5):
            with ThreadPoolExecutor(2) as both:
                done = list(both.map(demote, range(2)))
            with store.database.jobs() as session:
                held = identity.members(session, ROD)
                owners = [each for each in pair if held.get(each) is Role.OWNER]
                for each in pair:
                    identity.set_role(session, ROD, each, Role.OWNER)
            assert (sum(done), len(owners)) == (1, 1)


class TestWho:
    @pytest.mark.parametrize("role", [each for each in Role if each is not Role.OWNER])
    def test_nobody_but_an_owner(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        assert web.client.get(PEOPLE).status_code == 403
        assert invite(web).status_code == 403

    def test_no_token_whatever_its_holder_may(self, owner: Web) -> None:
        owner.as_program(owner.storefront.token_of(OWNER))
        assert owner.client.get(PEOPLE).status_code == 403
        answer = owner.client.delete(of(owner, VIEWER))
        assert (answer.status_code, answer.json()["error"]["field"]) == (403, "Authorization")

    def test_an_answer_kept_is_not_told_to_whoever_manages_no_more(self, owner: Web) -> None:
        path, asked = of(owner, VIEWER), {"role": "operator"}
        assert owner.send(path, asked, method="PATCH", **KEY).status_code == 200
        owner.storefront.give_role(OWNER, Role.MANAGER)
        assert owner.send(path, asked, method="PATCH", **KEY).status_code == 403
