"""One request of the protocol over HTTP: nothing is kept between two, so a token ends when it ends."""

import anyio
from anyio.abc import TaskStatus
from mcp.server.streamable_http import StreamableHTTPServerTransport
from starlette.types import Receive, Scope, Send

from hotdash.entrypoints.mcp.callers import Admitted
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.entrypoints.mcp.server import make_server
from hotdash.storage.appdb.repositories.visits import Visit


class McpOverHttp:
    def __init__(self, house: McpHouse) -> None:
        self._house = house

    async def answer(
        self, visit: Visit, request_id: str, scope: Scope, receive: Receive, send: Send, /
    ) -> None:
        server = make_server(self._house, Admitted(visit, request_id or None))
        transport = StreamableHTTPServerTransport(None, is_json_response_enabled=True)

        async def run(*, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
            async with transport.connect() as (reading, writing):
                task_status.started()
                options = server.create_initialization_options()
                await server.run(reading, writing, options, stateless=True)

        async with anyio.create_task_group() as tasks:
            await tasks.start(run)
            try:
                await transport.handle_request(scope, receive, send)
            finally:
                with anyio.CancelScope(shield=True):
                    await transport.terminate()
            tasks.cancel_scope.cancel()
