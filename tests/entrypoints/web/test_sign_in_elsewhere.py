"""Signing in at a real OpenID provider in another process, which may lie about everything."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.errors import SettingsError
from hotdash.base.roles import Role
from hotdash.governance.access.oidc import DomainRule, OidcClient, OidcProvider
from tests.fixtures.openid_door import come_by, door_beside, is_in
from tests.fixtures.openid_provider import CLIENT_ID, OpenIdProvider, openid_provider
from tests.fixtures.storefront import OWNER, PASSWORD, ROD, STRANGER, Storefront
from tests.fixtures.web import BASE_URL, Web, web_in_front_of


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with openid_provider() as running:
        yield running


@pytest.fixture
def ticks() -> list[float]:
    """The seconds that the last one shows."""
    return [0.0]


@pytest.fixture
def door(
    storefront: Storefront, provider: OpenIdProvider, web_home: Path, ticks: list[float]
) -> Web:
    return door_beside(provider, storefront, web_home, clock=lambda: ticks[-1])


class TestComingIn:
    def test_whoever_is_invited(self, door: Web, provider: OpenIdProvider) -> None:
        assert "Sign in with the office" in door.client.get("/sign-in").text
        back = come_by(door, provider, next="/today?range=7d")
        assert (back.status_code, back.headers["location"]) == (303, "/today?range=7d")
        assert OWNER in door.client.get("/account").text

    def test_the_second_time_the_number_counts_and_not_the_address(
        self, door: Web, provider: OpenIdProvider
    ) -> None:
        come_by(door, provider)
        come_by(door, provider, email=STRANGER, email_verified=False)
        assert OWNER in door.client.get("/account").text

    def test_somebody_else_with_the_same_address_stays_out(
        self, door: Web, provider: OpenIdProvider
    ) -> None:
        come_by(door, provider)
        door.client.cookies.clear()
        answer = come_by(door, provider, sub="an-impostor")
        assert answer.status_code == 403
        assert not is_in(door)

    def test_what_opened_the_account_before_is_over(
        self, door: Web, provider: OpenIdProvider
    ) -> None:
        """Whoever set a password or opened a session may never have had the address."""
        before = door.storefront.session_of(OWNER)
        come_by(door, provider)
        assert "Set a password" in door.client.get("/account").text
        after = door.client.cookies[door.parts.cookies.session]
        door.hold_session(before)
        assert not is_in(door)
        door.client.cookies.clear()
        assert door.form("/sign-in", {"email": OWNER, "password": PASSWORD}).status_code == 401
        come_by(door, provider)
        door.hold_session(after)
        assert is_in(door), "the second time nothing ends"

    def test_nobody_is_sent_elsewhere(self, door: Web, provider: OpenIdProvider) -> None:
        assert come_by(door, provider, next="//evil.example").headers["location"] == "/"

    def test_by_the_rule_about_a_domain(self, door: Web, provider: OpenIdProvider) -> None:
        come_by(door, provider, sub="new-1", email="New@hot-rod.example")
        account = door.client.get("/account").text
        assert "new@hot-rod.example" in account
        with door.storefront.database.jobs() as session:
            roles = session.execute(
                text(
                    "select m.shop_id, m.role from app.memberships m join app.users u"
                    " using (user_id) where u.email = 'new@hot-rod.example'"
                )
            ).all()
        assert [tuple(each) for each in roles] == [(ROD, "viewer")]
        assert "person admitted by rule" in door.storefront.everything_in("audit.events")

    def test_keys_that_change_are_asked_for_again(
        self, door: Web, provider: OpenIdProvider, ticks: list[float]
    ) -> None:
        come_by(door, provider)
        door.client.cookies.clear()
        provider.change_keys()
        assert come_by(door, provider).status_code == 403, "asked for again after half a minute"
        ticks.append(31.0)
        assert come_by(door, provider).status_code == 303


STRANGE: list[dict[str, Any]] = [
    {"email_verified": False, "sub": "unconfirmed"},
    {"email_verified": None, "sub": "unsaid"},
    {"email_verified": "yes", "sub": "odd"},
    {"email": None, "sub": "nameless"},
    {"email": "somebody@elsewhere.example", "sub": "uninvited"},
    {"email": "x@sub.hot-rod.example", "sub": "subdomain"},
    {"email": "x@hot-rod.example.evil.example", "sub": "suffix"},
    {"email": "\N{KELVIN SIGN}enji@kyoto.example", "sub": "look-alike"},
    {"iss": "https://evil.example"},
    {"aud": "another-application"},
    {"aud": ["another-application", "and-another"]},
    {"azp": "another-application"},
    {"nonce": "of another sign-in"},
    {"nonce": None},
    {"sub": None},
    {"sub": ""},
    {"exp": None},
    {"exp": 1},
    {"algorithm": "none"},
    {"signer": "stranger"},
]


@pytest.mark.parametrize("said", STRANGE, ids=str)
def test_what_is_not_right_lets_nobody_in(
    door: Web, provider: OpenIdProvider, said: dict[str, Any]
) -> None:
    answer = come_by(door, provider, **said)
    assert answer.status_code == 403
    assert door.parts.cookies.session not in answer.cookies
    assert not is_in(door)


class TestTheWayBack:
    def leave(self, door: Web, provider: OpenIdProvider) -> str:
        provider.say_next(now=int(door.storefront.clock.now().timestamp()))
        return provider.consent(door.client.get("/oidc/sign-in").headers["location"])

    def test_of_another_browser(self, door: Web, provider: OpenIdProvider) -> None:
        """Whoever is sent a link with somebody else's code is not signed in as them."""
        query = self.leave(door, provider)
        door.client.cookies.clear()
        assert door.client.get(f"/oidc/callback?{query}").status_code == 403

    def test_of_another_sign_in(self, door: Web, provider: OpenIdProvider) -> None:
        query = self.leave(door, provider)
        self.leave(door, provider)
        assert door.client.get(f"/oidc/callback?{query}").status_code == 403

    def test_too_late(self, door: Web, provider: OpenIdProvider) -> None:
        query = self.leave(door, provider)
        door.storefront.clock.advance(timedelta(minutes=11))
        assert door.client.get(f"/oidc/callback?{query}").status_code == 403

    def test_twice(self, door: Web, provider: OpenIdProvider) -> None:
        query = self.leave(door, provider)
        assert door.client.get(f"/oidc/callback?{query}").status_code == 303
        assert door.client.get(f"/oidc/callback?{query}").status_code == 403

    def test_with_another_issuer(self, door: Web, provider: OpenIdProvider) -> None:
        query = self.leave(door, provider).partition("&iss=")[0]
        assert door.client.get(f"/oidc/callback?{query}&iss=https://evil").status_code == 403

    def test_with_an_error_instead(self, door: Web, provider: OpenIdProvider) -> None:
        self.leave(door, provider)
        answer = door.client.get("/oidc/callback?error=access_denied&state=x")
        assert answer.status_code == 403

    @pytest.mark.parametrize("written", ["", "x", "e30.x"])
    def test_with_a_made_up_beginning(self, door: Web, written: str) -> None:
        door.hold(door.parts.cookies.pending, written)
        assert door.client.get("/oidc/callback?code=x&state=y").status_code == 403


def test_whoever_is_disabled_stays_out(door: Web, provider: OpenIdProvider) -> None:
    come_by(door, provider)
    door.storefront.disable(OWNER)
    assert not is_in(door)
    assert come_by(door, provider).status_code == 403


def test_a_service_that_is_gone_is_said_so(storefront: Storefront, web_home: Path) -> None:
    client = OidcClient("http://127.0.0.1:9", CLIENT_ID, None, "x", f"{BASE_URL}/oidc/callback")
    door = web_in_front_of(storefront, web_home, oidc=OidcProvider(client))
    answer = door.client.get("/oidc/sign-in")
    assert answer.status_code == 503
    assert "does not answer" in answer.text


@pytest.mark.parametrize(
    "told",
    ["example.com=owner@shop", "example.com=viewer", "example=viewer@shop", "=viewer@s", "x"],
)
def test_a_rule_that_cannot_be_read(told: str) -> None:
    with pytest.raises(SettingsError):
        DomainRule.parse(told)


def test_a_rule_that_can() -> None:
    assert DomainRule.parse(" Example.com=analyst@a+b ") == DomainRule(
        "example.com", Role.ANALYST, ("a", "b")
    )
