"""Both sides are held to Google's own descriptors of v26: what our client asks, what the simulator answers."""

from collections import Counter
from typing import Any

import httpx
import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.google_ads import errors, queries
from hotdash.connectors.google_ads.tables import CAMPAIGN_DAYS, CAMPAIGNS, CUSTOMERS, RECORD_TABLES
from hotdash.simulators.google_ads.gaql import SELECTABLE, camel
from hotdash.simulators.google_ads.refusals import exhausted, permission_denied, transient
from tests.fixtures.ads import AdConnecting, gathered
from tests.fixtures.google_ads_schema import (
    descriptors,
    enum,
    faults_of_answer,
    faults_of_query,
    faults_of_request,
    message,
    method_of,
)
from tests.fixtures.simulator import SimulatorHandle


def exchanged(google: AdConnecting) -> dict[str, list[str]]:
    return {
        "asked": [f for r in google.requests if method_of(r) for f in faults_of_request(r)],
        "answered": [
            f for a in google.answers if method_of(a.request) for f in faults_of_answer(a)
        ],
    }


@pytest.mark.parametrize("shop_id", ["hot-rod-an", "kanto-garage", "nordkurve-teile"])
def test_neither_side_departs(
    google: AdConnecting, simulator: SimulatorHandle, shop_id: str
) -> None:
    connector = google.connector(shop_id)
    connector.check()
    gathered(connector.read(None, SilentProgress()))
    list(connector.refetch(CAMPAIGNS.raw, ["57310001001"], SilentProgress()))
    simulator.fault("truncated", vendor="google_ads", route="searchStream", times=2)
    connector.check()
    google.answers = [a for a in google.answers if a.content.endswith((b"]", b"}"))]
    assert exchanged(google) == {"asked": [], "answered": []}
    methods = Counter(method_of(request) for request in google.requests)
    assert methods["searchStream"] >= 8
    assert methods["search"] == 1


def test_failures_have_the_shape_and_the_words_of_the_descriptors() -> None:
    request = httpx.Request("POST", "https://x.example/v26/customers/1234567890/googleAds:search")
    for failed in (
        exhausted("RESOURCE_EXHAUSTED", "ops", 5),
        exhausted("RESOURCE_TEMPORARILY_EXHAUSTED", "ops", 5, "ACCOUNT"),
        permission_denied(),
        transient(),
    ):
        response = httpx.Response(failed.http, json=failed.told(), request=request)
        assert faults_of_answer(response) == []


def test_the_codes_our_client_knows_are_googles() -> None:
    known = {
        word
        for name, words in descriptors()["enums"].items()
        if ".errors." in name
        for word in words
    }
    assert known >= errors._ACCOUNTS | errors._PASSING | {errors._PROHIBITED}
    kinds = {field["json"] for field in message("errors.ErrorCode").values()}
    assert kinds >= {
        *("quotaError", "authenticationError", "authorizationError", "headerError"),
        *("queryError", "requestError", "internalError"),
    }


def test_the_words_we_know_are_those_of_the_descriptors() -> None:
    unset = {"UNSPECIFIED", "UNKNOWN"}
    campaign = set(enum("enums.CampaignStatusEnum.CampaignStatus")) - unset
    customer = set(enum("enums.CustomerStatusEnum.CustomerStatus")) - unset
    for table, words in ((CAMPAIGNS, campaign), (CAMPAIGN_DAYS, campaign), (CUSTOMERS, customer)):
        assert {column.words for column in table.columns if column.words} == {frozenset(words)}


def test_every_column_is_read_from_a_field_that_is_asked_for() -> None:
    asked = (queries.CUSTOMER_FIELDS, queries.CAMPAIGN_FIELDS, queries.CAMPAIGN_DAY_FIELDS)
    for table, fields in zip(RECORD_TABLES, asked, strict=True):
        read = {column.path for column in table.columns}
        assert read | {"customer/manager"} >= {camel(name).replace(".", "/") for name in fields}


def test_the_simulator_takes_no_field_that_does_not_exist() -> None:
    for resource, fields in SELECTABLE.items():
        assert faults_of_query(f"SELECT {', '.join(sorted(fields))} FROM {resource}") == []


class TestTheContractCanFail:
    """Each way to be wrong is found, else the tests above say nothing."""

    @pytest.mark.parametrize(
        ("field", "change", "value"),
        [
            ("costMicros", "retype", 5),
            ("conversions", "retype", "1.5"),
            ("status", "retype", "SLEEPING"),
            ("currencyCode", "rename", "currency"),
            ("results", "rename", "rows"),
            ("requestId", "retype", 7),
            ("summaryRow", "rename", "sums"),
            ("manager", "retype", "no"),
        ],
    )
    def test_by_the_simulator(
        self, google: AdConnecting, simulator: SimulatorHandle, field: str, change: str, value: Any
    ) -> None:
        simulator.fault(
            "drift", vendor="google_ads", route=None, field=field, change=change, value=value
        )
        try:
            google.read(history_days="3")
        except Exception:
            assert google.answers
        assert exchanged(google)["answered"]

    @pytest.mark.parametrize(
        "fields",
        [
            ("customer.id", "campaign.id", "campaign.start_date"),
            ("customer.id", "campaign.id", "metrics.cost"),
        ],
    )
    def test_by_the_client(
        self, google: AdConnecting, monkeypatch: pytest.MonkeyPatch, fields: tuple[str, ...]
    ) -> None:
        monkeypatch.setattr(queries, "CAMPAIGN_FIELDS", fields)
        try:
            google.read(history_days="3")
        except Exception:
            assert google.requests
        assert exchanged(google)["asked"] == [fields[-1]]

    def test_by_a_failure_of_another_kind(self) -> None:
        request = httpx.Request(
            "POST", "https://x.example/v26/customers/1234567890/googleAds:search"
        )
        told = transient().told()
        told["error"]["details"][0]["errors"][0]["errorCode"] = {"internalError": "TIRED"}
        response = httpx.Response(500, json=told, request=request)
        assert faults_of_answer(response)
