"""granian in this process, around one app, until it is asked to stop."""

import asyncio
import gc
import signal
import socket
from typing import Any, cast

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from hotdash.base.errors import ConflictError
from hotdash.entrypoints.web.app import create_app
from hotdash.entrypoints.web.context import WebContext
from hotdash.insights.metrics.registry import registry
from hotdash.storage.marts import published_marts

_LAST_WORDS_SECONDS = 0.25


class PortTakenError(ConflictError):
    code = "port_taken"


class WebServer:
    """Embedded: the process that opened the databases is the one that serves, and ends with it."""

    def __init__(self, context: WebContext, host: str, port: int) -> None:
        refuse_taken_port(host, port)
        self._server = Server(
            target=cast(Any, create_app(context)),
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            log_level=LogLevels.error,
        )

    async def run(self) -> None:
        await self._server.serve()
        # granian says that it has stopped from a native thread that needs the interpreter once
        # more; an interpreter on its way out by then would take the process down with SIGABRT.
        await asyncio.sleep(_LAST_WORDS_SECONDS)

    def stop(self) -> None:
        self._server.stop()


def serve(host: str, port: int, context: WebContext) -> None:
    """Until Ctrl-C or SIGTERM."""
    asyncio.run(_serve_until_signal(host, port, context))


async def _serve_until_signal(host: str, port: int, context: WebContext) -> None:
    server = WebServer(context, host, port)
    registry()
    published_marts()
    # What is there by now stays: looking through it again takes longer than the answer to a request.
    gc.collect()
    gc.freeze()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.run()


def refuse_taken_port(host: str, port: int) -> None:
    """Asked before anything is started: granian itself would share the port with whoever has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(
                f"Nothing can listen on {host}:{port}: {error.strerror}.",
                hint="Stop the program that has the port, or choose another with --port.",
                field="port",
            ) from None
