"""What Meta changes is noticed, what cannot be read is set aside, and sums that do not agree stop the read."""

from typing import Any

import pytest

from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.contract import DriftKind
from hotdash.connectors.meta_ads.counts import differences
from tests.fixtures.ads import AdConnecting, Told
from tests.fixtures.simulator import SimulatorHandle

DAYS = "meta_ads_campaign_days"


def drift(simulator: SimulatorHandle, field: str, change: str, **details: Any) -> None:
    simulator.fault("drift", vendor="meta_ads", field=field, change=change, **details)


def kinds(told: Told) -> set[tuple[DriftKind, str]]:
    return {(each.kind, each.field) for each in told.drifts}


class TestDrift:
    def test_an_addition_passes_is_kept_and_reported(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        calm = meta.read(history_days="3")
        drift(simulator, "campaign_name", "add", value="blue")
        told = meta.read(history_days="3")
        assert kinds(told) == {(DriftKind.ADDED, "campaign_name_new")}
        assert {row.pop("_extra") for row in told.rows[DAYS]} == {'{"campaign_name_new": "blue"}'}
        assert told.rows[DAYS] == calm.rows[DAYS]
        assert told.unreadable == []

    @pytest.mark.parametrize(
        ("change", "value", "kind"),
        [
            ("drop", None, DriftKind.DROPPED),
            ("rename", "impression_count", DriftKind.RENAMED),
            ("retype", "many", DriftKind.RETYPED),
            ("retype", 1.5, DriftKind.RETYPED),
        ],
    )
    def test_a_changed_column_is_set_aside_with_its_reason(
        self, meta: AdConnecting, simulator: SimulatorHandle, change: str, value: Any, kind: Any
    ) -> None:
        drift(simulator, "impressions", change, value=value)
        told = meta.read(history_days="3")
        assert (kind, "impressions") in kinds(told)
        assert told.rows[DAYS] == []
        assert {each.reason.split()[0].strip(":") for each in told.unreadable} == {"impressions"}
        assert {each.vendor_id for each in told.unreadable} >= {"2026-11-20:57310001004"}
        assert len(told.days) == 4, "the days were read"
        assert len(told.rows["meta_ads_campaigns"]) == 3, "the rest loads"

    def test_one_bad_row_leaves_the_others(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        calm = meta.read(history_days="20")
        drift(simulator, "spend", "retype", value="abc", every=9)
        told = meta.read(history_days="20")
        assert 0 < len(told.unreadable) < 10
        assert len(told.rows[DAYS]) == len(calm.rows[DAYS]) - len(told.unreadable)

    def test_a_window_that_vanished_is_no_zero(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        """Meta leaves out windows that hold nothing, but never one that holds a narrower one."""
        calm = meta.read(history_days="700")
        sold = [row for row in calm.rows[DAYS] if row["purchases_1d_click"]]
        assert sold
        drift(simulator, "7d_click", "drop")
        told = meta.read(history_days="700")
        reasons = {each.reason for each in told.unreadable}
        assert len(told.unreadable) == len(sold)
        assert reasons == {"actions: 7d_click is missing although 1d_click is told"}

    def test_a_new_key_of_a_purchase_is_reported(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        drift(simulator, "28d_click", "add", value="1")
        assert (DriftKind.ADDED, "actions.28d_click_new") in kinds(meta.read(history_days="700"))

    def test_a_new_state_of_a_campaign_is_kept_and_reported(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        drift(simulator, "effective_status", "retype", value="HIBERNATING")
        told = meta.read(history_days="1")
        assert kinds(told) == {(DriftKind.NEW_VALUE, "effective_status")}
        states = {row["effective_status"] for row in told.rows["meta_ads_campaigns"]}
        assert states == {"HIBERNATING"}

    @pytest.mark.parametrize("field", ["data", "report_run_id", "after"])
    def test_an_answer_without_its_frame_is_an_error_and_no_empty_day(
        self,
        meta: AdConnecting,
        simulator: SimulatorHandle,
        field: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        from hotdash.connectors.meta_ads import client as meta_client

        monkeypatch.setattr(meta_client, "PAGE", 10)
        drift(simulator, field, "drop")
        with pytest.raises(VendorAnswerError):
            meta.read(history_days="120")

    @pytest.mark.parametrize("field", ["currency", "timezone_name"])
    def test_an_account_without_currency_or_timezone_has_no_days(
        self, meta: AdConnecting, simulator: SimulatorHandle, field: str
    ) -> None:
        drift(simulator, field, "drop")
        with pytest.raises(VendorAnswerError, match="currency and timezone"):
            meta.read()

    def test_a_timezone_nobody_knows(self, meta: AdConnecting, simulator: SimulatorHandle) -> None:
        drift(simulator, "timezone_name", "retype", value="Mars/Olympus")
        with pytest.raises(VendorAnswerError, match="Mars/Olympus"):
            meta.read()


class TestCounts:
    def test_rows_that_are_missing_are_counted_again_and_then_stop_the_read(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        """Every fourth row's clicks are told as another number: campaigns and account part ways."""
        drift(simulator, "clicks", "retype", value="777", every=4)
        with pytest.raises(VendorAnswerError, match=r"do not add up.*clicks") as caught:
            meta.read(history_days="3")
        assert "hot-rod-an" in caught.value.message
        assert meta.operations()["insights"] == 2 * 3, "counted three times"

    def test_a_difference_that_passes_is_no_error(
        self, meta: AdConnecting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from hotdash.connectors.meta_ads import resources

        found = iter([["2026-11-19 has clicks 1 in its campaigns and 2 in the account"], []])
        monkeypatch.setattr(resources, "differences", lambda *_: next(found))
        assert len(meta.read(history_days="3").days) == 4
        assert meta.operations()["insights"] == 2 * 2 + 1

    def test_cents_are_rounded_and_clicks_are_not(self) -> None:
        def row(spend: str, clicks: str) -> dict[str, str]:
            return {"date_start": "d", "spend": spend, "impressions": "9", "clicks": clicks}

        two = [row("0.335", "1"), row("0.335", "1") | {"impressions": "0"}]
        assert differences(two, [row("0.68", "2")]) == []
        assert len(differences(two, [row("0.71", "2")])) == 1
        assert len(differences(two, [row("0.67", "3")])) == 1
        assert len(differences([], [row("0.67", "3")])) == 3
        assert len(differences([row("0.67", "3")], [])) == 3
        assert differences([row("0.67", "?")], [row("0.67", "3")]) == []
