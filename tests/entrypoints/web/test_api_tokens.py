"""Tokens of programs over the API: made once, shown once, good for what they name, counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.storage.appdb.session import token_in_use
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

ASKED: dict[str, Any] = {
    "name": "the warehouse's own reports",
    "shops": [ROD],
    "scopes": ["see_metrics"],
    "days": 30,
}
METRICS = f"/api/v1/metrics/revenue/days?shop={ROD}"


def make(web: Web, **changes: Any) -> Any:
    return web.send("/api/v1/tokens", ASKED | changes)


class TestMaking:
    def test_it_is_shown_once_and_kept_as_a_hash(self, web: Web) -> None:
        web.sign_in(OWNER)
        made = make(web)
        secret = made.json()["secret"]
        assert made.headers["cache-control"] == "no-store"
        assert len(secret) == len("hotdash_") + 43
        kept = web.storefront.everything_in("app.api_tokens")
        listed = web.client.get(f"/api/v1/tokens?shop={ROD}")
        assert secret not in kept + listed.text + web.storefront.everything_in("audit.events")
        [token] = listed.json()["tokens"]
        assert (token["name"], token["holder"]) == ("the warehouse's own reports", "Ada Rodriguez")
        assert token["expires_at"] == "2026-12-20T19:12:00.000000Z"
        assert token["last_used_at"] is None

    def test_it_works_at_once_and_tells_when_it_was_used(self, web: Web) -> None:
        web.sign_in(OWNER)
        secret = make(web).json()["secret"]
        web.storefront.clock.advance(timedelta(minutes=3))
        web.as_program(secret)
        assert web.client.get(METRICS).status_code == 200
        web.as_program(None)
        web.sign_in(OWNER)
        [token] = web.client.get(f"/api/v1/tokens?shop={ROD}").json()["tokens"]
        assert token["last_used_at"] == "2026-11-20T19:15:00.000000Z"

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"scopes": []}, 422),
            ({"scopes": ["make_tokens"]}, 422),
            ({"scopes": ["manage_shop"]}, 422),
            ({"scopes": ["rule_the_world"]}, 422),
            ({"days": 0}, 422),
            ({"days": 367}, 422),
            ({"shops": []}, 422),
            ({"name": "   "}, 422),
            ({"shops": [KYOTO]}, 404),
            ({"shops": [ROD, KYOTO]}, 404),
        ],
    )
    def test_no_more_than_may_be(self, web: Web, changes: dict[str, Any], status: int) -> None:
        web.sign_in(OWNER)
        assert make(web, **changes).status_code == status
        assert not web.storefront.everything_in("app.api_tokens")

    def test_no_more_than_the_role_may(self, web: Web) -> None:
        """An analyst exports and decides nothing; in the other shop the same person is manager."""
        web.sign_in(AGENCY)
        assert make(web, scopes=["export"]).status_code == 200
        assert make(web, scopes=["decide"]).status_code == 403
        assert make(web, scopes=["decide"], shops=[KYOTO]).status_code == 200
        assert make(web, scopes=["decide"], shops=[ROD, KYOTO]).status_code == 403

    def test_it_is_written_down_in_every_shop_it_opens(self, web: Web) -> None:
        web.sign_in(AGENCY)
        made = make(web, shops=[ROD, KYOTO]).json()
        with web.storefront.database.jobs() as session:
            found = session.execute(
                text(
                    "select shop_id, action, subject from audit.events"
                    " where action like 'token%' order by shop_id"
                )
            ).all()
        assert [tuple(each) for each in found] == [
            (shop, "token made", made["token"]) for shop in (ROD, KYOTO)
        ]


class TestEnding:
    def test_its_holder_ends_it(self, web: Web) -> None:
        web.sign_in(AGENCY)
        made = make(web).json()
        assert web.send(f"/api/v1/tokens/{made['token']}/revoke?shop={ROD}", {}).status_code == 200
        web.as_program(made["secret"])
        refused = web.client.get(METRICS)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "invalid_token"
        assert refused.headers["www-authenticate"].startswith("Bearer")

    def test_the_owner_sees_and_ends_everybodys_and_nobody_else_does(self, web: Web) -> None:
        web.sign_in(AGENCY)
        made = make(web, shops=[ROD, KYOTO]).json()
        web.sign_in(OWNER)
        [seen] = web.client.get(f"/api/v1/tokens?shop={ROD}").json()["tokens"]
        assert seen["shops"] == [ROD], "the other shop of the agency is nobody's business"
        own = make(web).json()
        web.sign_in(AGENCY)
        assert len(web.client.get(f"/api/v1/tokens?shop={ROD}").json()["tokens"]) == 1
        path = f"/api/v1/tokens/{own['token']}/revoke?shop={ROD}"
        assert web.send(path, {}).status_code == 404
        web.sign_in(OWNER)
        path = f"/api/v1/tokens/{made['token']}/revoke?shop={ROD}"
        assert web.send(path, {}).status_code == 200

    def test_by_time(self, web: Web) -> None:
        secret = web.storefront.token_of(OWNER, days=30)
        web.as_program(secret)
        assert web.client.get(METRICS).status_code == 200
        web.storefront.clock.advance(timedelta(days=30))
        assert web.client.get(METRICS).status_code == 401

    def test_leaving_the_shop_ends_its_use_there(self, web: Web) -> None:
        secret = web.storefront.token_of(AGENCY, [ROD, KYOTO])
        with web.storefront.database.jobs() as session:
            session.execute(text("delete from app.memberships where shop_id = 'hot-rod-an'"))
        web.as_program(secret)
        assert web.client.get(METRICS).status_code == 404
        assert web.client.get(METRICS.replace(ROD, KYOTO)).status_code == 200


def test_row_level_security_knows_the_token_too(web: Web) -> None:
    """A query that forgot to name its shop sees what the token opens and no more."""
    secret = web.storefront.token_of(AGENCY, [KYOTO])
    user_id = web.storefront.user_id(AGENCY)
    with web.storefront.database.jobs() as session:
        token_id = session.scalars(text("select token_id from app.api_tokens")).one()
    seen = text("select shop_id from app.shops order by shop_id")
    with web.storefront.database.as_user(user_id) as session:
        assert list(session.scalars(seen)) == [ROD, KYOTO]
    before = token_in_use.set(token_id)
    try:
        with web.storefront.database.as_user(user_id) as session:
            assert list(session.scalars(seen)) == [KYOTO]
    finally:
        token_in_use.reset(before)
    assert secret


class TestWriting:
    def test_needs_no_form_token_and_no_origin(self, web: Web) -> None:
        web.as_program(web.storefront.token_of(OWNER))
        answer = web.client.post(
            f"/api/v1/publications/release?shop={ROD}", json={"shop": ROD, "reason": "Mended."}
        )
        assert answer.json()["error"]["code"] == "conflict", "nothing is held"

    def test_what_only_reads_writes_nothing_of_its_persons(self, web: Web) -> None:
        web.as_program(web.storefront.token_of(OWNER, scopes=["see_metrics", "see_backfills"]))
        view = {"name": "mine", "state": "metric=revenue", "shared": False}
        nothing = "00000000-0000-0000-0000-000000000007"
        for path, document in (
            ("/api/v1/views", view),
            (f"/api/v1/views/{nothing}/remove", {}),
            (f"/api/v1/backfills/{nothing}/abort", {"reason": "Not now."}),
        ):
            answer = web.client.post(f"{path}?shop={ROD}", json=document)
            assert (answer.status_code, answer.json()["error"]["field"]) == (403, "Authorization")

    def test_a_page_still_needs_both(self, web: Web) -> None:
        web.sign_in(OWNER)
        web.client.headers["authorization"] = "Basic cHJveHk6cHJveHk="
        assert web.client.get("/today").status_code == 200, "a proxy's own sign-in is not ours"
        assert web.client.post("/theme", data={"theme": "dark"}).status_code == 403


class TestRate:
    def test_every_answer_says_what_is_left(self, web: Web) -> None:
        web.as_program(web.storefront.token_of(OWNER, requests_per_minute=3))
        told = []
        for _ in range(3):
            answer = web.client.get(METRICS)
            told.append(
                (
                    answer.status_code,
                    answer.headers["ratelimit-limit"],
                    answer.headers["ratelimit-remaining"],
                    answer.headers["ratelimit-reset"],
                )
            )
            web.storefront.clock.advance(timedelta(seconds=10))
        assert told == [(200, "3", "2", "60"), (200, "3", "1", "50"), (200, "3", "0", "40")]

    def test_what_is_too_much_is_refused_until_the_minute_is_over(self, web: Web) -> None:
        web.as_program(web.storefront.token_of(OWNER, requests_per_minute=2))
        for _ in range(2):
            web.client.get(METRICS)
        web.storefront.clock.advance(timedelta(seconds=45))
        refused = web.client.get(METRICS)
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "15"
        assert set(refused.json()["error"]) == {"code", "message", "hint", "ref"}
        web.storefront.clock.advance(timedelta(seconds=15))
        assert web.client.get(METRICS).status_code == 200

    def test_each_token_has_its_own_and_errors_count(self, web: Web) -> None:
        first, second = (web.storefront.token_of(OWNER, requests_per_minute=1) for _ in range(2))
        web.as_program(first)
        assert web.client.get("/api/v1/tiles/sales-pulse?shop=nothing").status_code == 404
        assert web.client.get(METRICS).status_code == 429
        web.as_program(second)
        assert web.client.get(METRICS).status_code == 200

    def test_a_session_has_none(self, web: Web) -> None:
        web.sign_in(VIEWER)
        assert "ratelimit-limit" not in web.client.get(METRICS).headers


def test_a_token_stands_in_no_log(web: Web, log_file: Any) -> None:
    secret = web.storefront.token_of(STRANGER, [KYOTO])
    web.as_program(secret)
    web.client.get(METRICS)
    web.client.get(f"/api/v1/metrics/query?shop={ROD}&metric={secret}")
    assert not log_file.exists() or secret not in log_file.read_text()
