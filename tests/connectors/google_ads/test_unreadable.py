"""What Google changes is noticed, what cannot be read is set aside, and sums that do not agree stop the read."""

from typing import Any

import pytest

from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.contract import DriftKind
from hotdash.connectors.google_ads.client import Result
from hotdash.connectors.google_ads.resources import difference
from tests.fixtures.ads import AdConnecting, Told
from tests.fixtures.simulator import SimulatorHandle

DAYS = "google_ads_campaign_days"


def drift(simulator: SimulatorHandle, field: str, change: str, **details: Any) -> None:
    given = {"vendor": "google_ads", "route": None, "field": field, "change": change, **details}
    simulator.fault("drift", **given)


def kinds(told: Told) -> set[tuple[DriftKind, str]]:
    return {(each.kind, each.field) for each in told.drifts}


class TestDrift:
    def test_an_addition_inside_a_resource_passes_is_kept_and_reported(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        calm = google.read(history_days="3")
        drift(simulator, "impressions", "add", value="7")
        told = google.read(history_days="3")
        assert kinds(told) == {(DriftKind.ADDED, "metrics/impressions_new")}
        assert {row.pop("_extra") for row in told.rows[DAYS]} == {
            '{"metrics/impressions_new": "7"}'
        }
        assert told.rows[DAYS] == calm.rows[DAYS]

    @pytest.mark.parametrize(
        ("field", "change", "value", "kind"),
        [
            ("clicks", "drop", None, DriftKind.DROPPED),
            ("conversions", "rename", "conversionCount", DriftKind.RENAMED),
            ("costMicros", "retype", "many", DriftKind.RETYPED),
            ("date", "retype", "2026-13-45", DriftKind.RETYPED),
            ("conversionsValue", "retype", None, DriftKind.RETYPED),
        ],
    )
    def test_a_changed_column_is_set_aside_with_its_reason(
        self,
        google: AdConnecting,
        simulator: SimulatorHandle,
        field: str,
        change: str,
        value: Any,
        kind: DriftKind,
    ) -> None:
        drift(simulator, field, change, value=value)
        told = google.read(history_days="3")
        [(found, name)] = kinds(told)
        assert (found, name.split("/")[1]) == (kind, field)
        assert told.rows[DAYS] == []
        assert len(told.unreadable) == 12
        assert len(told.days) == 4, "the days were read"
        assert len(told.rows["google_ads_campaigns"]) == 3, "the rest loads"

    def test_one_bad_row_leaves_the_others(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        calm = google.read(history_days="20")
        drift(simulator, "conversions", "retype", value="abc", every=9)
        told = google.read(history_days="20")
        assert 0 < len(told.unreadable) < 10
        assert len(told.rows[DAYS]) == len(calm.rows[DAYS]) - len(told.unreadable)
        assert all(
            each.vendor_id and each.vendor_id.startswith("2026-") for each in told.unreadable
        )

    def test_a_new_state_is_kept_and_reported(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        drift(simulator, "status", "retype", value="HIBERNATING")
        told = google.read(history_days="1")
        assert {kind for kind, _ in kinds(told)} == {DriftKind.NEW_VALUE}
        assert {row["status"] for row in told.rows["google_ads_campaigns"]} == {"HIBERNATING"}

    @pytest.mark.parametrize("field", ["currencyCode", "timeZone"])
    def test_an_account_without_currency_or_timezone_has_no_days(
        self, google: AdConnecting, simulator: SimulatorHandle, field: str
    ) -> None:
        drift(simulator, field, "drop")
        with pytest.raises(VendorAnswerError, match="currency and timezone"):
            google.read()

    @pytest.mark.parametrize(
        ("field", "value"), [("results", "none"), ("results", {"a": 1}), ("timeZone", "Mars/One")]
    )
    def test_another_frame_is_an_error_and_no_empty_day(
        self, google: AdConnecting, simulator: SimulatorHandle, field: str, value: Any
    ) -> None:
        drift(simulator, field, "retype", value=value)
        with pytest.raises(VendorAnswerError):
            google.read(history_days="3")


class TestCounts:
    @pytest.mark.parametrize("change", ["drop", "rename"])
    def test_rows_without_their_sums_are_not_taken(
        self, google: AdConnecting, simulator: SimulatorHandle, change: str
    ) -> None:
        drift(simulator, "summaryRow", change, value="sums")
        with pytest.raises(VendorAnswerError, match="sums is missing"):
            google.read(history_days="3")
        assert google.operations()["campaign_days"] == 3, "counted three times"

    def test_rows_that_are_missing_stop_the_read(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        """Every fourth row tells other clicks than Google's own sum holds."""
        drift(simulator, "clicks", "retype", value="777", every=4)
        with pytest.raises(VendorAnswerError, match=r"hot-rod-an.*clicks \d+ and Google counts"):
            google.read(history_days="3")

    def test_pages_are_counted_as_well(
        self, google: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        simulator.fault("truncated", vendor="google_ads", route="searchStream")
        drift(simulator, "totalResultsCount", "retype", value="5", route="search")
        with pytest.raises(VendorAnswerError, match="counts 5 rows and told 1"):
            google.read(history_days="3")

    def test_differences(self) -> None:
        def row(**metrics: Any) -> dict[str, Any]:
            return {"metrics": {"costMicros": "5", "clicks": "1", "impressions": "2", **metrics}}

        def found(*rows: Any, **sums: Any) -> str:
            return difference(Result(list(rows), row(**sums)))

        twice = {"costMicros": "10", "clicks": "2", "impressions": "4"}
        assert found(row(), row(), **twice) == ""
        assert "costMicros 5" in found(row(), **twice)
        assert "clicks 2" in found(row(), row(), **{**twice, "clicks": "3"})
        assert found(row(clicks="?"), row(), **{**twice, "clicks": "3"}) == ""
        assert difference(Result([], None)) == ""
