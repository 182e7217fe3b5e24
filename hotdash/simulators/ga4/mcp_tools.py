"""The tools of an analytics MCP host, and reports in the names of protocol buffers as it tells them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
RUN_REPORT = "run_report"
_MATCH_TYPES = ("", "EXACT", "BEGINS_WITH", "ENDS_WITH", "CONTAINS", "FULL_REGEXP")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_ANY_PROPERTY = {"anyOf": [{"type": "integer"}, {"type": "string"}], "title": "Property Id"}
_OBJECT = {"additionalProperties": True, "type": "object"}


class ToolError(Exception):
    """What the vendor refused: its status and words, as a Google client library prints them."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status} {message}")


def _named(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "title": name.replace("_", " ").title()}


def _list_of(name: str, items: Mapping[str, Any], *, optional: bool = False) -> dict[str, Any]:
    told = _named(name, {"items": dict(items), "type": "array"})
    return {**told, "default": None} if optional else told


def _optional(name: str, schema: Mapping[str, Any], default: Any = None) -> dict[str, Any]:
    return {**_named(name, schema), "default": default}


def _by_property(tool: str) -> dict[str, Any]:
    return {
        "properties": {"property_id": _ANY_PROPERTY},
        "required": ["property_id"],
        "type": "object",
        "title": f"{tool}Params",
    }


_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
INPUTS: Mapping[str, Mapping[str, Any]] = {
    "get_account_summaries": {"properties": {}, "type": "object"},
    "get_property_details": _by_property("get_property_details"),
    RUN_REPORT: {
        "properties": {
            "property_id": _ANY_PROPERTY,
            "date_ranges": _list_of("date_ranges", _OBJECT),
            "dimensions": _list_of("dimensions", _TEXT),
            "metrics": _list_of("metrics", _TEXT),
            "dimension_filter": _optional("dimension_filter", _OBJECT),
            "metric_filter": _optional("metric_filter", _OBJECT),
            "order_bys": _list_of("order_bys", _OBJECT, optional=True),
            "limit": _optional("limit", _WHOLE),
            "offset": _optional("offset", _WHOLE),
            "currency_code": _optional("currency_code", _TEXT),
            "return_property_quota": _optional(
                "return_property_quota", {"type": "boolean"}, default=False
            ),
        },
        "required": ["property_id", "date_ranges", "dimensions", "metrics"],
        "type": "object",
        "title": f"{RUN_REPORT}Params",
    },
}
_TOLD = {
    "get_account_summaries": "Lists the accounts and properties there are.",
    "get_property_details": "Tells a property's timezone and currency.",
    RUN_REPORT: "Runs a report; names are in snake_case.",
}


def server_of(ask: Ask) -> "Server[Any, Any]":
    """An MCP server whose reports are answered by `ask`; the library is loaded only here."""
    from mcp import types
    from mcp.server.lowlevel import Server

    server: Server[Any, Any] = Server("Google Analytics MCP Server", version="1.0.0")

    # Its decorators are untyped.
    lists: Any = server.list_tools()
    calls: Any = server.call_tool()
    read_only = types.ToolAnnotations(readOnlyHint=True, destructiveHint=False, openWorldHint=True)

    async def tools() -> list[types.Tool]:
        return [
            types.Tool(
                name=name,
                description=_TOLD[name],
                inputSchema=dict(schema),
                annotations=read_only,
            )
            for name, schema in INPUTS.items()
        ]

    async def called(name: str, arguments: dict[str, Any]) -> list[types.TextContent]:
        return [types.TextContent(type="text", text=json.dumps(_answered(ask, name, arguments)))]

    lists(tools)
    calls(called)
    return server


def _answered(ask: Ask, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The host tells failures as an object too, not as a failed call."""
    if name != RUN_REPORT:
        return {"error": f"Tool '{name}' is not simulated."}
    property_id = str(arguments["property_id"]).removeprefix("properties/")
    try:
        return _as_protobuf(ask(property_id, _as_request(arguments)))
    except ToolError as error:
        return {"error": f"Failed to execute tool '{name}': {error}"}


def _as_request(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The Data API's JSON of what the tool was asked."""
    told = {name: value for name, value in arguments.items() if value is not None}
    told.pop("property_id")
    for name in ("dimensions", "metrics"):
        told[name] = [{"name": each} for each in told[name]]
    for name in ("limit", "offset"):
        if name in told:
            told[name] = str(told[name])
    return cast("dict[str, Any]", _renamed(told, _camel))


def _as_protobuf(answer: Mapping[str, Any]) -> dict[str, Any]:
    """As a Google client library prints a message: every field without a value stands there too."""
    told = cast("dict[str, Any]", _renamed(answer, _snake))
    for header in told.get("metric_headers", ()):
        header["type_"] = header.pop("type")
    metadata = told["metadata"]
    metadata.setdefault("data_loss_from_other_row", False)
    metadata.setdefault("sampling_metadatas", [])
    for limit in told.get("property_quota", {}).values():
        limit.setdefault("consumed", 0)
        limit.setdefault("remaining", 0)
    empty: dict[str, Any] = {
        "rows": [],
        "totals": [],
        "maximums": [],
        "minimums": [],
        "row_count": 0,
    }
    return {**empty, **told}


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, rename) for each in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    told = cast("Mapping[str, Any]", value)
    return {rename(key): _renamed(_match_type(key, each), rename) for key, each in told.items()}


def _match_type(key: str, value: Any) -> Any:
    return _MATCH_TYPES[value] if key == "match_type" and isinstance(value, int) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _snake(name: str) -> str:
    return _CAPITAL.sub("_", name).lower()
