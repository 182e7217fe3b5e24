"""The MCP host over standard streams: `python -m hotdash.simulators.ga4.mcp_server --address … --token …`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import anyio
import httpx
from mcp.server.stdio import stdio_server

from hotdash.simulators.ga4.mcp_tools import ToolError, server_of


class RemoteReports:
    """Asks the simulated Data API, as the real host asks the real one."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=60)

    def __call__(self, property_id: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        path = f"/v1beta/properties/{property_id}:runReport"
        try:
            answer = self._http.post(path, json=dict(asked))
            told: Mapping[str, Any] = answer.json()
        except (httpx.TransportError, ValueError):
            raise ToolError(503, "failed to connect to all addresses") from None
        if "error" in told:
            raise ToolError(answer.status_code, told["error"]["message"])
        return told


async def serve(ask: RemoteReports) -> None:
    server = server_of(ask)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="hotdash.simulators.ga4.mcp_server", description=__doc__)
    parser.add_argument("--address", required=True, help="where the simulated Analytics answers")
    parser.add_argument("--token", required=True, help="whom the host stands for")
    asked = parser.parse_args(arguments)
    anyio.run(serve, RemoteReports(asked.address, asked.token))
    return 0


if __name__ == "__main__":
    sys.exit(main())
