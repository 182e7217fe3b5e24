"""One open session with an MCP host, over its standard streams or over HTTP; the library is loaded when it is needed."""

import json
import logging
import os
import shlex
from collections.abc import AsyncGenerator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

import httpx

from hotdash.base.answer_bounds import AnswerOutOfBoundsError
from hotdash.base.errors import HotdashError
from hotdash.base.http import retry_after
from hotdash.base.reach import Reach, require_reachable
from hotdash.connectors.google_calls import Refusal

if TYPE_CHECKING:
    from mcp import ClientSession

PATIENCE = timedelta(minutes=2)
_TAKEN_NOTE_OF = 202
_FIRST_REFUSAL = 300
_HTTPS = 443


class HostGoneError(Exception):
    """The host ended, never began, or did not answer in time."""


class RefusedByHostError(Exception):
    """The host's own door did not let us through, before any tool was asked."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass
class _Door:
    """The host's HTTP door: what it refused last or sent too much of, which the library keeps to itself."""

    refusal: Refusal | None = None
    out_of_bounds: AnswerOutOfBoundsError | None = None

    def forget(self) -> None:
        self.refusal = self.out_of_bounds = None

    def note(self, error: AnswerOutOfBoundsError) -> None:
        self.out_of_bounds = self.out_of_bounds or error

    async def watch(self, response: httpx.Response) -> None:
        if response.request.method != "POST":
            return
        if response.status_code >= _FIRST_REFUSAL:
            await response.aread()
            self.refusal = Refusal(response.status_code, "", retry_after(response))
            response.raise_for_status()
        if response.status_code == _TAKEN_NOTE_OF:
            return
        if response.headers.get("content-type", "").startswith("application/json"):
            # The library drops a body that broke off and then waits for it in vain.
            json.loads(await response.aread())


class Target(Protocol):
    """Where a host is found."""

    @property
    def door(self) -> _Door: ...

    def open(self) -> Any: ...


@dataclass(frozen=True)
class StdioTarget:
    command: str = field(repr=False)
    door: _Door = field(default_factory=_Door)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[tuple[Any, Any]]:
        from mcp.client.stdio import StdioServerParameters, stdio_client

        program, *arguments = parts_of(self.command)
        server = StdioServerParameters(command=program, args=arguments)
        # What the host says there may hold anything, also secrets.
        with open(os.devnull, "w") as nowhere:
            async with stdio_client(server, errlog=nowhere) as (reading, writing):
                yield reading, writing


@dataclass(frozen=True)
class HttpTarget:
    url: str
    token: str | None = field(default=None, repr=False)
    reach: Reach = Reach.ANYWHERE
    door: _Door = field(default_factory=_Door)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[tuple[Any, Any]]:
        from mcp.client.streamable_http import streamable_http_client

        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        patience = httpx.Timeout(PATIENCE.total_seconds(), connect=10.0)
        hooks: Any = {"response": [self.door.watch]}
        async with (
            httpx.AsyncClient(
                headers=headers,
                timeout=patience,
                event_hooks=hooks,
                transport=self._transport(),
            ) as http,
            streamable_http_client(self.url, http_client=http) as (reading, writing, _),
        ):
            yield reading, writing

    def _transport(self) -> httpx.AsyncBaseTransport | None:
        """Refused ahead as well: the library keeps a refused connection to itself and waits on."""
        if self.reach is Reach.ANYWHERE:
            return None
        from hotdash.base.bounded_http import BoundedAsyncTransport

        url = httpx.URL(self.url)
        require_reachable(url.host, url.port or _HTTPS, self.reach)
        return BoundedAsyncTransport(self.reach, self.door.note)


def parts_of(command: str) -> list[str]:
    """A command line as the shell would split it, but no shell runs it."""
    try:
        parts = shlex.split(command)
    except ValueError:
        parts = []
    if not parts:
        raise HotdashError(
            "mcp_command is not a command that can be started.",
            hint="Enter the program and its arguments, for instance `pipx run analytics-mcp`.",
            field="mcp_command",
        )
    return parts


@dataclass(frozen=True)
class ToolAnswer:
    """What a tool told: an object, or the text of what went wrong."""

    told: Mapping[str, Any] | None
    failure: str | None


class McpSession:
    """Opened at the first question; after a failure it is opened anew."""

    def __init__(self, target: Target, patience: timedelta = PATIENCE) -> None:
        self._target = target
        self._patience = patience
        self._open: ExitStack | None = None
        self._portal: Any = None
        self._session: ClientSession | None = None

    def tools(self) -> list[str]:
        async def ask(session: "ClientSession") -> list[str]:
            return [tool.name for tool in (await session.list_tools()).tools]

        return self._asked(ask)

    def call(self, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        async def ask(session: "ClientSession") -> ToolAnswer:
            return _answer_of(await session.call_tool(tool, dict(arguments)))

        return self._asked(ask)

    def close(self) -> None:
        opened, self._open, self._session = self._open, None, None
        if opened is not None:
            try:
                opened.close()
            except BaseException as error:
                # A host that is gone cannot be taken leave of.
                if not isinstance(error, Exception | BaseExceptionGroup):
                    raise

    def _asked(self, ask: Any) -> Any:
        self._target.door.forget()
        try:
            session = self._opened()
            return self._portal.call(ask, session)
        except Exception as error:
            door = self._target.door
            refusal, out_of_bounds = door.refusal, door.out_of_bounds
            self.close()
            if isinstance(error, HotdashError):
                raise
            if out_of_bounds is not None:
                raise out_of_bounds from error
            if refusal is not None:
                raise RefusedByHostError(refusal) from error
            raise HostGoneError(type(error).__name__) from error

    def _opened(self) -> Any:
        if self._session is not None:
            return self._session
        from anyio.from_thread import start_blocking_portal

        # It logs whole tracebacks of what is answered here with an error of our own.
        logging.getLogger("mcp").setLevel(logging.CRITICAL)
        with ExitStack() as opening:
            self._portal = opening.enter_context(start_blocking_portal())
            held = self._portal.wrap_async_context_manager(self._connected())
            self._session = opening.enter_context(held)
            self._open = opening.pop_all()
        return self._session

    @asynccontextmanager
    async def _connected(self) -> "AsyncGenerator[ClientSession]":
        from mcp import ClientSession

        async with (
            self._target.open() as (reading, writing),
            ClientSession(reading, writing, read_timeout_seconds=self._patience) as session,
        ):
            await session.initialize()
            yield session


def _answer_of(result: Any) -> ToolAnswer:
    """Hosts tell an object as it is, wrapped, or as text; a failure as such or as {"error": why}."""
    texts = [part.text for part in result.content if part.type == "text"]
    if result.isError:
        return ToolAnswer(None, " ".join(texts))
    told: Any = result.structuredContent
    if told is None:
        try:
            told = json.loads("".join(texts))
        except ValueError:
            return ToolAnswer(None, "the host's answer is not JSON")
    wrapped = _object(told)
    if wrapped is not None and set(wrapped) == {"result"}:
        wrapped = _object(wrapped["result"])
    if wrapped is None:
        return ToolAnswer(None, "the host's answer is no object")
    if set(wrapped) == {"error"}:
        return ToolAnswer(None, str(wrapped["error"]))
    return ToolAnswer(wrapped, None)


def _object(told: Any) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any]", told) if isinstance(told, dict) else None
