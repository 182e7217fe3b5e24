"""Faults, limits, refusals and rows that do not fit: what is waited for, kept aside, or raised."""

from datetime import date
from typing import Any

import pytest

from hotdash.base.errors import HotdashError
from hotdash.base.http import RetryPolicy
from hotdash.connectors.calling import (
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
)
from hotdash.connectors.contract import DriftKind
from hotdash.connectors.google_calls import QuotaUsedUpError
from tests.fixtures.google_sources import Google, Told, read
from tests.fixtures.simulator import SHOP_ID

ONCE = RetryPolicy(attempts=1)
TABLES = ("search_console_queries", "search_console_days", "search_console_sites")


def contents(told: Told) -> dict[str, list[str]]:
    return {table: sorted(map(str, told.rows(table))) for table in TABLES}


def drifting(google: Google, **drift: Any) -> None:
    google.simulator.fault("drift", vendor="search_console", route="query", **drift)


class TestFaults:
    def test_a_fifth_of_all_calls_failing(self, google: Google) -> None:
        calm = read(google.search_console(history_days="150"))
        ideal = len(google.calls)
        google.calls.clear()
        for kind in ("server_error", "too_many_requests", "reset", "truncated"):
            google.simulator.fault(kind, vendor="search_console", share=1 - 0.8**0.25)
        faulty = read(google.search_console(history_days="150"))
        assert contents(faulty) == contents(calm)
        assert [call for call in google.calls if call.status != "ok"]
        assert len(google.calls) <= 1.5 * ideal

    def test_stopped_at_every_call_it_begins_anew_and_loses_nothing(self, google: Google) -> None:
        calm = read(google.search_console(search_console_page_rows="100"))
        made = len(google.calls)
        for stopped_at in range(made):
            dying = google.search_console(
                search_console_page_rows="100", policy=ONCE, dies_after=stopped_at
            )
            with pytest.raises(VendorUnavailableError):
                read(dying)
        whole = read(google.search_console(search_console_page_rows="100"))
        assert contents(whole) == contents(calm)
        assert made > 8

    def test_a_used_up_quota_keeps_what_there_is_and_goes_on_later(self, google: Google) -> None:
        calm = contents(read(google.search_console(history_days="60")))
        google.switch("search_console", "sites", shop=SHOP_ID, calls_left=9)
        first = read(google.search_console(history_days="60"))
        reached = date.fromisoformat(first.reached.cursor["day"])
        assert reached < date(2026, 11, 17)
        assert first.days(TABLES[0])[-1] == reached
        with pytest.raises(QuotaUsedUpError, match="quotaExceeded"):
            read(google.search_console(), first.reached.cursor)
        google.switch("search_console", "sites", shop=SHOP_ID, calls_left=1_000)
        rest = contents(read(google.search_console(), first.reached.cursor))
        for table in TABLES:
            assert {*contents(first)[table], *rest[table]} == set(calm[table])


class TestRefused:
    def test_all_is_well(self, google: Google) -> None:
        for shop_id in google.simulator.shops:
            assert not google.search_console(shop_id).check()

    def test_a_missing_scope_is_named_with_what_it_costs(self, google: Google) -> None:
        google.switch("search_console", "tokens", shop=SHOP_ID, scopes=["openid"])
        [missing] = google.search_console().check()
        assert missing.scope.endswith("webmasters.readonly")
        assert "searched" in missing.costs

    @pytest.mark.parametrize("shop_id", [SHOP_ID, "kanto-garage"])
    def test_revoked_is_one_call_and_a_clear_error(self, google: Google, shop_id: str) -> None:
        google.switch("search_console", "tokens", shop=shop_id, revoked=True)
        with pytest.raises(VendorAccessError, match="invalid_grant") as refused:
            read(google.search_console(shop_id))
        assert [call.operation for call in google.calls] == ["token"]
        self.holds_no_secret(google, shop_id, refused.value)

    @pytest.mark.parametrize("change", [{"permission": "SITE_UNVERIFIED_USER"}])
    def test_a_site_without_permission(self, google: Google, change: dict[str, str]) -> None:
        google.switch("search_console", "sites", shop=SHOP_ID, **change)
        with pytest.raises(VendorAccessError, match="does not let us read the site") as refused:
            google.search_console().check()
        assert "Users and permissions" in refused.value.hint

    def test_a_site_that_is_not_theirs(self, google: Google) -> None:
        fields = {"site_url": "https://www.hot-rod-an.example"}
        with pytest.raises(VendorAccessError, match="letter by letter"):
            google.search_console(fields=fields).check()

    def holds_no_secret(self, google: Google, shop_id: str, error: HotdashError) -> None:
        fields = google.simulator.shops[shop_id]["sources"]["search_console"]
        for name in ("service_account_json", "refresh_token", "client_secret"):
            for line in fields.get(name, "").replace("\\n", "\n").splitlines():
                assert line not in f"{error!r} {error}"


class TestWhatDoesNotFit:
    @pytest.fixture
    def calm(self, google: Google) -> Told:
        return read(google.search_console())

    def test_a_key_that_was_added_is_kept(self, google: Google, calm: Told) -> None:
        drifting(google, field="ctr", change="add", value=1)
        told = read(google.search_console())
        assert not told.unreadable
        assert {row["_extra"] for row in told.rows(TABLES[0])} == {'{"ctr_new": 1}'}
        assert {drift.kind for drift in told.drifts} == {DriftKind.ADDED}
        plain = [{k: v for k, v in row.items() if k != "_extra"} for row in told.rows(TABLES[0])]
        assert plain == calm.rows(TABLES[0])

    @pytest.mark.parametrize(
        ("drift", "kind"),
        [
            ({"change": "drop"}, DriftKind.DROPPED),
            ({"change": "rename", "value": "rank"}, DriftKind.RENAMED),
            ({"value": "first"}, DriftKind.RETYPED),
        ],
    )
    def test_a_key_that_changed_is_kept_aside(
        self, google: Google, calm: Told, drift: dict[str, Any], kind: DriftKind
    ) -> None:
        drifting(google, field="position", **drift)
        told = read(google.search_console())
        assert not told.rows(TABLES[0])
        assert len(told.unreadable) == sum(len(calm.rows(table)) for table in TABLES[:2])
        assert {each.kind for each in told.drifts} == {kind}
        assert told.days(TABLES[0]) == calm.days(TABLES[0])

    def test_poison_is_kept_with_its_reason_and_the_rest_loads(
        self, google: Google, calm: Told
    ) -> None:
        drifting(google, field="impressions", value=1.5, every=50)
        told = read(google.search_console())
        poison = [each for each in told.unreadable if each.table.name == TABLES[0]]
        assert {each.reason for each in poison} == {
            "impressions: Decimal('1.5') is not a whole number"
        }
        assert len(told.rows(TABLES[0])) + len(poison) == len(calm.rows(TABLES[0]))

    def test_a_row_of_a_day_nobody_asked_for(self, google: Google) -> None:
        drifting(google, field="keys", value=["2020-01-01", "https://x.example/", "q"], every=150)
        told = read(google.search_console())
        astray = [each for each in told.unreadable if "outside of the days" in each.reason]
        assert astray

    def test_rows_that_come_twice_are_not_counted_twice(self, google: Google) -> None:
        drifting(google, field="keys", value=["2026-11-10", "https://x.example/", "q"], every=5)
        with pytest.raises(VendorAnswerError, match="came twice"):
            read(google.search_console())
        assert len(google.waits) == 2

    def test_queries_with_more_clicks_than_the_day(self, google: Google) -> None:
        drifting(google, field="clicks", value=900, every=50)
        with pytest.raises(VendorAnswerError, match=r"the queries have \d+ clicks and the day"):
            read(google.search_console())
        assert [call.operation for call in google.calls].count("queries") == 3

    def test_another_way_of_counting_than_was_asked_for(self, google: Google) -> None:
        drifting(google, field="responseAggregationType", value="AUTO")
        with pytest.raises(VendorAnswerError, match="AUTO where BY_PROPERTY"):
            read(google.search_console())

    def test_a_first_incomplete_day_that_is_none(self, google: Google) -> None:
        drifting(google, field="firstIncompleteDate", value="soon")
        with pytest.raises(VendorAnswerError, match="'soon'"):
            read(google.search_console())
