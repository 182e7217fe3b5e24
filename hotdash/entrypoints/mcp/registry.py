"""Every tool there is; one that is built is one more file in tools/ and one more line here."""

from collections.abc import Mapping

from hotdash.entrypoints.mcp.contract import Tool
from hotdash.entrypoints.mcp.tools import (
    anomalies,
    data_health,
    explain_metric,
    explain_order,
    forecast,
    list_decisions,
    list_metrics,
    propose_decision,
    query_metric,
    search_knowledge,
    tile,
)

TOOLS: tuple[Tool, ...] = (
    list_metrics.TOOL,
    query_metric.TOOL,
    explain_metric.TOOL,
    tile.TOOL,
    explain_order.TOOL,
    anomalies.TOOL,
    forecast.TOOL,
    data_health.TOOL,
    search_knowledge.TOOL,
    list_decisions.TOOL,
    propose_decision.TOOL,
)
BY_NAME: Mapping[str, Tool] = {each.name: each for each in TOOLS}
