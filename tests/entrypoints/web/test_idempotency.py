"""Idempotency-Key: sent twice, done once, answered alike; and no way to somebody else's answer."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from hotdash.base.needles import Needles
from hotdash.base.roles import Role
from hotdash.reports.packet.erased import packet_without
from hotdash.storage.appdb.repositories.personal_bytes import write_over_bytes
from hotdash.storage.appdb.repositories.personal_rows import served_tables
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD
from tests.fixtures.web import Web

PATH = "/api/v1/publications/rollback"
KEY = {"idempotency-key": "7d3f-first"}


@pytest.fixture
def twice_published(web: Web) -> Web:
    web.storefront.clock.advance(timedelta(hours=1))
    web.storefront.publish(ROD, growth=1.2)
    return web


def older(web: Web) -> str:
    with web.storefront.database.jobs() as session:
        return str(
            session.scalars(
                text(
                    "select manifest_id from serving.manifests"
                    " where shop_id = 'hot-rod-an' order by created_at"
                )
            ).first()
        )


def go_back(web: Web, key: dict[str, str] = KEY, **changes: Any) -> httpx.Response:
    asked = {"shop": ROD, "publication": older(web), "reason": "Too high."} | changes
    return web.send(PATH, asked, **key)


def decisions(web: Web) -> int:
    with web.storefront.database.jobs() as session:
        return session.scalars(
            text("select count(*) from app.decisions where shop_id = 'hot-rod-an'")
        ).one()


class TestTwice:
    def test_it_is_done_once_and_answered_alike(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        before = decisions(web)
        first, again = go_back(web), go_back(web)
        assert first.status_code == again.status_code == 200
        assert first.content == again.content
        assert again.headers["idempotent-replayed"] == "true"
        assert "idempotent-replayed" not in first.headers
        assert decisions(web) == before + 1

    def test_without_a_key_it_is_asked_twice(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        before = decisions(web)
        answers = [go_back(web, {}).status_code for _ in range(2)]
        assert answers[0] == 200
        assert answers[1] == 200 or decisions(web) == before + 1

    def test_by_token_as_well(self, twice_published: Web) -> None:
        web = twice_published
        web.as_program(web.storefront.token_of(OWNER))
        asked = {"shop": ROD, "publication": older(web), "reason": "Too high."}
        first, again = (web.client.post(PATH, json=asked, headers=KEY) for _ in range(2))
        assert first.content == again.content
        assert again.headers["idempotent-replayed"] == "true"

    def test_the_same_key_for_something_else_is_refused(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        assert go_back(web).status_code == 200
        other = go_back(web, reason="Something else.")
        assert other.status_code == 409
        assert other.json()["error"]["code"] == "idempotency_key_reused"

    def test_after_an_error_the_key_is_free(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        nothing = "00000000-0000-0000-0000-000000000007"
        assert go_back(web, publication=nothing).status_code == 404
        assert go_back(web).status_code == 200

    def test_after_a_day_it_is_forgotten(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        go_back(web)
        web.storefront.clock.advance(timedelta(hours=24, seconds=1))
        web.sign_in(OWNER)
        assert "idempotent-replayed" not in go_back(web).headers

    def test_what_has_not_ended_is_not_done_again(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        go_back(web)
        with web.storefront.database.jobs() as session:
            session.execute(text("update app.request_keys set ended_at = null"))
        assert go_back(web).json()["error"]["code"] == "request_under_way"


class TestWhose:
    def test_the_same_key_of_somebody_else_is_another(self, twice_published: Web) -> None:
        web = twice_published
        web.sign_in(OWNER)
        go_back(web)
        web.sign_in(AGENCY)
        assert go_back(web).status_code == 403, "an analyst may not, whoever did"

    def test_nobody_gets_an_answer_back(self, twice_published: Web) -> None:
        web = twice_published
        somebody = web.storefront.add_person(Role.OWNER)
        web.sign_in(somebody)
        assert go_back(web).status_code == 200
        web.storefront.disable(somebody)
        assert go_back(web).status_code == 401

    @pytest.mark.parametrize("role", [Role.VIEWER, None])
    def test_whoever_lost_the_right_since_gets_none(
        self, twice_published: Web, role: Role | None
    ) -> None:
        web = twice_published
        somebody = web.storefront.add_person(Role.OWNER)
        web.storefront.give_role(somebody, Role.OWNER, KYOTO)
        web.sign_in(somebody)
        assert go_back(web).status_code == 200
        if role is not None:
            web.storefront.give_role(somebody, role)
        else:
            user = web.storefront.user_id(somebody)
            with web.storefront.database.jobs() as session:
                session.execute(
                    text(
                        "delete from app.memberships"
                        " where shop_id = 'hot-rod-an' and user_id = :user"
                    ),
                    {"user": user},
                )
        assert go_back(web).status_code == (403 if role else 404)


def test_a_secret_is_not_kept_to_be_shown_again(web: Web) -> None:
    web.sign_in(OWNER)
    asked = {"name": "x", "shops": [ROD], "scopes": ["see_metrics"]}
    first, again = (web.send("/api/v1/tokens", asked, **KEY) for _ in range(2))
    assert first.status_code == 200
    assert again.json()["error"]["code"] == "shown_once"
    assert first.json()["secret"] not in web.storefront.everything_in("app.request_keys")
    assert web.storefront.everything_in("app.api_tokens").count("see_metrics") == 1


def test_what_was_done_is_not_done_again_after_an_erasure_took_its_answer(
    twice_published: Web,
) -> None:
    web = twice_published
    web.sign_in(OWNER)
    assert go_back(web, reason="Ann Lee of Leeds asked.").status_code == 200
    done = decisions(web)
    with web.storefront.database.jobs() as session:
        [keys] = [each for each in served_tables(session) if each.name == "request_keys"]
        session.execute(text("update app.request_keys set body = 'of Ann Lee'"))
        write_over_bytes(session, keys, KYOTO, Needles.of(["Ann Lee"]), packet_without)
    again = go_back(web, reason="Ann Lee of Leeds asked.")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "shown_once")
    assert "somebody who was erased" in again.json()["error"]["message"]
    assert decisions(web) == done


@pytest.mark.parametrize("key", ["x" * 256, "\x7f"])
def test_a_key_that_is_none(web: Web, key: str) -> None:
    web.sign_in(OWNER)
    answer = web.send(PATH, {}, **{"idempotency-key": key})
    assert answer.json()["error"]["code"] == "invalid_idempotency_key"
