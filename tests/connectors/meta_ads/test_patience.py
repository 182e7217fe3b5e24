"""Limits, jobs and passing failures: obeyed as told, never hammered, and finished."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.calling import (
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
)
from hotdash.connectors.meta_ads.connector import MetaAdsConnector
from hotdash.connectors.meta_ads.usage import Usage
from hotdash.simulators.ad_accounts import AD_RATE_LIMIT
from hotdash.simulators.world import World
from tests.fixtures.ads import AdConnecting, gathered
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

Tell = Callable[..., Any]


@pytest.fixture
def tell(simulator: SimulatorHandle) -> Tell:
    """Turns one of Meta's own switches."""

    def turned(switch: str, **what: Any) -> Any:
        path = f"/_simulator/meta_ads/{switch}"
        return simulator.http.post(path, json=what).raise_for_status()

    return turned


def fault(simulator: SimulatorHandle, kind: str, **details: Any) -> None:
    simulator.fault(kind, vendor="meta_ads", **details)


class TestUsage:
    @pytest.mark.parametrize(
        ("header", "told", "share", "rest"),
        [
            ("x-fb-ads-insights-throttle", '{"app_id_util_pct":10,"acc_id_util_pct":90}', 0.9, 36),
            ("x-ad-account-usage", '{"acc_id_util_pct":80.0}', 0.8, 12),
            ("x-ad-account-usage", '{"acc_id_util_pct":75}', 0.75, 0),
            (
                "x-business-use-case-usage",
                '{"1":[{"type":"ads_insights","call_count":20,"total_cputime":95,"total_time":3,'
                '"estimated_time_to_regain_access":0}]}',
                0.95,
                48,
            ),
            (
                "x-business-use-case-usage",
                '{"1":[{"call_count":100,"estimated_time_to_regain_access":7}]}',
                1.0,
                420,
            ),
            ("x-business-use-case-usage", '["what", {"is": "this"}]', 0.0, 0),
            ("x-business-use-case-usage", '{"1": 5, "2": [7]}', 0.0, 0),
            ("x-ad-account-usage", "{broken", 0.0, 0),
        ],
    )
    def test_the_fullest_limit_counts(
        self, header: str, told: str, share: float, rest: float
    ) -> None:
        usage = Usage()
        usage.told({header: told})
        assert usage.share == pytest.approx(share)
        assert usage.rest() == pytest.approx(rest)

    def test_above_three_quarters_it_slows_down(self, meta: AdConnecting, tell: Tell) -> None:
        tell("limits", percent=90)
        meta.read(history_days="2")
        assert len(meta.sleeps) == len(meta.calls) - 1
        assert {round(seconds) for seconds in meta.sleeps} == {36}
        assert {call.throttle for call in meta.calls} == {0.9}

    def test_told_to_stay_away_it_does_before_the_next_call(
        self, meta: AdConnecting, tell: Tell
    ) -> None:
        connector = meta.connector()
        connector.client.usage.regain = 300.0
        connector.check()
        assert meta.sleeps[0] == 300


class TestThrottling:
    def test_the_time_meta_tells_is_waited(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        fault(simulator, "throttled", route="insights", times=2, seconds=300)
        told = meta.read(history_days="2")
        assert len(told.days) == 3
        assert meta.sleeps == [300, 300]
        assert meta.statuses() == {"ok": 5, "throttled": 2}

    def test_told_nothing_it_waits_longer_each_time(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        fault(simulator, "too_many_requests", route="insights", times=3)
        meta.read(history_days="2")
        assert meta.sleeps == [30, 60, 120]

    def test_a_wait_of_hours_ends_the_read_at_once(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        fault(simulator, "throttled", route="insights", seconds=3 * 3600)
        with pytest.raises(VendorUnavailableError, match=r"hot-rod-an.*180 minutes"):
            meta.read(history_days="2")
        assert meta.sleeps == []
        assert meta.statuses()["throttled"] == 1

    def test_the_planted_hours_are_waited_out_by_the_clock(
        self, meta: AdConnecting, simulator: SimulatorHandle, world: World
    ) -> None:
        [planted] = [each for each in world.incidents if each.kind == AD_RATE_LIMIT]
        assert planted.shop_id == SHOP_ID
        begins = simulator.now().fromisoformat(f"{planted.day}T02:00:00+00:00")
        simulator.set_clock(begins + timedelta(minutes=20))
        with pytest.raises(VendorUnavailableError, match="130 minutes"):
            meta.read(history_days="2")
        simulator.set_clock(begins + timedelta(minutes=100))
        told = meta.read(history_days="2", sleep=meta.let_time_pass)
        assert len(told.days) == 3
        assert meta.sleeps == [50 * 60]
        assert simulator.now() == begins + timedelta(minutes=150)


class TestJobs:
    def test_what_is_too_much_at_once_becomes_a_job(self, meta: AdConnecting, tell: Tell) -> None:
        calm = meta.read(history_days="20")
        for code in ([100, 1504018], [2, 1504038]):
            tell("limits", at_once_days=7, too_much=code)
            meta.calls.clear()
            assert meta.read(history_days="20").rows == calm.rows
            operations = meta.operations()
            assert operations["insights_job"] == 1
            assert meta.statuses()["too_much_asked"] == 4, "the days once, the sums in halves"

    @pytest.mark.parametrize("status", ["Job Failed", "Job Skipped"])
    def test_a_job_that_ends_badly_is_halved(
        self, meta: AdConnecting, tell: Tell, status: str
    ) -> None:
        calm = meta.read(history_days="200")
        tell("limits", failing_over_days=60, failing_as=status)
        meta.calls.clear()
        halved = meta.read(history_days="200")
        assert sorted(map(str, halved.rows["meta_ads_campaign_days"])) == sorted(
            map(str, calm.rows["meta_ads_campaign_days"])
        )
        assert sorted(halved.days) == sorted(calm.days)
        assert meta.operations()["insights_job"] > 5

    def test_a_single_day_that_fails_twice_is_an_error(
        self, meta: AdConnecting, tell: Tell
    ) -> None:
        tell("limits", at_once_days=0, failing_over_days=0)
        with pytest.raises(VendorAnswerError, match=r"hot-rod-an for 2026-11-19.*Job Failed"):
            meta.read(history_days="1")

    def test_a_job_that_never_moves_is_given_up(self, meta: AdConnecting, tell: Tell) -> None:
        tell("limits", is_stuck=True)
        with pytest.raises(VendorUnavailableError, match="half an hour"):
            meta.read(history_days="100")
        assert max(meta.sleeps) == 30
        assert 30 * 60 <= sum(meta.sleeps) < 32 * 60


class TestPassingFailures:
    @pytest.mark.parametrize("kind", ["server_error", "reset", "internal_error", "truncated"])
    def test_is_tried_again(
        self, meta: AdConnecting, simulator: SimulatorHandle, kind: str
    ) -> None:
        fault(simulator, kind, route="campaigns", times=3)
        assert len(meta.read(history_days="1").days) == 2
        assert [c.retries for c in meta.calls if c.operation == "campaigns"] == [0, 1, 2, 3]

    def test_a_fifth_of_all_calls_failing_costs_less_than_half_as_many_more(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        undisturbed = meta.read()
        ideal = len(meta.calls)
        meta.calls.clear()
        for kind in ("server_error", "reset", "internal_error", "truncated"):
            fault(simulator, kind, share=0.0525)
        disturbed = meta.read()
        assert 1.1 * ideal < len(meta.calls) <= 1.5 * ideal
        for table, rows in undisturbed.rows.items():
            assert Counter(map(str, rows)) == Counter(map(str, disturbed.rows[table]))


class TestRefusals:
    def one_refusal(self, meta: AdConnecting, reading: MetaAdsConnector) -> VendorAccessError:
        with pytest.raises(VendorAccessError) as caught:
            reading.check()
        told = f"{caught.value!r} {caught.value} {reading.client!r} {meta.calls!r}"
        assert reading.client._token not in told
        return caught.value

    def test_a_revoked_token_is_one_clear_error_at_once(
        self, meta: AdConnecting, tell: Tell
    ) -> None:
        tell("tokens", shop=SHOP_ID, token=None)
        refused = self.one_refusal(meta, meta.connector())
        assert SHOP_ID in refused.message
        assert "ads_read" in refused.hint
        assert len(meta.calls) == 1, "no retry storm"

    def test_a_token_that_meta_repeats_is_not_passed_on(self, meta: AdConnecting) -> None:
        refused = self.one_refusal(meta, meta.connector(access_token="EAAstolen123"))
        assert "Malformed access token ***" in refused.message
        assert len(meta.calls) == 1

    @pytest.mark.parametrize("status", ["declined", "expired"])
    def test_a_missing_permission_is_named_with_what_it_costs(
        self, meta: AdConnecting, tell: Tell, status: str
    ) -> None:
        tell("permissions", shop=SHOP_ID, permission="ads_read", status=status)
        [missing] = meta.connector().check()
        assert missing.scope == "ads_read"
        assert "spend" in missing.costs

    def test_all_is_well(self, meta: AdConnecting) -> None:
        assert list(meta.connector().check()) == []

    def test_an_account_of_somebody_else(self, meta: AdConnecting) -> None:
        other = meta.fields("nordkurve-teile")["account_id"]
        refused = self.one_refusal(meta, meta.connector(account_id=other))
        assert refused.field == "account_id"
        assert len(meta.calls) == 2

    @pytest.mark.parametrize("account_id", ["act_x", "12 3", "", "١٢٣"])
    def test_what_is_no_account_is_refused_before_any_call(
        self, meta: AdConnecting, account_id: str
    ) -> None:
        from hotdash.base.errors import HotdashError

        with pytest.raises(HotdashError, match="account_id"):
            meta.connector(account_id=account_id)
        assert meta.calls == []

    def test_act_in_front_of_the_account_is_no_harm(self, meta: AdConnecting) -> None:
        meta.connector(account_id=f"act_{meta.fields()['account_id']}").check()


class TestTheToken:
    def test_stands_in_a_header_only_and_goes_to_nobody_else(
        self, meta: AdConnecting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Meta's own address of the next page holds the token; here it even leads elsewhere."""
        from hotdash.connectors.meta_ads import client as meta_client

        monkeypatch.setattr(meta_client, "PAGE", 10)
        connector = meta.connector(history_days="20")
        home = httpx.URL(meta.fields()["base_url"])
        token = meta.fields()["access_token"]

        def abduct(response: httpx.Response) -> None:
            response.read()
            body = response.content.replace(str(home).encode(), b"https://evil.example")
            assert b"access_token=" in body or b'"next"' not in body
            response._content = body

        connector.client.http.event_hooks["response"].append(abduct)
        told = gathered(connector.read(None, SilentProgress()))
        assert len(told.rows["meta_ads_campaign_days"]) == 63
        assert {request.url.host for request in meta.requests} == {home.host}
        assert not [request for request in meta.requests if token in str(request.url)]
        assert all(r.headers["authorization"] == f"Bearer {token}" for r in meta.requests)

    def test_the_apps_secret_is_proven_where_it_is_known(self, meta: AdConnecting) -> None:
        meta.connector(app_secret="of-the-app").check()
        assert all("appsecret_proof" in str(request.url) for request in meta.requests)
        assert not [r for r in meta.requests if "of-the-app" in str(r.url)]
