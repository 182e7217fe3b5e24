"""Both sides against Google's own documents: what the client sends, and what the simulator answers."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hotdash.connectors.ga4.resources import PRODUCT_VIEWS_REPORT, TRAFFIC_REPORT
from hotdash.connectors.ga4.tables import PRODUCT_VIEWS, TRAFFIC
from hotdash.simulators.ga4.mcp_tools import INPUTS, server_of
from tests.fixtures.discovery import AgainstSchemaError, Discovery, vendor_json
from tests.fixtures.google_sources import Exchange, Google, read
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle


@pytest.fixture(scope="module")
def api() -> Discovery:
    return Discovery(vendor_json("ga4/analyticsdata.v1beta.json"))


@pytest.fixture(scope="module")
def names() -> Any:
    return vendor_json("ga4/dimensions_metrics_curated.json")


@pytest.fixture(scope="module")
def tools() -> dict[str, Any]:
    told = vendor_json("ga4/analytics_mcp_0.8.0_tools.json")["tools"]
    return {tool["name"]: tool for tool in told}


def reports(google: Google) -> list[Exchange]:
    return [each for each in google.exchanges if each.raw_path.endswith(":runReport")]


def require_both(api: Discovery, exchanges: list[Exchange]) -> None:
    assert exchanges
    for each in exchanges:
        api.require("RunReportRequest", each.asked)
        api.require("RunReportResponse", each.told)


@pytest.mark.parametrize("shop_id", ["hot-rod-an", "kanto-garage", "nordkurve-teile"])
def test_every_report_of_a_read(google: Google, api: Discovery, shop_id: str) -> None:
    connector = google.ga4(shop_id, ga4_page_rows="150")
    connector.check()
    read(connector, read(connector).reached.cursor)
    require_both(api, reports(google))


def test_reports_without_rows(google: Google, api: Discovery) -> None:
    google.simulator.set_clock(google.simulator.now().replace(year=2024, month=3))
    read(google.ga4())
    require_both(api, reports(google))
    assert "rowCount" not in reports(google)[-1].told


def test_the_path_is_googles(google: Google, api: Discovery) -> None:
    google.ga4().check()
    [asked] = reports(google)
    method = api.document["resources"]["properties"]["methods"]["runReport"]
    assert asked.method == method["httpMethod"]
    property_id = google.simulator.shops[SHOP_ID]["sources"]["ga4"]["property_id"]
    assert asked.raw_path == f"/ga4/v1beta/properties/{property_id}:runReport"
    assert method["path"] == "v1beta/{+property}:runReport"
    assert "https://www.googleapis.com/auth/analytics.readonly" in method["scopes"]


def test_every_name_is_one_of_googles_and_none_is_deprecated(names: Any) -> None:
    for definition in (TRAFFIC_REPORT, PRODUCT_VIEWS_REPORT):
        assert set(definition.dimensions) <= set(names["dimensions"])
        assert set(definition.metrics) <= set(names["metrics"])
        assert not {*definition.dimensions, *definition.metrics} & set(names["_deprecated"])
        assert len(definition.dimensions) <= 9
        assert len(definition.metrics) <= 10


@pytest.mark.parametrize(
    ("definition", "table"), [(TRAFFIC_REPORT, TRAFFIC), (PRODUCT_VIEWS_REPORT, PRODUCT_VIEWS)]
)
def test_every_column_is_asked_for(definition: Any, table: Any) -> None:
    asked = (*definition.dimensions, *definition.metrics)
    assert asked == tuple(column.keys[0] for column in table.columns)


def test_types_of_metrics_are_googles(google: Google, names: Any) -> None:
    read(google.ga4())
    for each in reports(google):
        for header in each.told["metricHeaders"]:
            assert header["type"] == names["metrics"][header["name"]]


class TestOtherDoorsOfTheSimulator:
    def ask(self, simulator: SimulatorHandle, what: str, body: Any = None) -> Any:
        fields = simulator.shops[SHOP_ID]["sources"]["ga4"]
        url = f"{fields['base_url']}/v1beta/properties/{fields['property_id']}{what}"
        headers = {"authorization": f"Bearer {fields['mcp_token']}"}
        method = "GET" if body is None else "POST"
        return simulator.http.request(method, url, json=body, headers=headers)

    def test_batches(self, simulator: SimulatorHandle, api: Discovery) -> None:
        one = TRAFFIC_REPORT.over(
            simulator.now().date(), simulator.now().date(), limit=10
        ).as_json()
        body = {"requests": [one] * 5}
        api.require("BatchRunReportsRequest", body)
        told = self.ask(simulator, ":batchRunReports", body).json()
        api.require("BatchRunReportsResponse", told)
        assert len(told["reports"]) == 5
        assert self.ask(simulator, ":batchRunReports", {"requests": [one] * 6}).status_code == 400

    def test_metadata(self, simulator: SimulatorHandle, api: Discovery, names: Any) -> None:
        told = self.ask(simulator, "/metadata").json()
        api.require("Metadata", told)
        assert {each["apiName"] for each in told["dimensions"]} <= set(names["dimensions"])
        assert {each["apiName"]: each["type"] for each in told["metrics"]}.items() <= names[
            "metrics"
        ].items()

    def test_compatibility(self, simulator: SimulatorHandle, api: Discovery) -> None:
        told = self.ask(simulator, ":checkCompatibility", {}).json()
        api.require("CheckCompatibilityResponse", told)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"dimensions": [{"name": "colour"}]}, "not a valid dimension"),
            ({"metrics": [{"name": "happiness"}]}, "not a valid metric"),
            ({"metrics": [{"name": "sessions"}, {"name": "screenPageViews"}]}, "compatible"),
            ({"dateRanges": [{"startDate": "soon", "endDate": "today"}]}, "Invalid date"),
            ({"limit": "250001"}, "limit"),
            ({"pivot": 1}, 'Unknown name "pivot"'),
        ],
    )
    def test_what_google_refuses(
        self, simulator: SimulatorHandle, change: dict[str, Any], said: str
    ) -> None:
        day = simulator.now().date()
        body = {**TRAFFIC_REPORT.over(day, day, limit=10).as_json(), **change}
        answer = self.ask(simulator, ":runReport", body)
        assert answer.status_code == 400
        assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
        assert said in answer.json()["error"]["message"]


class TestHost:
    def test_its_tools_are_those_of_the_real_one(self, tools: dict[str, Any]) -> None:
        for name, schema in INPUTS.items():
            assert schema == tools[name]["inputSchema"], name

    def test_it_offers_them_as_the_real_one_does(self, tools: dict[str, Any]) -> None:
        from mcp import types

        server = server_of(lambda _property_id, asked: asked)
        asked = server.request_handlers[types.ListToolsRequest](types.ListToolsRequest())
        # A browser's test may have left its loop in this thread.
        with ThreadPoolExecutor(1) as apart:
            listed: Any = apart.submit(asyncio.run, asked).result()
        for tool in listed.root.tools:
            told = tool.annotations.model_dump(exclude_none=True)
            assert told == tools[tool.name]["annotations"]

    @pytest.mark.parametrize("definition", [TRAFFIC_REPORT, PRODUCT_VIEWS_REPORT])
    def test_what_we_ask_is_what_the_tool_takes(
        self, tools: dict[str, Any], definition: Any, simulator: SimulatorHandle
    ) -> None:
        schema = {**tools["run_report"]["inputSchema"], "additionalProperties": False}
        day = simulator.now().date()
        asked = definition.over(day, day, limit=10).as_arguments("123")
        Draft202012Validator(schema).validate(asked)
        assert not Draft202012Validator(schema).is_valid({**asked, "limit": "10"})
        assert not Draft202012Validator(schema).is_valid({**asked, "dateRanges": []})


class TestTheCheckItself:
    """A contract that accepts anything would prove nothing."""

    @pytest.mark.parametrize(
        "drift",
        [
            {"field": "rowCount", "value": "12"},
            {"field": "dimensionValues", "change": "rename", "value": "dimension_values"},
            {"field": "type", "value": "TYPE_MONEY"},
            {"field": "metadata", "change": "add", "value": {}},
            {"field": "value", "value": 12, "every": 50},
            {"field": "remaining", "value": "13999"},
        ],
    )
    def test_a_shape_that_drifted_is_refused(
        self, google: Google, api: Discovery, drift: dict[str, Any]
    ) -> None:
        google.ga4().check()
        google.simulator.fault("drift", vendor="ga4", route="runReport", **drift)
        try:
            read(google.ga4())
        except Exception:
            assert google.exchanges
        with pytest.raises(AgainstSchemaError):
            require_both(api, reports(google))

    @pytest.mark.parametrize(
        "mutation",
        [
            {"limit": 10},
            {"offset": "one"},
            {"keep_empty_rows": True},
            {"metricAggregations": ["SUM"]},
            {"dimensions": ["date"]},
            {"dateRanges": {"startDate": "yesterday"}},
            {"returnPropertyQuota": "true"},
        ],
    )
    def test_a_request_that_is_wrong_is_refused(
        self, google: Google, api: Discovery, mutation: dict[str, Any]
    ) -> None:
        google.ga4().check()
        [asked] = reports(google)
        with pytest.raises(AgainstSchemaError):
            api.require("RunReportRequest", {**asked.asked, **mutation})
