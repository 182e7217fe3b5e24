import pytest

from tests.fixtures.storefront import OWNER, PASSWORD, ROD
from tests.fixtures.web import BASE_URL, Web, routes_of

ALERT = "/api/v1/alerts/018f9b2e-0000-7000-8000-000000000000"
ANSWERS = {
    f"{ALERT}/{answer}?shop={ROD}": answer for answer in ("acknowledge", "snooze", "resolve")
}
FORMS = ["/sign-in", "/sign-in/link", "/sign-out", "/theme", "/account/password", *ANSWERS]


def test_nothing_but_webhooks_and_clicks_goes_without_it(shown_web: Web) -> None:
    """Webhooks prove themselves by their signature; the collector reads no cookie and serves nobody."""
    posts = {
        name.removeprefix("POST ")
        for name in routes_of(shown_web.app.routes)
        if name.startswith("POST")
    }
    answers = {f"/api/v1/alerts/{{alert}}/{answer}" for answer in ANSWERS.values()}
    assert posts - set(FORMS) - answers == {
        "/collect",
        "/webhooks/{vendor}",
        "/webhooks/{vendor}/{shop_id}",
    }


@pytest.fixture
def signed_in(shown_web: Web) -> Web:
    shown_web.sign_in(OWNER)
    return shown_web


@pytest.mark.parametrize("path", FORMS)
class TestEveryForm:
    def test_without_a_token(self, signed_in: Web, path: str) -> None:
        answer = signed_in.client.post(path, headers={"origin": BASE_URL})
        assert answer.status_code == 403

    def test_with_the_token_of_another_visitor(self, signed_in: Web, path: str) -> None:
        token = signed_in.parts.csrf.issue("somebody else")
        assert signed_in.form(path, {"csrf": token}).status_code == 403

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example", "null", "http://127.0.0.1:8701", "http://x:99999999", "http://["],
    )
    def test_from_another_origin(self, signed_in: Web, path: str, origin: str) -> None:
        assert signed_in.form(path, {}, origin=origin).status_code == 403

    def test_without_any_origin(self, signed_in: Web, path: str) -> None:
        answer = signed_in.form(path, {}, origin="")
        assert answer.status_code == 403
        assert "not from this installation" in answer.text


def test_the_other_name_of_this_machine_is_ours_too(signed_in: Web) -> None:
    answer = signed_in.form("/theme", {"theme": "dark"}, origin="http://localhost:8700")
    assert answer.status_code == 303


def test_the_referer_stands_in_for_a_missing_origin(signed_in: Web) -> None:
    answer = signed_in.form("/theme", {"theme": "dark"}, origin="", referer=f"{BASE_URL}/today")
    assert answer.status_code == 303


def test_the_token_differs_each_time_and_each_works(signed_in: Web) -> None:
    tokens = {signed_in.parts.csrf.issue("me") for _ in range(5)}
    assert len(tokens) == 5
    signed_in.hold(signed_in.parts.cookies.visitor, "me")
    for token in tokens:
        assert signed_in.form("/theme", {"csrf": token}).status_code == 303


def test_a_refused_sign_in_opens_no_session(web: Web) -> None:
    fields = {"email": OWNER, "password": PASSWORD, "csrf": "wrong"}
    answer = web.form("/sign-in", fields)
    assert answer.status_code == 403
    assert web.parts.cookies.session not in answer.cookies
