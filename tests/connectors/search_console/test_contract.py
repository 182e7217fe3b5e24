"""Both sides against Google's own document: what the client sends, and what the simulator answers."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.fixtures.discovery import AgainstSchemaError, Discovery, vendor_json
from tests.fixtures.google_sources import Exchange, Google, read
from tests.fixtures.simulator import SHOP_ID


@pytest.fixture(scope="module")
def api() -> Discovery:
    return Discovery(vendor_json("gsc/searchconsole.v1.json"))


def require_both(api: Discovery, exchanges: list[Exchange]) -> None:
    queries = [each for each in exchanges if each.raw_path.endswith("/searchAnalytics/query")]
    assert queries
    for each in queries:
        api.require("SearchAnalyticsQueryRequest", each.asked)
        api.require("SearchAnalyticsQueryResponse", each.told)
    for each in exchanges:
        if each.raw_path.endswith("/sites"):
            api.require("SitesListResponse", each.told)


@pytest.mark.parametrize("shop_id", ["hot-rod-an", "kanto-garage", "nordkurve-teile"])
def test_every_query_of_a_read(google: Google, api: Discovery, shop_id: str) -> None:
    connector = google.search_console(shop_id, search_console_page_rows="100")
    connector.check()
    read(connector, read(connector).reached.cursor)
    require_both(api, google.exchanges)


@pytest.mark.parametrize("shop_id", ["hot-rod-an", "nordkurve-teile"])
def test_the_path_is_googles_with_the_site_encoded(
    google: Google, api: Discovery, shop_id: str
) -> None:
    read(google.search_console(shop_id))
    resources = api.document["resources"]
    method = resources["searchanalytics"]["methods"]["query"]
    site = google.simulator.shops[shop_id]["sources"]["search_console"]["site_url"]
    path = method["path"].replace("{siteUrl}", quote(site, safe=""))
    assert google.exchanges[-1].raw_path == f"/search_console/{path}"
    assert google.exchanges[-1].method == method["httpMethod"]
    assert "https://www.googleapis.com/auth/webmasters.readonly" in method["scopes"]
    listed = f"/search_console/{resources['sites']['methods']['list']['path']}"
    assert listed in [each.raw_path for each in google.exchanges]


def test_limits_are_googles(google: Google) -> None:
    read(google.search_console())
    asked = [each.asked for each in google.exchanges if each.raw_path.endswith("/query")]
    assert {each["rowLimit"] for each in asked} == {25_000}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rowLimit": 25_001}, "rowLimit"),
        ({"rowLimit": 0}, "rowLimit"),
        ({"startDate": "soon"}, "Invalid date"),
        ({"startDate": "2026-11-19", "endDate": "2026-11-18"}, "endDate"),
        ({"dimensions": ["PAGE"], "aggregationType": "BY_PROPERTY"}, "BY_PROPERTY"),
        ({"pages": 1}, 'Unknown name "pages"'),
    ],
)
def test_what_google_refuses(google: Google, change: dict[str, Any], said: str) -> None:
    connector = google.search_console()
    read(connector)
    asked = next(each for each in google.exchanges if each.raw_path.endswith("/query"))
    token = google.simulator.http.post(
        "/search_console/token",
        data={
            "grant_type": "refresh_token",
            **{
                name: value
                for name, value in google.simulator.shops["kanto-garage"]["sources"][
                    "search_console"
                ].items()
                if name in ("client_id", "client_secret", "refresh_token")
            },
        },
    ).json()["access_token"]
    site = quote("https://www.kanto-garage.example/", safe="")
    answer = google.simulator.http.post(
        f"/search_console/webmasters/v3/sites/{site}/searchAnalytics/query",
        json={**asked.asked, **change},
        headers={"authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


class TestTheCheckItself:
    """A contract that accepts anything would prove nothing."""

    @pytest.mark.parametrize(
        "drift",
        [
            {"field": "clicks", "value": "12"},
            {"field": "keys", "change": "rename", "value": "names"},
            {"field": "responseAggregationType", "value": "BY_COUNTRY"},
            {"field": "position", "change": "add", "value": 1},
        ],
    )
    def test_a_shape_that_drifted_is_refused(
        self, google: Google, api: Discovery, drift: dict[str, Any]
    ) -> None:
        google.simulator.fault("drift", vendor="search_console", route="query", **drift)
        try:
            read(google.search_console())
        except Exception:
            assert google.exchanges
        with pytest.raises(AgainstSchemaError):
            require_both(api, google.exchanges)

    @pytest.mark.parametrize(
        "mutation",
        [
            {"rowLimit": "25000"},
            {"dimensions": ["date"]},
            {"dataState": "FULL"},
            {"start_row": 0},
            {"startDate": 20261101},
        ],
    )
    def test_a_request_that_is_wrong_is_refused(
        self, google: Google, api: Discovery, mutation: dict[str, Any]
    ) -> None:
        read(google.search_console(SHOP_ID))
        asked = google.exchanges[-1].asked
        api.require("SearchAnalyticsQueryRequest", asked)
        with pytest.raises(AgainstSchemaError):
            api.require("SearchAnalyticsQueryRequest", {**asked, **mutation})
