"""Google Analytics through an MCP host that signs in by itself: the same reports by the same names."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from hotdash.base.http import TransientError
from hotdash.connectors.calling import Caller, Measured, VendorAnswerError
from hotdash.connectors.ga4.data_api import note_cost
from hotdash.connectors.ga4.mcp_session import (
    PATIENCE,
    HostGoneError,
    McpSession,
    RefusedByHostError,
    Target,
)
from hotdash.connectors.ga4.reports import ReportRequest, Told
from hotdash.connectors.google_calls import Refusal

TOOL = "run_report"
_STATUS = re.compile(r"\b([45]\d\d)\b[ :]*(.*)", re.DOTALL)
_MEND = (
    "Give the account the MCP host signs in with the role Viewer of the property, check "
    "property_id, and mcp_token if the host asks for one."
)


class McpHost:
    def __init__(
        self, target: Target, caller: Caller, property_id: str, patience: timedelta = PATIENCE
    ) -> None:
        self._session = McpSession(target, patience)
        self._caller = caller
        self._property_id = property_id
        self._is_known = False

    def run(self, operation: str, request: ReportRequest) -> Told:
        if not self._is_known:
            self._require_tool()
        arguments = request.as_arguments(self._property_id)

        def exchange(measured: Measured) -> Told:
            answer = self._answered(operation, arguments)
            note_cost(answer, measured)
            return answer

        return self._caller.call(operation, exchange)

    def granted(self) -> None:
        """It signs in by itself."""

    def close(self) -> None:
        self._session.close()

    def _require_tool(self) -> None:
        tools = self._caller.call("tools", lambda _: self._reached("tools", self._session.tools))
        if TOOL not in tools:
            raise VendorAnswerError(
                f"The MCP host of {self._caller.shop_id} has no tool {TOOL}; it has: "
                f"{', '.join(sorted(tools)) or 'none'}.",
                hint="Check mcp_command or mcp_url: it must be an analytics-mcp host.",
            )
        self._is_known = True

    def _answered(self, operation: str, arguments: Mapping[str, Any]) -> Told:
        answer = self._reached(operation, lambda: self._session.call(TOOL, arguments))
        if answer.failure is not None or answer.told is None:
            refusal = refusal_of(answer.failure or "nothing")
            raise refusal.error(self._caller, operation, _MEND)
        return cast("Told", by_json_names(answer.told))

    def _reached(self, operation: str, ask: Any) -> Any:
        try:
            return ask()
        except RefusedByHostError as error:
            raise error.refusal.error(self._caller, operation, _MEND) from error
        except HostGoneError as error:
            raise TransientError(f"the MCP host is gone ({error})") from error


def refusal_of(text: str) -> Refusal:
    """Google's status as the host's text carries it; a text without one is an answer nobody can read."""
    found = _STATUS.search(text)
    return Refusal(int(found[1]), found[2] or text) if found else Refusal(400, text)


def by_json_names(value: Any) -> Any:
    """snake_case as in protocol buffers (also `type_`) to the names that Google's JSON has."""
    if isinstance(value, list):
        return [by_json_names(each) for each in cast("list[Any]", value)]
    if isinstance(value, dict):
        told = cast("dict[str, Any]", value)
        return {_json_name(key): by_json_names(each) for key, each in told.items()}
    return value


def _json_name(name: str) -> str:
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.title() for part in rest)
