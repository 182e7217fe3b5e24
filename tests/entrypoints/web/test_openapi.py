"""Schemathesis asks the API everything its description allows, and some things it does not."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fixtures.storefront import OWNER, ROD
from tests.fixtures.web import Web


@pytest.mark.parametrize("door", ["session", "token"])
def test_answers_are_as_described(shown_web: Web, door: str) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", shown_web.app)
    held: dict[str, Any] = {}
    if door == "session":
        held["cookies"] = {shown_web.parts.cookies.session: shown_web.sign_in(OWNER)}
    else:
        secret = shown_web.storefront.token_of(OWNER)
        held["headers"] = {"authorization": f"Bearer {secret}"}
    checks = (not_a_server_error, status_code_conformance, response_schema_conformance)
    asked = 0
    for operation in schema.get_all_operations():

        @settings(
            max_examples=25 if door == "session" else 10,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.ok().as_strategy())
        def ask(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            if asked % 2:
                case.query = {**case.query, "shop": ROD}
            case.call_and_validate(checks=checks, **held)

        ask()
    assert asked >= 20


def test_the_description_is_complete(shown_web: Web) -> None:
    description = shown_web.client.get("/api/v1/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    for path, methods in description["paths"].items():
        assert path.startswith("/api/v1/")
        for method in methods.values():
            assert method["summary"]
            assert {"200", "401", "403", "404", "422"} <= method["responses"].keys()
