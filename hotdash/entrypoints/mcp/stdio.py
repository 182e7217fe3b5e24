"""The protocol between this process and the one that started it, until its input ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from threading import Thread
from typing import cast

import anyio
from mcp.server.stdio import stdio_server

from hotdash.entrypoints.mcp.callers import TokenHolder
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.entrypoints.mcp.server import make_server

_STDIN = 0


def serve_stdio(house: McpHouse, secret: str) -> None:
    """A token that opens nothing is told before anything is answered."""
    caller = TokenHolder(house, secret)
    caller.visit()
    anyio.run(_serve, house, caller)


async def _serve(house: McpHouse, caller: TokenHolder) -> None:
    server = make_server(house, caller)
    lines = cast("anyio.AsyncFile[str]", _lines())
    async with stdio_server(stdin=lines) as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


async def _lines() -> AsyncGenerator[str]:
    """Read by a thread that nobody waits for: a signal ends this process while its client is silent."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[str | None] = asyncio.Queue()

    def read() -> None:
        # A file of its own: the interpreter closes that of `sys` when it ends, and would wait for us.
        told = open(_STDIN, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
        with suppress(RuntimeError):
            for line in told:
                loop.call_soon_threadsafe(waiting.put_nowait, line)
            loop.call_soon_threadsafe(waiting.put_nowait, None)

    Thread(target=read, name="stdin", daemon=True).start()
    while (line := await waiting.get()) is not None:
        yield line
