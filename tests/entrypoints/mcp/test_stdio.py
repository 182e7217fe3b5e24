"""`hotdash mcp` as a client starts it: the official SDK speaks to the real command and the real database."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from hotdash.entrypoints.mcp.asked import fingerprint
from hotdash.entrypoints.wiring_mcp import asked_keys
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.secrets import Vault
from tests.entrypoints.mcp.conversing import check_seen, converse
from tests.fixtures.processes import clean_environment
from tests.fixtures.storefront import OWNER, ROD, Storefront

# This command lives by the clock of the machine.
LONG = 36_500
_Result = TypeVar("_Result")


@pytest.fixture
def environment(told: Storefront, tmp_path: Path) -> dict[str, str]:
    return {
        **clean_environment(),
        "HOTDASH_DATABASE_URL": told.database.direct_uri,
        "HOTDASH_HOME": str(tmp_path / "home"),
        "HOTDASH_MCP_TOKEN": told.token_of(OWNER, days=LONG),
    }


def with_client(
    environment: dict[str, str], folder: Path, talk: Callable[[ClientSession], Awaitable[_Result]]
) -> _Result:
    async def talked() -> _Result:
        started = StdioServerParameters(
            command=sys.executable, args=["-m", "hotdash", "mcp"], env=environment, cwd=folder
        )
        with Path(os.devnull).open("w") as nowhere:
            async with (
                stdio_client(started, errlog=nowhere) as (reading, writing),
                ClientSession(reading, writing) as session,
            ):
                return await talk(session)

    # A browser's test may have left its loop in this thread.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(anyio.run, talked).result()


def test_a_conversation(environment: dict[str, str], tmp_path: Path, told: Storefront) -> None:
    check_seen(with_client(environment, tmp_path, converse))
    with told.database.jobs() as session:
        doors = {each.detail["door"] for each in list_events(session, ROD, limit=5)}
    assert doors == {"stdio"}


def test_a_token_that_ends_while_it_is_used_opens_nothing_more(
    environment: dict[str, str], tmp_path: Path, told: Storefront
) -> None:
    async def talk(session: ClientSession) -> list[Any]:
        await session.initialize()
        first = await session.call_tool("list_metrics", {"search": "aov"})
        await anyio.to_thread.run_sync(told.revoke, environment["HOTDASH_MCP_TOKEN"])
        second = await session.call_tool("list_metrics", {"search": "aov"})
        return [first, second]

    first, second = with_client(environment, tmp_path, talk)
    assert not first.isError
    assert second.structuredContent["error"]["code"] == "invalid_token"
    with told.database.jobs() as session:
        kept = list_events(session, ROD, limit=5)
    asked = [each.detail["arguments"]["search"] for each in kept if each.subject == "list_metrics"]
    key, *_ = asked_keys(Vault.in_home(Path(environment["HOTDASH_HOME"])))
    assert asked[0] == {"characters": 3, "fingerprint": fingerprint(key, "aov")}


@pytest.mark.parametrize(
    ("token", "code", "said"),
    [(None, 2, "tokens create"), ("hotdash_unknown", 1, "unknown, over or revoked")],
)
def test_without_a_living_token_it_says_so_and_ends(
    environment: dict[str, str], tmp_path: Path, token: str | None, code: int, said: str
) -> None:
    del environment["HOTDASH_MCP_TOKEN"]
    told = environment | ({"HOTDASH_MCP_TOKEN": token} if token else {})
    done = subprocess.run(
        [sys.executable, "-m", "hotdash", "mcp", "--json"],
        cwd=tmp_path,
        env=told,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code
    assert said in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_though_its_client_is_silent(
    environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "hotdash", "mcp"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = {"protocolVersion": "2025-06-18", "capabilities": {}}
        told |= {"clientInfo": {"name": "a client", "version": "1"}}
        asked = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": told}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["result"]["serverInfo"]["name"] == "hotdash"
        process.send_signal(number)
        try:
            assert process.wait(20) in (130, 143)
        finally:
            process.kill()
        assert "Traceback" not in process.stderr.read() if process.stderr else ""
