from datetime import timedelta

import httpx
import pytest

from hotdash.governance.access.links import issue_link
from tests.fixtures.storefront import AGENCY, OWNER, PASSWORD, ROD, STRANGER, Storefront
from tests.fixtures.web import Web, web_in_front_of


def sign_in(
    web: Web, email: str = OWNER, password: str = PASSWORD, next: str = "/"
) -> httpx.Response:
    return web.form("/sign-in", {"email": email, "password": password, "next": next})


def link_for(web: Web, email: str = OWNER) -> str:
    link = issue_link(
        web.storefront.database,
        email,
        base_url=web.context.base_url,
        now=web.storefront.clock.now(),
        lasts=timedelta(minutes=15),
    )
    return link.rpartition("/")[2]


class TestPassword:
    def test_the_right_one_opens_the_door(self, web: Web) -> None:
        answer = sign_in(web, next="/today?range=7d")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/today?range=7d"
        assert web.client.get("/today").status_code == 200

    def test_case_and_blanks_of_the_email_do_not_matter(self, web: Web) -> None:
        assert sign_in(web, email=f" {OWNER.upper()} ").status_code == 303

    def test_a_hash_of_weaker_times_is_made_anew(self, web: Web) -> None:
        def owner() -> str:
            rows = web.storefront.everything_in("app.users").splitlines()
            return next(row for row in rows if OWNER in row)

        assert "m=64,t=1" in owner()
        sign_in(web)
        assert "m=64,t=1" not in owner()

    def test_an_unknown_account_gets_the_same_answer(self, web: Web) -> None:
        wrong = sign_in(web, password="wrong")
        unknown = sign_in(web, email="nobody@nowhere.example", password="wrong")
        assert wrong.status_code == unknown.status_code == 401
        same = "E-mail and password do not fit together."
        assert same in wrong.text
        assert same in unknown.text

    def test_a_disabled_account_gets_the_same_answer(self, web: Web) -> None:
        web.storefront.disable(OWNER)
        assert sign_in(web).status_code == 401

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://evil.example", "//evil.example", "/\\evil.example", "/a\tb", "javascript:x"],
    )
    def test_nobody_is_sent_elsewhere(self, web: Web, elsewhere: str) -> None:
        assert sign_in(web, next=elsewhere).headers["location"] == "/"

    def test_the_session_before_ends(self, web: Web) -> None:
        first = web.sign_in(OWNER)
        sign_in(web)
        web.hold(web.parts.cookies.session, first)
        assert web.client.get("/today").status_code == 303


class TestThrottle:
    def test_the_account_is_closed_after_five_failures(self, web: Web) -> None:
        for _ in range(5):
            assert sign_in(web, password="wrong").status_code == 401
        refused = sign_in(web)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "900"

    def test_an_account_that_does_not_exist_is_closed_too(self, web: Web) -> None:
        answers = [sign_in(web, email="no@body.example").status_code for _ in range(6)]
        assert answers == [401] * 5 + [429]

    def test_it_opens_again_after_a_quarter_of_an_hour(self, web: Web) -> None:
        for _ in range(5):
            sign_in(web, password="wrong")
        web.storefront.clock.advance(timedelta(minutes=15, seconds=1))
        assert sign_in(web).status_code == 303

    def test_the_address_is_counted_over_all_accounts(self, web: Web) -> None:
        for number in range(5):
            sign_in(web, email=f"guess{number}@hot-rod.example")
        assert sign_in(web, email=STRANGER).status_code == 429

    def test_a_restart_forgets_nothing(
        self, web: Web, storefront: Storefront, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        for _ in range(5):
            sign_in(web, password="wrong")
        restarted = web_in_front_of(storefront, tmp_path_factory.mktemp("home"))
        assert sign_in(restarted).status_code == 429

    def test_behind_a_proxy_the_last_hop_is_the_address(
        self, storefront: Storefront, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        home = tmp_path_factory.mktemp("home")
        public = web_in_front_of(storefront, home, base_url="https://dash.example")
        wrong = {"email": "x@y.example", "password": "wrong"}
        for number in range(5):
            hops = {"x-forwarded-for": f"10.0.0.{number}, 203.0.113.7"}
            public.form("/sign-in", wrong | {"email": f"x{number}@y.example"}, **hops)
        right = {"email": OWNER, "password": PASSWORD}
        from_there = public.form("/sign-in", right, **{"x-forwarded-for": "203.0.113.7"})
        from_elsewhere = public.form("/sign-in", right, **{"x-forwarded-for": "198.51.100.9"})
        assert (from_there.status_code, from_elsewhere.status_code) == (429, 303)


class TestLink:
    def test_looking_at_it_does_not_use_it_up(self, web: Web) -> None:
        token = link_for(web)
        for _ in range(3):
            assert web.client.get(f"/sign-in/{token}").status_code == 200
        assert web.form("/sign-in/link", {"token": token}).status_code == 303
        assert web.client.get("/").status_code == 200

    def test_it_works_once(self, web: Web) -> None:
        token = link_for(web)
        web.form("/sign-in/link", {"token": token})
        again = web.form("/sign-in/link", {"token": token})
        assert again.status_code == 403
        assert "used already" in again.text

    def test_it_works_for_a_while(self, web: Web) -> None:
        token = link_for(web)
        web.storefront.clock.advance(timedelta(minutes=16))
        assert web.form("/sign-in/link", {"token": token}).status_code == 403

    def test_only_its_hash_is_kept(self, web: Web) -> None:
        token = link_for(web)
        assert token not in web.storefront.everything_in("app.sign_in_links")
        session = web.sign_in(OWNER)
        assert session not in web.storefront.everything_in("app.sessions")


class TestSession:
    def test_it_ends_by_time(self, web: Web) -> None:
        web.sign_in(OWNER, lasts=timedelta(hours=1))
        web.storefront.clock.advance(timedelta(minutes=61))
        answer = web.client.get("/today?range=7d")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/sign-in?next=%2Ftoday%3Frange%3D7d"

    def test_signing_out_ends_it_in_the_database(self, web: Web) -> None:
        token = web.sign_in(OWNER)
        assert web.form("/sign-out", {}).status_code == 303
        web.hold(web.parts.cookies.session, token)
        assert web.client.get("/today").status_code == 303

    def test_who_is_in_needs_no_form(self, web: Web) -> None:
        web.sign_in(OWNER)
        assert web.client.get("/sign-in").headers["location"] == "/"


class TestOwnPassword:
    def change(self, web: Web, **fields: str) -> httpx.Response:
        return web.form("/account/password", {"current": PASSWORD, **fields})

    def test_a_new_one_ends_every_other_session(self, web: Web) -> None:
        elsewhere = web.storefront.session_of(OWNER)
        here = web.sign_in(OWNER)
        assert self.change(web, new="three blue carburettors").status_code == 303
        assert web.client.get("/today").status_code == 200
        web.hold(web.parts.cookies.session, elsewhere)
        assert web.client.get("/today").status_code == 303
        assert here != elsewhere

    def test_a_new_one_ends_links_that_nobody_opened(self, web: Web) -> None:
        token = link_for(web)
        web.sign_in(OWNER)
        self.change(web, new="three blue carburettors")
        web.client.cookies.clear()
        assert web.form("/sign-in/link", {"token": token}).status_code == 403

    @pytest.mark.parametrize(("asked", "status"), [({}, 200), ({"tokens": "yes"}, 401)])
    def test_tokens_end_when_that_is_wanted(
        self, web: Web, asked: dict[str, str], status: int
    ) -> None:
        secret, of_another = web.storefront.token_of(OWNER), web.storefront.token_of(AGENCY)
        web.sign_in(OWNER)
        assert self.change(web, new="three blue carburettors", **asked).status_code == 303
        recorded = web.storefront.everything_in("audit.events").count("token revoked")
        assert recorded == (1 if asked else 0)
        for token, expected in ((secret, status), (of_another, 200)):
            web.as_program(token)
            answer = web.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
            assert answer.status_code == expected

    def test_a_refused_one_ends_nothing(self, web: Web) -> None:
        secret = web.storefront.token_of(OWNER)
        web.sign_in(OWNER)
        assert self.change(web, new="short", tokens="yes").status_code == 422
        web.as_program(secret)
        assert web.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 200

    def test_it_is_the_one_that_counts_from_now_on(self, web: Web) -> None:
        web.sign_in(OWNER)
        self.change(web, new="three blue carburettors")
        assert sign_in(web, password="three blue carburettors").status_code == 303
        assert sign_in(web).status_code == 401

    def test_the_current_one_must_be_right(self, web: Web) -> None:
        web.sign_in(OWNER)
        answer = self.change(web, current="wrong", new="three blue carburettors")
        assert answer.status_code == 401
        assert "current password is not right" in answer.text

    @pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaa", "x" * 257])
    def test_a_weak_one_is_refused_with_the_rule(self, web: Web, weak: str) -> None:
        web.sign_in(OWNER)
        assert self.change(web, new=weak).status_code == 422
