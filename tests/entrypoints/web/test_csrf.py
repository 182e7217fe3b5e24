from uuid import UUID

import pytest

from tests.fixtures.storefront import OWNER, PASSWORD, ROD
from tests.fixtures.web import BASE_URL, Web, routes_of

SOMETHING = str(UUID(int=7))
FORMS = [
    *("/sign-in", "/sign-in/link", "/sign-out", "/theme", "/account/password"),
    *("/data-health/overrides", "/data-health/overrides/revoke", "/data-health/alerts/answer"),
    *(f"/data-health/publications/{what}" for what in ("rollback", "release")),
    *(f"/decisions/{what}" for what in ("answer", "correct", "assign", "assignments")),
    *("/customers/reveal", "/anomalies/answer"),
    *(f"/decisions/model/{what}" for what in ("change", "training-set")),
    *(
        f"/admin/people/{verb}"
        for verb in ("invite", "role", "remove", "link", "password", "sessions/end")
    ),
    *("/admin/tokens", "/admin/tokens/revoke", "/admin/credentials/renew", "/admin/policies"),
    *("/admin/credentials/connect", "/admin/shops/connect"),
    *(f"/admin/alerts/{what}" for what in ("route", "hours", "file", "test")),
    "/sources/retry",
    *(f"/backfills/{what}" for what in ("plan", "ask", "approve", "reject", "run")),
    *(f"/backfills/{what}" for what in ("give-up", "roll-back", "release")),
    *(f"/explore/{what}" for what in ("views", "annotations", "goals")),
    *(f"/explore/{what}/remove" for what in ("views", "annotations", "goals")),
]
REASON = {"reason": "Prices were wrong."}
PERSON = f"/api/v1/people/{SOMETHING}"
DOCUMENTS = {
    "/api/v1/people": (f"/api/v1/people?shop={ROD}", {"email": "x@y.example", "role": "viewer"}),
    "/api/v1/people/{person}/link": (f"{PERSON}/link?shop={ROD}", {}),
    "/api/v1/people/{person}/sessions/end": (f"{PERSON}/sessions/end?shop={ROD}", {}),
    "/api/v1/publications/rollback": (
        "/api/v1/publications/rollback",
        {"shop": ROD, "publication": SOMETHING} | REASON,
    ),
    "/api/v1/publications/release": ("/api/v1/publications/release", {"shop": ROD} | REASON),
    "/api/v1/backfills": (f"/api/v1/backfills?shop={ROD}", {"plan": SOMETHING} | REASON),
    **{
        f"/api/v1/backfills/{{backfill}}/{verb}": (
            f"/api/v1/backfills/{SOMETHING}/{verb}?shop={ROD}",
            document,
        )
        for verb, document in {
            "approve": {"plan_hash": "0" * 64, "rationale": "Agreed."},
            "run": {},
            **dict.fromkeys(("refuse", "rollback", "abort"), REASON),
        }.items()
    },
    **{
        f"/api/v1/alerts/{{alert}}/{answer}": (
            f"/api/v1/alerts/{SOMETHING}/{answer}?shop={ROD}",
            document,
        )
        for answer, document in {
            "acknowledge": {},
            "snooze": {"until": "2026-11-20T20:00:00Z"},
            "resolve": REASON,
        }.items()
    },
    "/api/v1/anomalies/{anomaly}/answer": (
        f"/api/v1/anomalies/{SOMETHING}/answer?shop={ROD}",
        {"state": "acknowledged"},
    ),
    **{
        f"/api/v1/decisions/{{{what}}}/{verb}": (
            f"/api/v1/decisions/{SOMETHING}/{verb}?shop={ROD}",
            {"rationale": "So."} | more,
        )
        for what, verb, more in (
            ("recommendation", "approve", {}),
            ("recommendation", "reject", {}),
            ("recommendation", "snooze", {"until": "2026-11-21T08:00:00Z"}),
            ("decision", "correct", {}),
        )
    },
    "/api/v1/assignments": (
        f"/api/v1/assignments?shop={ROD}",
        {"landing_page": "/hoses", "assignee": "Bea", "rationale": "It fell."},
    ),
    "/api/v1/assignments/{assignment}": (
        f"/api/v1/assignments/{SOMETHING}?shop={ROD}",
        {"state": "done"},
    ),
    "/api/v1/annotations": (
        f"/api/v1/annotations?shop={ROD}",
        {"kind": "other", "title": "A sale.", "from": "2026-11-02"},
    ),
    "/api/v1/goals": (
        f"/api/v1/goals?shop={ROD}",
        {"metric": "revenue", "from": "2026-11-01", "to": "2026-11-30", "target": "60000"},
    ),
    "/api/v1/views": (f"/api/v1/views?shop={ROD}", {"name": "Mine", "state": "metric=aov"}),
    **{
        f"/api/v1/{what}s/{{{what}}}/remove": (
            f"/api/v1/{what}s/{SOMETHING}/remove?shop={ROD}",
            {},
        )
        for what in ("annotation", "goal", "view")
    },
    "/api/v1/customers/{customer}/reveal": (f"/api/v1/customers/c1/reveal?shop={ROD}", REASON),
    "/api/v1/backfills/plans": (
        f"/api/v1/backfills/plans?shop={ROD}",
        {"from": "2026-11-01", "to": "2026-11-02"},
    ),
    "/api/v1/sources/{source}/quarantine/retry": (
        f"/api/v1/sources/shopify/quarantine/retry?shop={ROD}",
        {},
    ),
    "/api/v1/tokens": (
        "/api/v1/tokens",
        {"name": "a program", "shops": [ROD], "scopes": ["see_metrics"]},
    ),
    "/api/v1/tokens/{token_id}/revoke": (f"/api/v1/tokens/{SOMETHING}/revoke?shop={ROD}", {}),
    "/api/v1/health/overrides": (
        "/api/v1/health/overrides",
        {"shop": ROD, "check": "odd_day"} | REASON,
    ),
}


CHANGES = {
    "PATCH /api/v1/people/{person}": (f"{PERSON}?shop={ROD}", {"role": "viewer"}),
    "DELETE /api/v1/people/{person}": (f"{PERSON}?shop={ROD}", {}),
}
EVERY_DOCUMENT = [("POST", *asked) for asked in DOCUMENTS.values()] + [
    (name.partition(" ")[0], *asked) for name, asked in CHANGES.items()
]


def test_nothing_but_webhooks_clicks_and_agents_goes_without_it(shown_web: Web) -> None:
    """Webhooks prove themselves by their signature; the collector reads no cookie and serves nobody.

    Agents show a token, and no cookie opens anything for them.
    """
    posts = {
        name.removeprefix("POST ")
        for name in routes_of(shown_web.app.routes)
        if name.startswith("POST")
    }
    other_writes = {
        name for name in routes_of(shown_web.app.routes) if not name.startswith(("GET ", "POST "))
    }
    assert other_writes == set(CHANGES)
    asked = {*FORMS, *DOCUMENTS}
    webhooks = {"/webhooks/{vendor}", "/webhooks/{vendor}/{shop_id}"}
    assert posts - asked == {"/collect", "/mcp", *webhooks}


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


@pytest.mark.parametrize(("method", "path", "document"), EVERY_DOCUMENT, ids=[*DOCUMENTS, *CHANGES])
class TestEveryDocument:
    def test_without_a_token(
        self, signed_in: Web, method: str, path: str, document: dict[str, str]
    ) -> None:
        origin = {"origin": BASE_URL}
        answer = signed_in.client.request(method, path, json=document, headers=origin)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "forged_form"

    def test_with_the_token_of_another_visitor(
        self, signed_in: Web, method: str, path: str, document: dict[str, str]
    ) -> None:
        token = signed_in.parts.csrf.issue("somebody else")
        answer = signed_in.send(path, document, method=method, **{"x-csrf-token": token})
        assert answer.json()["error"]["code"] == "forged_form"

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
    def test_from_another_origin(
        self, signed_in: Web, method: str, path: str, document: dict[str, str], origin: str
    ) -> None:
        answer = signed_in.send(path, document, method=method, origin=origin)
        assert answer.json()["error"]["code"] == "forged_form"


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
