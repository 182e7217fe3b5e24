"""The simulated Ads API, asked as somebody else's client would ask it."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hotdash.base.http import RetryPolicy
from hotdash.connectors.calling import Caller
from hotdash.connectors.google_auth import GoogleTokens
from hotdash.connectors.spec import Access
from hotdash.simulators.google_ads.state import SCOPE
from tests.fixtures.simulator import SimulatorHandle

Ask = Callable[..., httpx.Response]
DAYS = "segments.date BETWEEN '2026-10-01' AND '2026-11-30'"


@pytest.fixture
def ask(simulator: SimulatorHandle) -> Ask:
    source = simulator.shops["hot-rod-an"]["sources"]["google_ads"]
    access = Access("hot-rod-an", source, simulator, policy=RetryPolicy(attempts=1))
    caller = Caller.of("google_ads", access)
    bearer = GoogleTokens(source, caller, simulator.http, simulator, [SCOPE]).bearer()
    number = source["customer_id"].replace("-", "")

    def asked(query: str, method: str = "searchStream", token: str = bearer, **more: Any):
        url = f"{source['base_url']}/v26/customers/{number}/googleAds:{method}"
        headers = {"Authorization": f"Bearer {token}"}
        return simulator.http.post(url, json={"query": query, **more}, headers=headers)

    return asked


def failure(answer: httpx.Response) -> dict[str, str]:
    told = answer.json()
    error = (told[0] if isinstance(told, list) else told)["error"]
    return error["details"][0]["errors"][0]["errorCode"]


def test_a_stream_is_an_array_of_parts(ask: Ask) -> None:
    query = f"SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE {DAYS}"
    parts = ask(query, summaryRowSetting="SUMMARY_ROW_WITH_RESULTS").json()
    *rows, last = parts
    assert [len(part["results"]) for part in rows] == [51 * 3 - 4], "four days one rested"
    assert rows[0]["fieldMask"] == "campaign.id,segments.date,metrics.clicks"
    assert "results" not in last
    clicks = sum(int(row["metrics"]["clicks"]) for row in rows[0]["results"])
    assert last["summaryRow"]["metrics"]["clicks"] == str(clicks)


def test_the_same_bytes_for_the_same_question(ask: Ask) -> None:
    query = f"SELECT campaign.id, metrics.conversions, segments.date FROM campaign WHERE {DAYS}"
    assert ask(query).content == ask(query).content


def test_pages_hold_what_the_stream_holds(ask: Ask) -> None:
    days = "segments.date BETWEEN '2026-01-01' AND '2026-11-30'"
    query = f"SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE {days}"
    streamed = [row for part in ask(query).json() for row in part["results"]]
    page = ask(query, "search", searchSettings={"returnTotalResultsCount": True}).json()
    paged = page["results"]
    while "nextPageToken" in page:
        page = ask(query, "search", pageToken=page["nextPageToken"]).json()
        paged += page["results"]
    assert paged == streamed
    assert len(paged) > 600


def test_the_future_is_not_told(ask: Ask) -> None:
    days = "segments.date BETWEEN '2026-11-21' AND '2026-11-30'"
    assert ask(f"SELECT campaign.id, metrics.clicks FROM campaign WHERE {days}").json() == []


@pytest.mark.parametrize("method", ["searchStream", "search"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT campaign.start_date FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM adverts", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT segments.date FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id > 5", "UNEXPECTED_INPUT"),
        ("DELETE everything", "UNEXPECTED_INPUT"),
        (
            "SELECT segments.date FROM campaign WHERE segments.date BETWEEN 'a' AND 'b'",
            "INVALID_DATE_FORMAT",
        ),
    ],
)
def test_refusals_are_wrapped_in_an_array_where_a_stream_was_asked(
    ask: Ask, method: str, query: str, code: str
) -> None:
    answer = ask(query, method)
    assert answer.status_code == 400
    assert isinstance(answer.json(), list) == (method == "searchStream")
    assert failure(answer) == {"queryError": code}


def test_a_page_has_one_size(ask: Ask) -> None:
    answer = ask("SELECT campaign.id FROM campaign", "search", pageSize=50)
    assert failure(answer) == {"requestError": "PAGE_SIZE_NOT_SUPPORTED"}


def test_an_unknown_token_is_not_let_in(ask: Ask) -> None:
    answer = ask("SELECT customer.id FROM customer", token="ya29.somebody")
    assert answer.status_code == 401


def test_the_quota_ends_at_so_many_operations(ask: Ask, simulator: SimulatorHandle) -> None:
    limits = "/_simulator/google_ads/limits"
    simulator.http.post(limits, json={"operations": 2879}).raise_for_status()
    query = "SELECT customer.id FROM customer"
    assert ask(query).status_code == 200
    refused = ask(query)
    assert refused.status_code == 429
    assert failure(refused) == {"quotaError": "RESOURCE_EXHAUSTED"}
    [error] = refused.json()[0]["error"]["details"][0]["errors"]
    quota = error["details"]["quotaErrorDetails"]
    assert quota["retryDelay"] == "50400s", "until midnight in Los Angeles"
    assert json.dumps(quota).count("explorer") == 1
