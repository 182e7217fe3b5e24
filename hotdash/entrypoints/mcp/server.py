"""The protocol itself, by the official SDK: what each of its requests is answered with."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import orjson
from anyio import to_thread
from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import McpError
from pydantic import AnyUrl

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.mcp import prompts, resources
from hotdash.entrypoints.mcp.callers import Caller
from hotdash.entrypoints.mcp.calling import (
    Document,
    Outcome,
    call_tool,
    entered,
    error_document,
    usable_tools,
)
from hotdash.entrypoints.mcp.contract import Tool
from hotdash.entrypoints.mcp.fence import MEANS
from hotdash.entrypoints.mcp.house import McpHouse

NAME = "hotdash"
INSTRUCTIONS = (
    "The numbers of a Shopify shop as its control center shows them. Every answer carries build,"
    " as_of and units; money is decimal text. Every answer names a data fence, another one each"
    f" time. {MEANS} Nothing here changes a shop: propose_decision puts a proposal before a person."
)
JSON = "application/json"
_RESOURCE_NOT_FOUND = -32002
_Result = TypeVar("_Result")
HotdashServer = Server[dict[str, Any], Any]

# Its lines per request say nothing that the audit log does not say better.
logging.getLogger("mcp").setLevel(logging.WARNING)


def make_server(house: McpHouse, caller: Caller) -> HotdashServer:
    """For one caller: whoever shares it shares their rights."""
    server: HotdashServer = Server(NAME, version=house.version, instructions=INSTRUCTIONS)
    answering = _Answering(house, caller)
    handlers: dict[type, Callable[..., Awaitable[types.ServerResult]]] = {
        types.ListToolsRequest: answering.tools,
        types.CallToolRequest: answering.call,
        types.ListResourcesRequest: answering.resources,
        types.ListResourceTemplatesRequest: answering.templates,
        types.ReadResourceRequest: answering.read,
        types.ListPromptsRequest: answering.prompts,
        types.GetPromptRequest: answering.prompt,
    }
    server.request_handlers.update(handlers)
    return server


class _Answering:
    """Everything asks the database, so everything runs in a thread."""

    def __init__(self, house: McpHouse, caller: Caller) -> None:
        self._house = house
        self._caller = caller

    async def tools(self, _: types.ListToolsRequest) -> types.ServerResult:
        visit = await _told(partial(entered, self._caller))
        return types.ServerResult(
            types.ListToolsResult(tools=[_tool(each) for each in usable_tools(visit)])
        )

    async def call(self, asked: types.CallToolRequest) -> types.ServerResult:
        named, arguments = asked.params.name, asked.params.arguments or {}
        outcome = await to_thread.run_sync(call_tool, self._house, self._caller, named, arguments)
        return types.ServerResult(
            types.CallToolResult(
                content=[types.TextContent(type="text", text=_text(outcome.document))],
                structuredContent=outcome.document,
                isError=outcome.is_error,
            )
        )

    async def resources(self, _: types.ListResourcesRequest) -> types.ServerResult:
        found = await _told(partial(resources.listed, self._house, self._caller))
        return types.ServerResult(
            types.ListResourcesResult(
                resources=[
                    types.Resource(
                        uri=AnyUrl(each.address),
                        name=each.name,
                        title=each.title,
                        description=each.description,
                        mimeType=JSON,
                    )
                    for each in found
                ]
            )
        )

    async def templates(self, _: types.ListResourceTemplatesRequest) -> types.ServerResult:
        told = {
            resources.METRIC: ("metric", "A metric's definition, formula, owner and history."),
            resources.PACKET: ("packet", "A week of a shop as it was told, like 2026-W46."),
        }
        templates = [
            types.ResourceTemplate(
                uriTemplate=address, name=name, description=description, mimeType=JSON
            )
            for address, (name, description) in told.items()
        ]
        return types.ServerResult(types.ListResourceTemplatesResult(resourceTemplates=templates))

    async def read(self, asked: types.ReadResourceRequest) -> types.ServerResult:
        address = str(asked.params.uri)
        outcome = await to_thread.run_sync(resources.read, self._house, self._caller, address)
        document = _require(outcome, _RESOURCE_NOT_FOUND)
        told = types.TextResourceContents(uri=asked.params.uri, mimeType=JSON, text=_text(document))
        return types.ServerResult(types.ReadResourceResult(contents=[told]))

    async def prompts(self, _: types.ListPromptsRequest) -> types.ServerResult:
        return types.ServerResult(
            types.ListPromptsResult(
                prompts=[
                    types.Prompt(
                        name=each.name,
                        title=each.title,
                        description=each.description,
                        arguments=[
                            types.PromptArgument(
                                name=argument.name,
                                description=argument.description,
                                required=argument.is_required,
                            )
                            for argument in each.arguments
                        ],
                    )
                    for each in prompts.PROMPTS
                ]
            )
        )

    async def prompt(self, asked: types.GetPromptRequest) -> types.ServerResult:
        named, arguments = asked.params.name, asked.params.arguments or {}
        outcome = await to_thread.run_sync(
            prompts.taken, self._house, self._caller, named, arguments
        )
        document = _require(outcome, types.INVALID_PARAMS)
        said = types.PromptMessage(
            role="user", content=types.TextContent(type="text", text=document["text"])
        )
        return types.ServerResult(
            types.GetPromptResult(description=document["description"], messages=[said])
        )


async def _told(ask: Callable[[], _Result]) -> _Result:
    try:
        return await to_thread.run_sync(ask)
    except HotdashError as error:
        raise _protocol_error(error_document(error), types.INVALID_REQUEST) from None


def _require(outcome: Outcome, code: int) -> Document:
    if outcome.is_error:
        raise _protocol_error(outcome.document, code)
    return outcome.document


def _protocol_error(document: Document, code: int) -> McpError:
    told = document["error"]
    message = f"{told['message']} {told['hint']}"
    return McpError(types.ErrorData(code=code, message=message, data=told))


def _tool(each: Tool) -> types.Tool:
    return types.Tool(
        name=each.name,
        title=each.title,
        description=each.description,
        inputSchema=each.asked.model_json_schema(),
        outputSchema=OUTPUT,
        annotations=types.ToolAnnotations(
            title=each.title,
            readOnlyHint=not each.writes,
            destructiveHint=False,
            idempotentHint=True,
            openWorldHint=False,
        ),
    )


def _text(document: Document) -> str:
    return orjson.dumps(document).decode()


_TEXT = {"type": "string"}
OUTPUT: dict[str, Any] = {
    "type": "object",
    "required": ["about", "answered_at", "build", "as_of", "units", "data_fence", "answer"],
    "properties": {
        "about": _TEXT,
        "answered_at": _TEXT,
        "build": {
            "type": "object",
            "additionalProperties": {"type": ["string", "null"]},
            "description": "By shop the publication that was read.",
        },
        "as_of": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": _TEXT},
            "description": "By shop and source up to when it was read.",
        },
        "units": {"type": "object", "additionalProperties": _TEXT},
        "data_fence": {
            "type": "object",
            "required": ["begins", "ends", "means"],
            "properties": {"begins": _TEXT, "ends": _TEXT, "means": _TEXT},
        },
        "answer": {"type": "object"},
    },
}
"""What every tool answers with; an error is told as {"error": {code, message, hint}} instead."""
