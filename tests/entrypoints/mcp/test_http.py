"""/mcp as a client finds it: the official SDK speaks to granian and the real database."""

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.wiring_mcp import mcp_door
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.data_reads import list_reads
from tests.entrypoints.mcp.conversing import check_seen, converse
from tests.fixtures.agents import house_of
from tests.fixtures.browser import running_server
from tests.fixtures.free_ports import free_port
from tests.fixtures.storefront import OWNER, ROD, VIEWER, Storefront
from tests.fixtures.web import Web, web_in_front_of

_Result = TypeVar("_Result")
ACCEPT = {"accept": "application/json, text/event-stream"}
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


@pytest.fixture(scope="module")
def address(told: Storefront, web_home: Path) -> Iterator[str]:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    context = WebContext(
        *(told.database, base, 1, 1, b"s", web_home, "0.1.0", told.clock),
        open_mcp=mcp_door(house_of(told)),
    )
    with running_server(context, port):
        yield f"{base}/mcp"


def with_client(
    address: str, secret: str, talk: Callable[[ClientSession], Awaitable[_Result]]
) -> _Result:
    async def talked() -> _Result:
        headers = {"authorization": f"Bearer {secret}"}
        async with (
            httpx.AsyncClient(headers=headers, timeout=30) as client,
            streamable_http_client(address, http_client=client) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            return await talk(session)

    # A browser's test may have left its loop in this thread.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(anyio.run, talked).result()


def test_a_conversation(address: str, told: Storefront) -> None:
    check_seen(with_client(address, told.token_of(OWNER), converse))
    with told.database.jobs() as session:
        newest = list_events(session, ROD, limit=3)
    assert {each.detail["door"] for each in newest} == {"http"}
    assert all(each.request_id for each in newest), "the log is found by it"


def test_many_at_once_each_get_their_own_answer(address: str, told: Storefront) -> None:
    days = [f"2026-11-{day:02}" for day in range(1, 13)]

    async def talk(session: ClientSession) -> dict[str, Any]:
        await session.initialize()
        found: dict[str, Any] = {}

        async def ask(day: str) -> None:
            asked = {"metric": "revenue", "day": day, "rows": 0}
            found[day] = (await session.call_tool("explain_metric", asked)).structuredContent

        async with anyio.create_task_group() as tasks:
            for day in days:
                tasks.start_soon(ask, day)
        return found

    found = with_client(address, told.token_of(OWNER), talk)
    assert [found[day]["answer"]["day"] for day in days] == days


def test_a_viewer_is_not_offered_what_writes(address: str, told: Storefront) -> None:
    async def talk(session: ClientSession) -> set[str]:
        await session.initialize()
        return {each.name for each in (await session.list_tools()).tools}

    names = with_client(address, told.token_of(VIEWER), talk)
    assert "propose_decision" not in names
    assert "query_metric" in names


def test_strangers_are_refused_by_the_client_as_well(address: str) -> None:
    async def talk(session: ClientSession) -> None:
        await session.initialize()

    with pytest.raises(BaseExceptionGroup) as caught:
        with_client(address, "hotdash_unknown", talk)
    assert "401" in str(caught.value.exceptions) or caught.group_contains(httpx.HTTPStatusError)


@pytest.fixture
def program(told: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(told, web_home)
    web.client.headers.update(ACCEPT)
    web.as_program(told.token_of(OWNER))
    return web


class TestTheDoor:
    def test_a_session_does_not_open_it(self, program: Web) -> None:
        program.as_program(None)
        program.sign_in(OWNER)
        answer = program.client.post("/mcp", json=PING)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_page_elsewhere_may_not_ask(self, program: Web) -> None:
        own = {"origin": program.context.base_url}
        assert program.client.post("/mcp", json=PING, headers=own).status_code == 200
        for origin in ("https://evil.example", "null"):
            answer = program.client.post("/mcp", json=PING, headers={"origin": origin})
            assert answer.status_code == 403

    @pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
    def test_nothing_but_post(self, program: Web, method: str) -> None:
        answer = program.client.request(method, "/mcp")
        assert answer.status_code == 405
        assert answer.json()["error"]["code"] == "method_not_allowed"

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (b"{", 400),
            (b"[]", 400),
            (b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', 400),
            (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {}}', 200),
            (b'{"jsonrpc": "2.0", "id": 1, "method": "no/such"}', 200),
            (b"[" * 50_000, 400),
            (b'{"a":' * 800 + b"1" + b"}" * 800, 400),
            (b'{"jsonrpc": "2.0", "id": 1, "method": "\\ud800"}', 400),
            (b'{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', 400),
            (b"x" * 70_000, 413),
        ],
    )
    def test_what_is_no_call_of_the_protocol(self, program: Web, sent: bytes, status: int) -> None:
        headers = {"content-type": "application/json"}
        answer = program.client.post("/mcp", content=sent, headers=headers)
        assert answer.status_code == status, answer.text
        assert "error" in answer.json()

    def test_every_request_counts_against_its_token(self, told: Storefront, program: Web) -> None:
        program.as_program(told.token_of(OWNER, requests_per_minute=2))
        answers = [program.client.post("/mcp", json=PING) for _ in range(3)]
        assert [each.status_code for each in answers] == [200, 200, 429]
        assert answers[1].headers["ratelimit-remaining"] == "0"
        assert answers[2].headers["retry-after"]

    def test_who_read_what_tells_of_it(self, told: Storefront, program: Web) -> None:
        params = {"name": "data_health", "arguments": {}}
        asked = {**PING, "method": "tools/call", "params": params}
        answer = program.client.post("/mcp", json=asked).json()
        assert answer["result"]["isError"] is False
        program.parts.reads.write()
        today = told.clock.now().date()
        with told.database.jobs() as session:
            reads = list_reads(session, [ROD], today - timedelta(days=1), today)
        assert {(each.kind, each.door) for each in reads} == {("mcp", "token")}

    def test_nothing_is_served_where_nothing_was_wired(
        self, told: Storefront, web_home: Path
    ) -> None:
        web = web_in_front_of(told, web_home, open_mcp=None)
        web.as_program(told.token_of(OWNER))
        assert web.client.post("/mcp", json=PING).status_code == 404


def test_a_start_does_not_wait_for_the_protocol() -> None:
    look = (
        "import sys\n"
        "import hotdash.entrypoints.web.server, hotdash.entrypoints.wiring\n"
        "print(*(name for name in sys.modules if name == 'mcp' or name.endswith('mcp.registry')))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.strip() == ""
