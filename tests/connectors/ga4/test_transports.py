"""Three ways to one table: the Data API, an MCP host over its streams, and one over HTTP."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.http import RetryPolicy
from hotdash.connectors.calling import (
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
)
from hotdash.connectors.ga4.mcp_host import by_json_names, refusal_of
from hotdash.connectors.google_calls import QuotaUsedUpError
from tests.fixtures.google_sources import Google, read
from tests.fixtures.simulated_ingest import raw_contents, read_shop
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

TRANSPORTS = ("data_api", "mcp_stdio", "mcp_http")
ONCE = RetryPolicy(attempts=1)
# A host that offers what it is told to, and knows nothing else.
OTHER_HOST = """
import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

server = Server("another")

@server.list_tools()
async def tools():
    return [types.Tool(name="{tool}", inputSchema={{"type": "object"}})]

@server.call_tool()
async def call(name, arguments):
    return [types.TextContent(type="text", text={text!r})]

async def serve():
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())

anyio.run(serve)
"""


def over(transport: str, **more: str) -> dict[str, str]:
    return {"transport": transport, **more}


@pytest.fixture(scope="module")
def raw(
    running_simulator: SimulatorHandle, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for transport in TRANSPORTS:
        running_simulator.reset()
        home = tmp_path_factory.mktemp(transport)
        shop = running_simulator.shops["nordkurve-teile"]
        fields = {**shop["sources"]["ga4"], "transport": transport, "history_days": "40"}
        now = running_simulator.now().isoformat()
        read_shop({**shop, "sources": {"ga4": fields}}, now, str(home), "ga4")
        found[transport] = raw_contents(home)
    return found


@pytest.mark.parametrize("transport", TRANSPORTS[1:])
def test_the_raw_tables_are_equal(raw: dict[str, Any], transport: str) -> None:
    direct = raw["data_api"]
    assert direct["ga4_traffic"]
    assert direct["ga4_product_views"]
    assert raw[transport] == direct


@pytest.mark.parametrize("transport", TRANSPORTS)
class TestEachWay:
    def test_it_is_checked(self, google: Google, transport: str) -> None:
        assert not google.ga4(fields=over(transport)).check()

    def test_a_property_that_is_not_shared(self, google: Google, transport: str) -> None:
        google.switch("ga4", "sharing", shop=SHOP_ID, shared=False)
        with pytest.raises(VendorAccessError, match="sufficient permissions") as refused:
            google.ga4(fields=over(transport)).check()
        assert "Viewer" in refused.value.hint

    def test_a_used_up_quota_is_not_asked_again(self, google: Google, transport: str) -> None:
        google.switch("ga4", "quota", shop=SHOP_ID, tokensPerHour=0)
        with pytest.raises(QuotaUsedUpError, match="per hour"):
            google.ga4(fields=over(transport)).check()
        assert [call.operation for call in google.calls].count("profile") == 1

    def test_what_calls_cost_is_measured(self, google: Google, transport: str) -> None:
        google.ga4(fields=over(transport)).check()
        assert google.calls[-1].operation == "profile"
        assert google.calls[-1].cost == 1

    def test_pages(self, google: Google, transport: str) -> None:
        fields = over(transport)
        whole = read(google.ga4(fields=fields)).rows("ga4_traffic")
        paged = read(google.ga4(fields=fields, ga4_page_rows="150")).rows("ga4_traffic")
        assert paged == whole


class TestHttpHost:
    def test_another_token_is_refused_at_once(self, google: Google) -> None:
        with pytest.raises(VendorAccessError) as refused:
            google.ga4(fields=over("mcp_http", mcp_token="somebody-elses")).check()
        assert "somebody-elses" not in str(refused.value)
        assert len(google.calls) == 1

    def test_what_fails_for_a_moment_is_tried_again(self, google: Google) -> None:
        calm = read(google.ga4(fields=over("mcp_http"))).rows("ga4_traffic")
        for kind in ("server_error", "reset", "too_many_requests", "truncated"):
            google.simulator.fault(kind, vendor="ga4", route="mcp", times=1)
        assert read(google.ga4(fields=over("mcp_http"))).rows("ga4_traffic") == calm
        assert len([call for call in google.calls if call.status != "ok"]) == 4

    def test_where_nobody_listens(self, google: Google) -> None:
        fields = over("mcp_http", mcp_url="http://127.0.0.1:9/mcp")
        with pytest.raises(VendorUnavailableError, match="MCP host is gone"):
            google.ga4(fields=fields, policy=ONCE).check()


class TestStdioHost:
    def host(self, tmp_path: Path, tool: str, text: str) -> dict[str, str]:
        program = tmp_path / "host.py"
        program.write_text(OTHER_HOST.format(tool=tool, text=text))
        return over("mcp_stdio", mcp_command=shlex.join([sys.executable, str(program)]))

    def test_a_program_that_is_not_there(self, google: Google) -> None:
        fields = over("mcp_stdio", mcp_command="no-such-program --token secret-of-mine")
        with pytest.raises(VendorUnavailableError) as refused:
            google.ga4(fields=fields, policy=ONCE).check()
        assert "secret-of-mine" not in str(refused.value)

    def test_a_program_that_ends_at_once(self, google: Google) -> None:
        fields = over("mcp_stdio", mcp_command=shlex.join([sys.executable, "-c", "pass"]))
        with pytest.raises(VendorUnavailableError, match="MCP host is gone"):
            google.ga4(fields=fields, policy=ONCE).check()

    def test_one_that_does_not_answer_is_not_waited_for_for_ever(self, google: Google) -> None:
        sleeping = [sys.executable, "-c", "import time; time.sleep(60)"]
        fields = over("mcp_stdio", mcp_command=shlex.join(sleeping))
        with pytest.raises(VendorUnavailableError):
            google.ga4(fields=fields, policy=ONCE, ga4_mcp_patience="0.3").check()

    def test_a_host_without_the_tool_is_told_what_it_has(
        self, google: Google, tmp_path: Path
    ) -> None:
        with pytest.raises(VendorAnswerError, match="no tool run_report; it has: run_walk"):
            google.ga4(fields=self.host(tmp_path, "run_walk", "{}")).check()

    @pytest.mark.parametrize("text", ["not JSON", "[1]", "{}"])
    def test_an_answer_nobody_can_read(self, google: Google, tmp_path: Path, text: str) -> None:
        with pytest.raises(VendorAnswerError):
            google.ga4(fields=self.host(tmp_path, "run_report", text), policy=ONCE).check()

    def test_a_host_whose_google_is_down(self, google: Google, tmp_path: Path) -> None:
        text = '{"error": "Failed to execute tool \'run_report\': 503 try again"}'
        with pytest.raises(VendorUnavailableError, match="HTTP 503"):
            google.ga4(fields=self.host(tmp_path, "run_report", text), policy=ONCE).check()


def test_the_mcp_library_is_loaded_only_where_it_is_used() -> None:
    """It takes a second, which nobody should wait for who asks Google directly."""
    look = "import sys, hotdash.connectors.registry, hotdash.simulators.server; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert "hotdash.connectors.ga4.mcp_session" in ran.stdout.split()
    assert "mcp" not in ran.stdout.split()


class TestNames:
    def test_names_of_protocol_buffers_become_those_of_json(self) -> None:
        told = {"metric_headers": [{"name": "sessions", "type_": "TYPE_INTEGER"}], "row_count": 3}
        assert by_json_names(told) == {
            "metricHeaders": [{"name": "sessions", "type": "TYPE_INTEGER"}],
            "rowCount": 3,
        }

    def test_a_failure_without_a_status_is_not_repeated(self) -> None:
        assert refusal_of("No default credentials were found").status == 400
        assert refusal_of("Failed to execute tool 'run_report': 429 Exhausted x").status == 429
