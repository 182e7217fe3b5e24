"""The MCP host over streamable HTTP, without sessions: each request is answered on its own."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from hotdash.simulators.ga4.mcp_tools import ToolError, server_of
from hotdash.simulators.google_tokens import unauthenticated

WhoAsks = Callable[[Request], str | None]
Report = Callable[[str, str, Mapping[str, Any]], Response]


class McpDoor:
    def __init__(self, who_asks: WhoAsks, report: Report) -> None:
        self._who_asks = who_asks
        self._report = report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shop_id = self._who_asks(Request(scope))
        if shop_id is None:
            await unauthenticated()(scope, receive, send)
        elif scope["method"] != "POST":
            await PlainTextResponse("", 405)(scope, receive, send)
        else:
            await self._serve(shop_id, scope, receive, send)

    async def _serve(self, shop_id: str, scope: Scope, receive: Receive, send: Send) -> None:
        import anyio
        from anyio.abc import TaskStatus
        from mcp.server.streamable_http import StreamableHTTPServerTransport

        server = server_of(lambda property_id, asked: self._told(shop_id, property_id, asked))
        transport = StreamableHTTPServerTransport(
            mcp_session_id=None, is_json_response_enabled=True
        )

        async def run(*, task_status: TaskStatus[None]) -> None:
            async with transport.connect() as (reading, writing):
                task_status.started()
                options = server.create_initialization_options()
                await server.run(reading, writing, options, stateless=True)

        async with anyio.create_task_group() as group:
            await group.start(run)
            await transport.handle_request(scope, receive, send)
            await transport.terminate()
            group.cancel_scope.cancel()

    def _told(self, shop_id: str, property_id: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._report(shop_id, property_id, asked)
        told: Mapping[str, Any] = json.loads(bytes(answer.body))
        if "error" in told:
            raise ToolError(answer.status_code, told["error"]["message"])
        return told
