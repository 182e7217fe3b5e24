from pathlib import Path

import pytest
from starlette.responses import Response

from tests.fixtures.storefront import OWNER, ROD, Storefront
from tests.fixtures.web import Web, web_in_front_of

PATHS = ["/sign-in", "/nowhere", "/healthz", "/today", "/api/v1/nothing", "/api/v1/openapi.json"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(shown_web: Web, path: str) -> None:
    headers = shown_web.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert len(headers["x-request-id"]) == 8


def test_an_answer_that_is_sent_again_carries_each_header_once_and_keeps_its_own(web: Web) -> None:
    ready = Response("ready", headers={"x-frame-options": "SAMEORIGIN"})
    web.app.add_route("/ready", lambda _: ready)
    references: set[str] = set()
    for _ in range(2):
        told = web.client.get("/ready").headers
        assert {name: told.get_list(name) for name in told if len(told.get_list(name)) > 1} == {}
        assert told["x-frame-options"] == "SAMEORIGIN"
        references.add(told["x-request-id"])
    assert len(references) == 2


def test_pages_are_not_kept_by_anybody(shown_web: Web) -> None:
    shown_web.sign_in(OWNER)
    assert shown_web.client.get("/today").headers["cache-control"] == "no-store"
    exported = shown_web.client.get(f"/exports/revenue.csv?shop={ROD}")
    assert exported.headers["cache-control"] == "no-store"


def test_pages_are_compressed(shown_web: Web) -> None:
    shown_web.sign_in(OWNER)
    answer = shown_web.client.get("/today", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < 20_000


def test_pages_hold_no_inline_script_or_style(shown_web: Web) -> None:
    shown_web.sign_in(OWNER)
    page = shown_web.client.get("/today").text
    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")
    assert " onclick=" not in page


class TestHttps:
    @pytest.fixture
    def secure(self, shown_storefront: Storefront, web_home: Path) -> Web:
        return web_in_front_of(shown_storefront, web_home, base_url="https://dash.example")

    def test_cookies_belong_to_this_host_alone(self, secure: Web) -> None:
        answer = secure.client.get("/sign-in")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-hotdash-visitor=")
        for attribute in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"):
            assert attribute in cookie
        assert "Domain" not in cookie

    def test_the_browser_is_told_to_stay_with_it(self, secure: Web) -> None:
        assert secure.client.get("/sign-in").headers["strict-transport-security"]

    def test_a_form_from_plain_http_is_refused(self, secure: Web) -> None:
        answer = secure.form("/sign-out", {}, origin="http://dash.example")
        assert answer.status_code == 403


def test_on_loopback_the_cookie_carries_the_port(shown_web: Web) -> None:
    cookie = shown_web.client.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("hotdash-visitor-8700=")
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie
