"""A shape that changed, a row that does not parse, a count that does not match: seen, told, never shrugged at."""

import json
from typing import Any

import pytest

from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.contract import DriftKind
from tests.fixtures.google_sources import Google, Told, read


@pytest.fixture
def calm(google: Google) -> Told:
    told = read(google.ga4())
    assert not told.unreadable
    assert not told.drifts
    return told


def drifting(google: Google, **drift: Any) -> Told:
    google.simulator.fault("drift", vendor="ga4", route="runReport", **drift)
    return read(google.ga4())


class TestDrift:
    def test_a_key_that_was_added_is_kept(self, google: Google, calm: Told) -> None:
        told = drifting(google, field="dimensionValues", change="add", value="new")
        assert not told.unreadable
        rows = told.rows("ga4_traffic")
        assert {row["_extra"] for row in rows} == {'{"dimensionValues_new": "new"}'}
        plain = [{k: v for k, v in row.items() if k != "_extra"} for row in rows]
        assert plain == calm.rows("ga4_traffic")
        kinds = {(drift.kind, drift.field) for drift in told.drifts}
        assert kinds == {(DriftKind.ADDED, "dimensionValues_new")}

    def test_values_that_were_dropped(self, google: Google, calm: Told) -> None:
        told = drifting(google, field="metricValues", change="drop")
        rows = len(calm.rows("ga4_traffic")) + len(calm.rows("ga4_product_views"))
        assert len(told.unreadable) == rows
        dropped = {(drift.kind, drift.field) for drift in told.drifts}
        assert dropped == {(DriftKind.DROPPED, name) for name in ("sessions", "screenPageViews")}
        assert "dimensionValues" not in told.unreadable[0].payload
        assert '"landingPage"' in told.unreadable[0].payload

    def test_a_column_that_was_renamed(self, google: Google, calm: Told) -> None:
        """The 13th name of the traffic report is that of its last metric."""
        told = drifting(google, field="name", value="netRevenue", every=13)
        assert not told.rows("ga4_traffic")
        assert len(told.unreadable) == len(calm.rows("ga4_traffic"))
        assert told.unreadable[0].reason == "purchaseRevenue is missing"
        [renamed] = [drift for drift in told.drifts if drift.table.name == "ga4_traffic"]
        assert (renamed.kind, renamed.field) == (DriftKind.RENAMED, "purchaseRevenue")
        assert "netRevenue" in renamed.detail
        assert told.rows("ga4_product_views") == calm.rows("ga4_product_views")

    def test_poison_is_kept_with_its_reason_and_the_rest_loads(
        self, google: Google, calm: Told
    ) -> None:
        told = drifting(google, field="value", value="abc", every=130)
        assert told.unreadable
        for each in told.unreadable:
            assert "abc" in each.payload
            assert "abc" in each.reason
        for table in ("ga4_traffic", "ga4_product_views"):
            poison = [each for each in told.unreadable if each.table.name == table]
            known = {str(row) for row in calm.rows(table)}
            kept = [row for row in told.rows(table) if "abc" not in map(str, row.values())]
            assert {str(row) for row in kept} <= known
            assert len(told.rows(table)) + len(poison) == len(calm.rows(table))
        assert told.days("ga4_traffic") == calm.days("ga4_traffic")

    def test_a_number_that_would_be_bent_is_refused(self, google: Google) -> None:
        told = drifting(google, field="metricValues", value=[{"value": "1.5"}] * 7)
        assert {each.reason for each in told.unreadable if each.table.name == "ga4_traffic"} == {
            "sessions: '1.5' is not a whole number"
        }

    def test_a_row_of_a_day_nobody_asked_for(self, google: Google, calm: Told) -> None:
        first = calm.rows("ga4_traffic")[0]
        values = [{"value": "20991231"}, *({"value": f"{place}"} for place in range(5))]
        told = drifting(google, field="dimensionValues", value=values, every=10_000)
        assert first in told.rows("ga4_traffic")
        told = drifting(google, field="dimensionValues", value=values, every=290)
        astray = [each for each in told.unreadable if each.table.name == "ga4_traffic"]
        assert astray
        assert {each.reason for each in astray} == {
            "date: '20991231' is outside of the days asked for"
        }
        assert json.loads(astray[0].payload)["date"] == "20991231"


class TestCounts:
    def test_a_count_that_does_not_match_is_read_anew_and_then_raised(self, google: Google) -> None:
        google.simulator.fault(
            "drift", vendor="ga4", route="runReport", field="rowCount", value=100_000
        )
        with pytest.raises(VendorAnswerError, match=r"counts 100000 rows and told \d+"):
            read(google.ga4())
        assert [call.operation for call in google.calls].count("traffic") == 3
        assert len(google.waits) == 2

    def test_a_count_that_is_right_again_is_good(self, google: Google, calm: Told) -> None:
        google.simulator.fault(
            "drift", vendor="ga4", route="runReport", field="rowCount", value=100_000
        )
        connector = google.ga4()
        sleep = google.waits.append

        def heal(seconds: float) -> None:
            sleep(seconds)
            google.simulator.no_faults()

        object.__setattr__(connector._client._caller, "sleep", heal)  # pyright: ignore
        assert read(connector).rows("ga4_traffic") == calm.rows("ga4_traffic")

    @pytest.mark.parametrize("count", ["many", None, True, 3.5])
    def test_a_count_that_is_none(self, google: Google, count: Any) -> None:
        google.simulator.fault(
            "drift", vendor="ga4", route="runReport", field="rowCount", value=count
        )
        with pytest.raises(VendorAnswerError, match="as the number of rows"):
            read(google.ga4())

    def test_rows_that_come_twice_are_not_counted_twice(self, google: Google) -> None:
        values = [{"value": "20261110"}, *({"value": "same"} for _ in range(5))]
        google.simulator.fault(
            "drift", vendor="ga4", route="runReport", field="dimensionValues", value=values, every=9
        )
        with pytest.raises(VendorAnswerError, match="rows came twice"):
            read(google.ga4())

    @pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc"])
    def test_a_timezone_nobody_knows(self, google: Google, zone: str) -> None:
        google.simulator.fault(
            "drift", vendor="ga4", route="runReport", field="timeZone", value=zone
        )
        with pytest.raises(VendorAnswerError, match="timezone"):
            read(google.ga4())
