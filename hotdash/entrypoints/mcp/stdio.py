"""The protocol between this process and the one that started it, until its input ends."""

import anyio
from mcp.server.stdio import stdio_server

from hotdash.entrypoints.mcp.callers import TokenHolder
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.entrypoints.mcp.server import make_server


def serve_stdio(house: McpHouse, secret: str) -> None:
    """A token that opens nothing is told before anything is answered."""
    caller = TokenHolder(house, secret)
    caller.visit()
    anyio.run(_serve, house, caller)


async def _serve(house: McpHouse, caller: TokenHolder) -> None:
    server = make_server(house, caller)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
