"""Quotas, broken streams, passing failures and closed doors: obeyed, finished, or one clear error."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hotdash.base.errors import HotdashError
from hotdash.connectors.calling import (
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
)
from hotdash.connectors.google_ads.client import SCOPE
from tests.fixtures.ads import AdConnecting
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

Tell = Callable[..., Any]
DAYS = "google_ads_campaign_days"


@pytest.fixture
def tell(simulator: SimulatorHandle) -> Tell:
    """Turns one of Google's own switches."""

    def turned(switch: str, **what: Any) -> Any:
        path = f"/_simulator/google_ads/{switch}"
        return simulator.http.post(path, json=what).raise_for_status()

    return turned


def fault(simulator: SimulatorHandle, kind: str, **details: Any) -> None:
    simulator.fault(kind, **{"vendor": "google_ads", "route": "searchStream", **details})


class TestQuota:
    def test_the_delay_google_tells_is_waited(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        fault(simulator, "throttled", times=2, seconds=90)
        assert len(google.read(history_days="2").days) == 3
        assert google.sleeps == [90, 90]
        assert google.statuses() == {"ok": 4, "throttled": 2}

    def test_that_of_the_front_end_as_well(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        fault(simulator, "too_many_requests", times=1, seconds=7)
        google.read(history_days="2")
        assert google.sleeps == [7]

    def test_a_used_up_day_ends_the_read_at_once(self, google: AdConnecting, tell: Tell) -> None:
        """It is ten o'clock in Los Angeles: the quota comes back in fourteen hours."""
        tell("limits", operations=2879)
        with pytest.raises(VendorUnavailableError, match=r"explorer|Too many.* 840 minutes"):
            google.read(history_days="2")
        assert google.sleeps == []
        assert google.statuses() == {"ok": 2, "throttled": 1}

    def test_and_is_waited_out_where_it_is_nearly_over(
        self, google: AdConnecting, simulator: SimulatorHandle, tell: Tell
    ) -> None:
        simulator.advance(timedelta(hours=13, minutes=30))
        tell("limits", operations=2880)
        assert len(google.read(history_days="2", sleep=google.let_time_pass).days) == 3
        assert google.sleeps == [1800]


class TestStreams:
    def test_one_that_keeps_breaking_off_is_read_page_by_page(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        calm = google.read(history_days="300")
        google.calls.clear()
        fault(simulator, "truncated")
        paged = google.read(history_days="300")
        assert paged.rows == calm.rows
        assert len(paged.rows[DAYS]) > 600
        operations = google.operations()
        assert operations["campaign_days_pages"] == 4, "two windows of two pages each"
        assert operations["campaign_days"] == 4, "each broke off twice"
        costs = [c.cost for c in google.calls if c.operation == "campaign_days_pages"]
        assert costs == [1, 0, 1, 0], "later pages cost nothing"

    def test_one_that_breaks_off_once_is_asked_for_again(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        fault(simulator, "truncated", times=1)
        google.read(history_days="2")
        assert "customer_pages" not in google.operations()

    def test_an_error_after_good_rows_is_not_taken_for_the_end(
        self, google: AdConnecting, tell: Tell
    ) -> None:
        calm = google.read(history_days="150")
        google.calls.clear()
        tell("limits", failing_streams=3)
        assert google.read(history_days="150").rows == calm.rows
        assert max(call.retries for call in google.calls) == 3


class TestPassingFailures:
    @pytest.mark.parametrize("kind", ["server_error", "reset", "internal_error"])
    def test_is_tried_again(
        self, google: AdConnecting, simulator: SimulatorHandle, kind: str
    ) -> None:
        fault(simulator, kind, times=3)
        assert len(google.read(history_days="1").days) == 2
        assert [c.retries for c in google.calls if c.operation == "customer"] == [0, 1, 2, 3]

    def test_a_fifth_of_all_calls_failing_costs_less_than_half_as_many_more(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        undisturbed = [google.read(history_days="200") for _ in range(5)]
        ideal = len(google.calls)
        google.calls.clear()
        for kind in ("server_error", "reset", "internal_error", "truncated"):
            fault(simulator, kind, share=0.0525, route=None)
        disturbed = [google.read(history_days="200") for _ in range(5)]
        assert 1.1 * ideal < len(google.calls) <= 1.5 * ideal
        for calm, read in zip(undisturbed, disturbed, strict=True):
            assert calm.rows.keys() == read.rows.keys()
            for table, rows in calm.rows.items():
                assert Counter(map(str, rows)) == Counter(map(str, read.rows[table]))

    def test_a_token_that_ran_out_early_is_replaced_once(
        self, google: AdConnecting, tell: Tell
    ) -> None:
        connector = google.connector()
        connector.check()
        tell("tokens", expire=True)
        assert connector.check() == []
        assert google.operations() == {"token": 2, "customer": 3}

    def test_signing_in_is_no_query(self, google: AdConnecting, simulator: SimulatorHandle) -> None:
        """A query that was never asked costs nothing and is not said to have failed."""
        fault(simulator, "server_error", route="token")
        with pytest.raises(VendorUnavailableError):
            google.read()
        assert {(call.operation, call.cost) for call in google.calls} == {("token", None)}


class TestRefusals:
    def one_refusal(self, google: AdConnecting, **fields: str) -> VendorAccessError:
        connector = google.connector(**fields)
        with pytest.raises(VendorAccessError) as caught:
            connector.check()
        told = f"{caught.value!r} {caught.value} {connector.client!r} {google.calls!r}"
        assert "PRIVATE KEY" not in told
        assert "ya29." not in told
        return caught.value

    def test_a_revoked_key_is_one_call_and_a_clear_error(
        self, google: AdConnecting, tell: Tell
    ) -> None:
        tell("tokens", shop=SHOP_ID, revoked=True)
        refused = self.one_refusal(google)
        assert SHOP_ID in refused.message
        assert google.operations() == {"token": 1}

    def test_a_missing_scope_is_named_with_what_it_costs(
        self, google: AdConnecting, tell: Tell
    ) -> None:
        tell("tokens", shop=SHOP_ID, scopes=["https://www.googleapis.com/auth/analytics"])
        [missing] = google.connector().check()
        assert missing.scope == SCOPE
        assert "spend" in missing.costs

    def test_a_scope_that_only_the_api_misses_is_named_too(
        self, google: AdConnecting, tell: Tell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Google need not say which scopes a token carries."""
        tell("tokens", shop=SHOP_ID, scopes=["https://www.googleapis.com/auth/analytics"])
        connector = google.connector()
        monkeypatch.setattr(connector.client.tokens, "granted", lambda: (SCOPE,))
        [missing] = connector.check()
        assert missing.scope == SCOPE

    def test_an_account_behind_a_manager_needs_its_name(self, google: AdConnecting) -> None:
        fields = google.fields("nordkurve-teile")
        assert google.connector("nordkurve-teile").check() == []
        google.calls.clear()
        refused = self.one_refusal(google, **{**fields, "login_customer_id": ""})
        assert "login_customer_id" in refused.hint
        assert google.operations()["customer"] == 1

    def test_only_a_manager_is_named_and_no_developer_token_without_one(
        self, google: AdConnecting
    ) -> None:
        google.connector().check()
        google.connector("nordkurve-teile", developer_token="old").check()
        direct, managed = [r for r in google.requests if "googleAds" in r.url.path]
        assert "login-customer-id" not in direct.headers
        assert "developer-token" not in direct.headers
        assert managed.headers["login-customer-id"] == "4310000900"
        assert managed.headers["developer-token"] == "old"

    def test_an_account_of_somebody_else(self, google: AdConnecting) -> None:
        refused = self.one_refusal(google, customer_id="431-005-7002")
        assert refused.field == "customer_id"
        assert google.operations()["customer"] == 1

    def test_a_manager_account_has_no_ads(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault(
            "drift", vendor="google_ads", route=None, field="manager", change="retype", value=True
        )
        assert "manager account" in self.one_refusal(google).message

    @pytest.mark.parametrize("customer_id", ["", "123", "431-005-700x", "٤٣١٠٠٥٧٠٠١"])
    def test_what_is_no_account_is_refused_before_any_call(
        self, google: AdConnecting, customer_id: str
    ) -> None:
        with pytest.raises(HotdashError, match="customer_id"):
            google.connector(customer_id=customer_id)
        assert google.calls == []

    @pytest.mark.parametrize("days", ["0", "-3", "many", "1.5"])
    def test_nor_is_what_is_no_number_of_days(self, google: AdConnecting, days: str) -> None:
        with pytest.raises(HotdashError, match="history_days"):
            google.connector(history_days=days)

    def test_a_query_google_does_not_take(
        self, google: AdConnecting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = google.connector().client
        with pytest.raises(VendorAnswerError, match=r"campaign\.start_date'.*UNRECOGNIZED_FIELD"):
            client.query("old", "SELECT campaign.start_date FROM campaign")
        assert google.operations()["old"] == 1


def test_the_key_is_sent_to_nobody(google: AdConnecting) -> None:
    google.read(history_days="1")
    key = json.loads(google.fields()["service_account_json"])["private_key"]
    secret = key.splitlines()[1]
    sent = [f"{r.url} {r.headers} {r.content!r}" for r in google.requests]
    assert not [each for each in sent if secret in each]
