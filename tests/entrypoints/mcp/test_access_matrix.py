"""Every tool, resource and prompt by everybody, over both doors: what has no row here fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.base.roles import Permission, Role, may
from hotdash.entrypoints.mcp import prompts, resources
from hotdash.entrypoints.mcp.callers import TokenHolder
from hotdash.entrypoints.mcp.registry import BY_NAME
from hotdash.storage.appdb.repositories import identity
from tests.entrypoints.mcp.conftest import WEEK
from tests.fixtures.access_rows import foreign_in
from tests.fixtures.agents import Agent
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, Storefront
from tests.fixtures.web import Web, web_in_front_of

ANSWERED = "answered"
SEES, PROPOSES = Permission.SEE_METRICS, Permission.PROPOSE


@dataclass(frozen=True)
class Row:
    """What is asked, the right it needs, and what somebody of another shop is told."""

    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    needs: Permission = SEES
    other_shop: str = "not_found"


OF_ROD = {"shop": ROD}
MATRIX = {
    # It is about no shop: of the definitions, and of the shops that are theirs.
    "list_metrics": Row(other_shop=ANSWERED),
    "query_metric": Row({"metrics": ["revenue"], "shops": [ROD]}),
    "explain_metric": Row({"metric": "revenue", "day": "2026-11-12"} | OF_ROD),
    "tile": Row({"tile": "sales-pulse"} | OF_ROD),
    "explain_order": Row({"order": 21001} | OF_ROD),
    "anomalies": Row(OF_ROD),
    "forecast": Row({"subject": "stock"} | OF_ROD),
    "data_health": Row(OF_ROD),
    "search_knowledge": Row({"question": "backup"} | OF_ROD),
    "list_decisions": Row(OF_ROD),
    "propose_decision": Row({"subject": "a", "title": "b", "reason": "c"} | OF_ROD, PROPOSES),
}
RESOURCES = {
    resources.METRIC: Row({"uri": "hotdash://metrics/revenue"}, other_shop=ANSWERED),
    resources.PACKET: Row({"uri": f"hotdash://shops/{ROD}/packets/{WEEK}"}),
}
PROMPTS = {each.name: Row({"name": each.name, "arguments": OF_ROD}) for each in prompts.PROMPTS}


def test_everything_has_its_row() -> None:
    assert set(MATRIX) == set(BY_NAME)
    assert {name: each.needs for name, each in BY_NAME.items()} == {
        name: row.needs for name, row in MATRIX.items()
    }
    assert len(PROMPTS) > 1


@dataclass(frozen=True)
class Door:
    """What came back: a code, and everything that was said."""

    told: Storefront
    send: Callable[[str | None, str, dict[str, Any]], tuple[str, str]]

    def ask(self, secret: str | None, name: str) -> tuple[str, str]:
        return self.send(secret, name, MATRIX[name].arguments)

    def code(self, secret: str | None, name: str) -> str:
        return self.ask(secret, name)[0]


def http_door(told: Storefront, web: Web) -> Door:
    def send(secret: str | None, name: str, arguments: dict[str, Any]) -> tuple[str, str]:
        params = {"name": name, "arguments": arguments}
        answer = post(web, secret, "tools/call", params)
        if answer.status_code != 200:
            return answer.json()["error"]["code"], answer.text
        result = answer.json()["result"]
        error = result["structuredContent"].get("error") if result["isError"] else None
        return error["code"] if error else ANSWERED, answer.text

    return Door(told, send)


def post(web: Web, secret: str | None, method: str, params: dict[str, Any]) -> httpx.Response:
    web.as_program(secret)
    asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return web.client.post("/mcp", json=asked, headers={"accept": "application/json"})


def stdio_door(told: Storefront) -> Door:
    """Behind the transport: a token per process, asked for anew at each call."""

    def send(secret: str | None, name: str, arguments: dict[str, Any]) -> tuple[str, str]:
        outcome = Agent.holding(told, secret or "").call(name, **arguments)
        error = outcome.document.get("error") if outcome.is_error else None
        return error["code"] if error else ANSWERED, str(outcome.document)

    return Door(told, send)


@pytest.fixture(scope="module")
def program(told: Storefront, web_home: Path) -> Web:
    return web_in_front_of(told, web_home)


@pytest.fixture(params=["http", "stdio"])
def door(request: pytest.FixtureRequest, told: Storefront) -> Door:
    if request.param == "stdio":
        return stdio_door(told)
    return http_door(told, request.getfixturevalue("program"))


@pytest.fixture(scope="module")
def people(told: Storefront) -> dict[Role, str]:
    return {role: told.token_of(told.add_person(role)) for role in Role}


def is_silent(said: str) -> bool:
    return not foreign_in(said)


@pytest.mark.parametrize("name", MATRIX)
class TestEveryTool:
    def test_anonymous(self, door: Door, name: str) -> None:
        code, said = door.ask(None, name)
        assert code in ("signed_out", "invalid_token")
        assert is_silent(said)

    def test_unknown_expired_revoked_or_of_nobody(self, door: Door, name: str) -> None:
        store = door.told
        somebody = store.add_person(Role.OWNER)
        revoked, of_nobody = store.token_of(OWNER), store.token_of(somebody)
        store.revoke(revoked)
        store.disable(somebody)
        expired = store.token_of(OWNER, days=1, ago=timedelta(days=1))
        for secret in ("hotdash_unknown", "ey.no.jwt", expired, revoked, of_nobody):
            code, said = door.ask(secret, name)
            assert code == "invalid_token"
            assert is_silent(said)

    def test_of_another_shop(self, door: Door, name: str) -> None:
        """Its holder's shop is another one, or its holder has both and it was made for the other."""
        for holder in (STRANGER, AGENCY):
            code, said = door.ask(door.told.token_of(holder, [KYOTO]), name)
            assert code == MATRIX[name].other_shop
            assert is_silent(said)

    def test_a_foreign_shop_and_one_that_does_not_exist_look_alike(
        self, door: Door, name: str
    ) -> None:
        if MATRIX[name].other_shop == ANSWERED:
            return
        secret = door.told.token_of(STRANGER, [KYOTO])
        foreign = door.send(secret, name, MATRIX[name].arguments)
        nowhere = {
            key: ["no-such-ro"] if value == [ROD] else "no-such-ro" if value == ROD else value
            for key, value in MATRIX[name].arguments.items()
        }
        unknown = door.send(secret, name, nowhere)
        assert foreign[1].replace(ROD, "no-such-ro") == unknown[1]

    def test_every_role(self, door: Door, name: str, people: dict[Role, str]) -> None:
        told = {role: door.code(secret, name) for role, secret in people.items()}
        needed = MATRIX[name].needs
        refused = {role for role, code in told.items() if code == "forbidden"}
        assert refused == {role for role in Role if not may(role, needed)}
        assert set(told.values()) <= {ANSWERED, "forbidden"}

    def test_of_somebody_whose_role_was_taken_since(self, door: Door, name: str) -> None:
        somebody = door.told.add_person(Role.OWNER)
        secret = door.told.token_of(somebody)
        door.told.give_role(somebody, Role.VIEWER)
        expected = ANSWERED if may(Role.VIEWER, MATRIX[name].needs) else "forbidden"
        assert door.code(secret, name) == expected

    def test_good_for_nothing(self, door: Door, name: str) -> None:
        code, said = door.ask(door.told.token_of(OWNER, scopes=[]), name)
        assert code == "forbidden"
        assert is_silent(said)

    def test_with_its_own_scope_alone(self, door: Door, name: str) -> None:
        secret = door.told.token_of(OWNER, scopes=[MATRIX[name].needs])
        assert door.code(secret, name) == ANSWERED


@pytest.mark.parametrize(
    ("method", "row"),
    [
        *(("resources/read", row) for row in RESOURCES.values()),
        *(("prompts/get", row) for row in PROMPTS.values()),
    ],
    ids=[*RESOURCES, *PROMPTS],
)
class TestEveryResourceAndPrompt:
    def test_anonymous_expired_and_revoked(
        self, told: Storefront, program: Web, method: str, row: Row
    ) -> None:
        revoked = told.token_of(OWNER)
        told.revoke(revoked)
        expired = told.token_of(OWNER, days=1, ago=timedelta(days=1))
        for secret in (None, "hotdash_unknown", revoked, expired):
            answer = post(program, secret, method, row.arguments)
            assert answer.status_code == 401
            assert is_silent(answer.text)

    def test_of_another_shop(self, told: Storefront, program: Web, method: str, row: Row) -> None:
        for holder in (STRANGER, AGENCY):
            answer = post(program, told.token_of(holder, [KYOTO]), method, row.arguments).json()
            assert ("error" in answer) is (row.other_shop != ANSWERED)
            assert is_silent(str(answer))

    def test_good_for_nothing(self, told: Storefront, program: Web, method: str, row: Row) -> None:
        answer = post(program, told.token_of(OWNER, scopes=[]), method, row.arguments).json()
        assert answer["error"]["data"]["code"] == "forbidden"
        assert is_silent(str(answer))

    def test_owner(self, told: Storefront, program: Web, method: str, row: Row) -> None:
        answer = post(program, told.token_of(OWNER), method, row.arguments).json()
        assert "result" in answer, answer


@pytest.mark.parametrize("method", ["tools/list", "resources/list", "prompts/list"])
def test_lists_name_nothing_of_another_shop(told: Storefront, program: Web, method: str) -> None:
    answer = post(program, told.token_of(AGENCY, [KYOTO]), method, {})
    assert ROD not in answer.text
    assert is_silent(answer.text)
    assert post(program, None, method, {}).status_code == 401


def test_a_token_good_for_nothing_is_offered_nothing(told: Storefront, program: Web) -> None:
    answer = post(program, told.token_of(OWNER, scopes=[]), "tools/list", {})
    assert answer.json()["result"]["tools"] == []


def test_a_token_whose_holder_has_no_shop_left_opens_nothing(
    told: Storefront, program: Web
) -> None:
    somebody = told.add_person(Role.OWNER)
    secret = told.token_of(somebody)
    with told.database.jobs() as session:
        identity.remove_member(session, ROD, told.user_id(somebody))
    for method, asked in (
        ("tools/call", {"name": "list_metrics", "arguments": {}}),
        ("resources/read", RESOURCES[resources.METRIC].arguments),
    ):
        answer = post(program, secret, method, asked)
        assert is_silent(answer.text)
        assert "forbidden" in answer.text or "invalid_token" in answer.text


def test_a_secret_is_in_no_repr(told: Storefront) -> None:
    agent = Agent.holding(told, told.token_of(OWNER))
    assert agent.secret not in repr(TokenHolder(agent.house, agent.secret))
