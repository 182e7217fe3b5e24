import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import orjson
import pytest
from fastapi import Body
from sqlalchemy import text

from hotdash.entrypoints.web.api.schemas import ErrorAnswer
from hotdash.entrypoints.web.gate import Gate
from hotdash.storage.appdb.session import Database
from tests.fixtures.storefront import OWNER, ROD
from tests.fixtures.web import Web

TILE = "/api/v1/tiles/sales-pulse"


def told(answer: Any) -> ErrorAnswer:
    """The one shape, with the reference of the request."""
    assert answer.headers["content-type"] == "application/json"
    shape = ErrorAnswer.model_validate(answer.json())
    assert shape.error.ref == answer.headers["x-request-id"]
    assert shape.error.hint
    return shape


class TestApi:
    def test_nothing_there(self, fresh_web: Web) -> None:
        assert told(fresh_web.client.get("/api/v1/nothing")).error.code == "not_found"

    def test_wrong_method(self, fresh_web: Web) -> None:
        answer = fresh_web.client.delete(f"{TILE}?shop={ROD}")
        assert answer.status_code == 405
        assert told(answer).error.code == "method_not_allowed"

    def test_missing_parameter(self, fresh_web: Web) -> None:
        answer = fresh_web.client.get(TILE)
        assert answer.status_code == 422
        assert told(answer).error.field == "shop"

    def test_unusable_parameter_names_field_value_and_mend(self, fresh_web: Web) -> None:
        fresh_web.sign_in(OWNER)
        answer = fresh_web.client.get(TILE, params={"shop": ROD, "range": "8d"})
        assert answer.status_code == 422
        error = told(answer).error
        assert error.field == "range"
        assert "'8d'" in error.message
        assert "'7d'" in error.message

    def test_not_signed_in(self, fresh_web: Web) -> None:
        answer = fresh_web.client.get(TILE, params={"shop": ROD})
        assert answer.status_code == 401
        assert told(answer).error.code == "signed_out"

    def test_a_body_that_is_not_json(self, fresh_web: Web) -> None:
        def take(body: Annotated[dict[str, int], Body()]) -> None:
            del body

        fresh_web.app.add_api_route("/api/v1/probe", take, methods=["POST"])
        headers = {"content-type": "application/json"}
        answer = fresh_web.client.post("/api/v1/probe", content=b'{"a": ', headers=headers)
        assert answer.status_code == 422
        error = told(answer).error
        assert (error.code, error.field) == ("not_json", "body")
        assert "Send one JSON object" in error.hint

    def test_a_body_too_large(self, fresh_web: Web) -> None:
        answer = fresh_web.client.post("/sign-in", data={"password": "x" * 70_000})
        assert answer.status_code == 413

    def test_a_defect_of_ours_tells_the_reference_and_nothing_else(
        self, fresh_web: Web, log_file: Path
    ) -> None:
        def fail() -> None:
            raise RuntimeError("the password is hunter2")

        fresh_web.app.add_api_route("/api/v1/probe", fail)
        answer = fresh_web.client.get("/api/v1/probe")
        assert answer.status_code == 500
        assert told(answer).error.code == "internal"
        assert "hunter2" not in answer.text
        assert "Traceback" not in answer.text
        assert "content-security-policy" in answer.headers
        lines = [orjson.loads(line) for line in log_file.read_bytes().splitlines()]
        reference = answer.headers["x-request-id"]
        (logged,) = [line for line in lines if line.get("request_id") == reference]
        assert "RuntimeError: the password is hunter2" in logged["exception"]

    def test_the_database_is_away(self, fresh_web: Web) -> None:
        fresh_web.sign_in(OWNER)
        gone = Database("postgresql://nobody@127.0.0.1:1/gone")
        parts = fresh_web.parts
        gate = Gate(replace(parts.context, database=gone), parts.cookies)
        object.__setattr__(parts, "gate", gate)
        answer = fresh_web.client.get(TILE, params={"shop": ROD})
        assert answer.status_code == 503
        assert "does not answer" in told(answer).error.message

    def test_the_database_goes_away_in_between(self, web: Web) -> None:
        web.sign_in(OWNER)
        assert web.client.get(TILE, params={"shop": ROD}).status_code == 200
        with web.storefront.database.direct() as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        assert web.client.get(TILE, params={"shop": ROD}).status_code == 200

    def test_a_broken_schema_is_our_defect(self, web: Web) -> None:
        web.sign_in(OWNER)
        with web.storefront.database.jobs() as session:
            session.execute(text("drop table serving.fct_revenue cascade"))
        answer = web.client.get(TILE, params={"shop": ROD})
        assert answer.status_code == 500
        assert "fct_revenue" not in answer.text


class TestPages:
    def test_nothing_there_is_a_page_with_the_reference(self, fresh_web: Web) -> None:
        answer = fresh_web.client.get("/nowhere")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["x-request-id"] in answer.text

    def test_what_was_asked_cannot_become_markup(self, fresh_web: Web) -> None:
        fresh_web.sign_in(OWNER)
        answer = fresh_web.client.get("/today", params={"shop": "<script>alert(1)</script>"})
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text
        assert "&lt;script&gt;" in answer.text

    def test_an_unknown_period_is_told_with_the_choices(self, fresh_web: Web) -> None:
        fresh_web.sign_in(OWNER)
        answer = fresh_web.client.get("/today", params={"range": "8d"})
        assert answer.status_code == 400
        assert "7d, 30d, 90d, 12m" in answer.text

    def test_a_defect_of_ours(self, fresh_web: Web) -> None:
        def fail() -> None:
            raise RuntimeError("secret detail")

        fresh_web.app.add_api_route("/broken", fail)
        answer = fresh_web.client.get("/broken")
        assert answer.status_code == 500
        assert "secret detail" not in answer.text
        assert re.search(r"Reference <code>[0-9a-f]{8}</code>", answer.text)


@pytest.mark.parametrize("path", ["/api/v1/tiles/sales-pulse?shop=%00", "/today?shop=a%00b"])
def test_a_nul_is_refused_like_any_other_bad_input(fresh_web: Web, path: str) -> None:
    fresh_web.sign_in(OWNER)
    assert fresh_web.client.get(path).status_code in (400, 404)
