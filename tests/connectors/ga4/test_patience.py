"""Faults, limits and refusals: what is waited for, what ends a read where it can go on, what needs a person."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hotdash.base.errors import HotdashError
from hotdash.base.http import RetryPolicy
from hotdash.connectors.breaker import Breaker
from hotdash.connectors.calling import (
    BreakerOpenError,
    VendorAccessError,
    VendorUnavailableError,
)
from hotdash.connectors.ga4.spec import SPEC
from hotdash.connectors.google_calls import QuotaUsedUpError
from tests.fixtures.google_sources import Google, Told, read
from tests.fixtures.simulator import SHOP_ID

ONCE = RetryPolicy(attempts=1)
TABLES = ("ga4_traffic", "ga4_product_views", "ga4_report_days", "ga4_properties")


def contents(told: Told) -> dict[str, list[str]]:
    return {table: sorted(map(str, told.rows(table))) for table in TABLES}


class TestFaults:
    def test_a_fifth_of_all_calls_failing(self, google: Google) -> None:
        calm = read(google.ga4(history_days="300"))
        ideal = len(google.calls)
        google.calls.clear()
        for kind in ("server_error", "too_many_requests", "reset", "truncated"):
            google.simulator.fault(kind, vendor="ga4", share=1 - 0.8**0.25)
        faulty = read(google.ga4(history_days="300"))
        failed = [call for call in google.calls if call.status != "ok"]
        assert contents(faulty) == contents(calm)
        assert failed
        assert len(google.calls) <= 1.5 * ideal

    def test_it_waits_as_long_as_google_says(self, google: Google) -> None:
        google.simulator.fault("too_many_requests", vendor="ga4", times=1, seconds=0.3)
        began = datetime.now(UTC)
        read(google.ga4())
        assert datetime.now(UTC) - began >= timedelta(seconds=0.3)

    def test_stopped_at_every_call_it_begins_anew_and_loses_nothing(self, google: Google) -> None:
        calm = read(google.ga4(ga4_page_rows="150"))
        made = [call.operation for call in google.calls]
        for stopped_at in range(len(made)):
            dying = google.ga4(ga4_page_rows="150", policy=ONCE, dies_after=stopped_at)
            with pytest.raises(VendorUnavailableError):
                read(dying)
        assert contents(read(google.ga4(ga4_page_rows="150"))) == contents(calm)
        assert len(made) > 5


class TestBreaker:
    def test_after_three_failures_in_a_row_nobody_asks(self, google: Google) -> None:
        breaker = Breaker()
        google.simulator.fault("server_error", vendor="ga4")
        for _ in range(3):
            with pytest.raises(VendorUnavailableError):
                read(google.ga4(policy=ONCE, breaker=breaker))
        made = len(google.calls)
        with pytest.raises(BreakerOpenError):
            read(google.ga4(policy=ONCE, breaker=breaker))
        assert len(google.calls) == made


class TestQuota:
    def test_used_up_on_the_way_it_keeps_what_it_has_and_goes_on_later(
        self, google: Google
    ) -> None:
        calm = contents(read(google.ga4(history_days="200")))
        google.simulator.reset()
        google.switch("ga4", "quota", shop=SHOP_ID, tokensPerProjectPerHour=22)
        first = read(google.ga4(history_days="200"))
        reached = date.fromisoformat(first.reached.cursor["day"])
        assert first.days("ga4_traffic")[-1] == first.days("ga4_report_days")[-1] == reached
        assert reached < date(2026, 11, 19)
        assert first.reached.complete_through == datetime.combine(
            reached + timedelta(days=1), datetime.min.time(), UTC
        ) + timedelta(hours=7 if reached < date(2026, 11, 1) else 8)

        google.simulator.advance(timedelta(minutes=20))
        with pytest.raises(QuotaUsedUpError, match="used up"):
            read(google.ga4(), first.reached.cursor)

        google.switch("ga4", "quota", shop=SHOP_ID, tokensPerProjectPerHour=14_000)
        google.simulator.set_clock(datetime(2026, 11, 20, 18, 30, tzinfo=UTC))
        rest = read(google.ga4(), first.reached.cursor)
        assert rest.reached.cursor == {"day": "2026-11-19"}
        both = [*first.days("ga4_traffic"), *rest.days("ga4_traffic")]
        assert len(set(both)) == 200
        known = {row for told in (first, rest) for row in contents(told)["ga4_traffic"]}
        assert known == set(calm["ga4_traffic"])

    def test_it_stops_before_google_refuses(self, google: Google) -> None:
        google.switch("ga4", "quota", shop=SHOP_ID, tokensPerHour=24)
        read(google.ga4(history_days="200"))
        assert {call.status for call in google.calls} == {"ok"}
        assert google.simulator.calls().get("ga4_exhausted", 0) == 0

    def test_one_call_where_nothing_is_left_and_no_retry(self, google: Google) -> None:
        google.switch("ga4", "quota", shop=SHOP_ID, tokensPerDay=0)
        with pytest.raises(QuotaUsedUpError) as refused:
            read(google.ga4())
        assert [call.operation for call in google.calls] == ["token", "profile"]
        assert "Nothing is lost" in refused.value.hint

    def test_an_hour_that_ends_soon_is_waited_for(self, google: Google) -> None:
        google.simulator.set_clock(datetime(2026, 11, 20, 18, 59, 30, tzinfo=UTC))
        google.switch("ga4", "quota", shop=SHOP_ID, tokensPerHour=22)
        read(google.ga4(history_days="200"))
        assert google.waits == [30.0]

    def test_what_calls_cost_is_measured(self, google: Google) -> None:
        read(google.ga4())
        costs = {call.operation: call.cost for call in google.calls}
        assert costs["token"] is None
        assert (costs["traffic"] or 0) >= 1
        assert all(0 <= (call.throttle or 0) < 0.01 for call in google.calls)


class TestRefused:
    def test_all_is_well(self, google: Google) -> None:
        for shop_id in google.simulator.shops:
            assert not google.ga4(shop_id).check()

    def test_a_missing_scope_is_named_with_what_it_costs(self, google: Google) -> None:
        google.switch("ga4", "tokens", shop=SHOP_ID, scopes=["openid"])
        [missing] = google.ga4().check()
        assert missing.scope.endswith("analytics.readonly")
        assert "sessions" in missing.costs
        assert missing.scope in [scope.name for scope in SPEC.scopes]

    def test_whoever_may_edit_may_read(self, google: Google) -> None:
        edit = "https://www.googleapis.com/auth/analytics.edit"
        google.switch("ga4", "tokens", shop="nordkurve-teile", scopes=[edit])
        assert not google.ga4("nordkurve-teile").check()

    @pytest.mark.parametrize("shop_id", [SHOP_ID, "nordkurve-teile"])
    def test_revoked_is_one_call_and_a_clear_error(self, google: Google, shop_id: str) -> None:
        google.switch("ga4", "tokens", shop=shop_id, revoked=True)
        with pytest.raises(VendorAccessError) as refused:
            google.ga4(shop_id).check()
        assert [call.operation for call in google.calls] == ["token"]
        self.holds_no_secret(google, shop_id, refused.value)

    def test_a_property_that_is_not_shared(self, google: Google) -> None:
        google.switch("ga4", "sharing", shop=SHOP_ID, shared=False)
        with pytest.raises(VendorAccessError, match="sufficient permissions") as refused:
            google.ga4().check()
        assert "role Viewer" in refused.value.hint
        assert len(google.calls) == 2
        self.holds_no_secret(google, SHOP_ID, refused.value)

    def test_a_token_that_ran_out_early_is_asked_for_anew_once(self, google: Google) -> None:
        connector = google.ga4()
        connector.check()
        google.switch("ga4", "tokens", expire=True)
        connector.check()
        operations = [call.operation for call in google.calls]
        assert operations == ["token", "profile", "profile", "token", "profile"]

    def test_a_bearer_that_is_never_accepted_ends_after_two(self, google: Google) -> None:
        google.simulator.fault("access_denied", vendor="ga4", route="runReport")
        with pytest.raises(VendorAccessError):
            google.ga4().check()
        assert [call.operation for call in google.calls].count("profile") == 2

    @pytest.mark.parametrize(
        ("fields", "named"),
        [
            ({"property_id": "G-ABC"}, "property_id"),
            ({"transport": "pigeon"}, "transport"),
            ({"service_account_json": "{"}, "service_account_json"),
            ({"service_account_json": ""}, "client_id"),
            ({"transport": "mcp_stdio", "mcp_command": ""}, "mcp_command"),
            ({"transport": "mcp_stdio", "mcp_command": "'"}, "mcp_command"),
            ({"transport": "mcp_http", "mcp_url": ""}, "mcp_url"),
            ({"history_days": "a year"}, "history_days"),
            ({"history_days": "0"}, "history_days"),
        ],
    )
    def test_a_field_that_cannot_be_right_is_named(
        self, google: Google, fields: dict[str, str], named: str
    ) -> None:
        with pytest.raises(HotdashError) as refused:
            google.ga4(fields=fields, history_days="")
        assert refused.value.field == named

    def holds_no_secret(self, google: Google, shop_id: str, error: HotdashError) -> None:
        fields = google.simulator.shops[shop_id]["sources"]["ga4"]
        told = f"{error!r} {error}"
        for name in ("service_account_json", "refresh_token", "client_secret", "mcp_token"):
            for line in fields.get(name, "").replace("\\n", "\n").splitlines():
                assert line not in told
        assert "ya29" not in told
