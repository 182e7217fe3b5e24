"""What a client of the official SDK sees of a server: the same over either transport."""

import json
from dataclasses import dataclass
from typing import Any

import jsonschema
from mcp import ClientSession, types
from mcp.shared.exceptions import McpError
from pydantic import AnyUrl

from tests.entrypoints.mcp.conftest import WEEK
from tests.fixtures.storefront import ROD

ASKED = {"first_day": "2026-11-01", "last_day": "2026-11-14"}


@dataclass
class Seen:
    tools: list[types.Tool]
    answers: dict[str, dict[str, Any]]
    refusal: dict[str, Any]
    resources: list[str]
    definition: dict[str, Any]
    packet: dict[str, Any]
    prompts: list[str]
    briefing: str
    unknown: str


async def converse(session: ClientSession) -> Seen:
    begun = await session.initialize()
    assert begun.serverInfo.name == "hotdash"
    assert begun.instructions is not None
    assert "data fence" in begun.instructions
    await session.send_ping()
    tools = (await session.list_tools()).tools
    calls: dict[str, dict[str, Any]] = {
        "list_metrics": {"search": "revenue"},
        "query_metric": {"metrics": ["revenue", "orders"], "by": ["week"], **ASKED},
        "explain_metric": {"metric": "aov", "day": "2026-11-12", "rows": 3},
        "tile": {"tile": "sales-pulse", "shop": ROD},
        "data_health": {},
        "search_knowledge": {"question": "backup"},
        "list_decisions": {},
        "propose_decision": {"subject": "hoses", "title": "Order hoses", "reason": "They sell."},
    }
    answers = {name: await _called(session, name, asked) for name, asked in calls.items()}
    refused = await session.call_tool("tile", {"tile": "sales-pulse", "shop": "no-such-shop"})
    assert refused.isError
    read = await session.read_resource(AnyUrl("hotdash://metrics/revenue"))
    packet = await session.read_resource(AnyUrl(f"hotdash://shops/{ROD}/packets/{WEEK}"))
    briefing = await session.get_prompt("morning_briefing", {"shop": ROD})
    try:
        await session.read_resource(AnyUrl("hotdash://shops/no-such-shop/packets/2026-W46"))
        unknown = ""
    except McpError as error:
        unknown = error.error.message
    return Seen(
        tools=tools,
        answers=answers,
        refusal=refused.structuredContent or {},
        resources=[str(each.uri) for each in (await session.list_resources()).resources],
        definition=_document(read),
        packet=_document(packet),
        prompts=[each.name for each in (await session.list_prompts()).prompts],
        briefing=_said(briefing),
        unknown=unknown,
    )


async def _called(session: ClientSession, name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """The client itself holds the answer against the tool's output schema."""
    result = await session.call_tool(name, asked)
    assert not result.isError, result.content
    (block,) = result.content
    assert isinstance(block, types.TextContent)
    assert json.loads(block.text) == result.structuredContent
    assert result.structuredContent is not None
    return result.structuredContent


def _document(read: types.ReadResourceResult) -> dict[str, Any]:
    (content,) = read.contents
    assert isinstance(content, types.TextResourceContents)
    assert content.mimeType == "application/json"
    return json.loads(content.text)


def _said(prompt: types.GetPromptResult) -> str:
    (message,) = prompt.messages
    assert isinstance(message.content, types.TextContent)
    return message.content.text


def check_seen(seen: Seen) -> None:
    for tool in seen.tools:
        jsonschema.Draft202012Validator.check_schema(tool.inputSchema)
        assert tool.outputSchema is not None
        jsonschema.Draft202012Validator.check_schema(tool.outputSchema)
        assert tool.inputSchema["additionalProperties"] is False
        described = tool.inputSchema["properties"].values()
        assert all(each.get("description") for each in described), tool.name
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.destructiveHint is False
        assert tool.annotations.readOnlyHint is (tool.name != "propose_decision")
    assert {tool.name for tool in seen.tools} >= seen.answers.keys()
    assert seen.answers["query_metric"]["units"] == {"revenue": "money", "orders": "orders"}
    assert seen.answers["query_metric"]["as_of"][ROD].keys() >= {"shopify"}
    assert seen.answers["propose_decision"]["answer"]["status"] == "open"
    assert seen.refusal["error"]["code"] == "not_found"
    assert "hotdash://metrics/revenue" in seen.resources
    assert f"hotdash://shops/{ROD}/packets/{WEEK}" in seen.resources
    assert seen.definition["answer"]["formula"]
    assert seen.packet["build"][ROD]
    assert "queries" not in seen.packet["answer"]
    assert seen.packet["answer"]["queries_left_off"] > 3
    assert seen.prompts == ["morning_briefing", "why_did_revenue_move"]
    assert ROD in seen.briefing
    assert "no-such-shop" in seen.unknown
