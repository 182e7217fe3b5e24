"""Both sides are held to Meta's own description of v26.0: what our client asks, what the simulator answers."""

from collections import Counter
from typing import Any

import pytest

from hotdash.base.progress import SilentProgress
from hotdash.connectors.meta_ads import insights, resources
from hotdash.connectors.meta_ads.tables import CAMPAIGN_DAYS, CAMPAIGNS, WINDOWS
from hotdash.simulators.meta_ads.asked import INSIGHT_FIELDS
from tests.fixtures.ads import AdConnecting, gathered
from tests.fixtures.meta_schema import (
    GIVEN_UP,
    faults_of_answer,
    faults_of_request,
    operation_of,
    specs,
)
from tests.fixtures.simulator import SimulatorHandle


def exchanged(meta: AdConnecting, shop_id: str) -> dict[str, list[str]]:
    """Everything a connector says and hears: a check, a first read with jobs, a campaign by its id."""
    connector = meta.connector(shop_id)
    connector.check()
    gathered(connector.read(None, SilentProgress()))
    list(connector.refetch(CAMPAIGNS.raw, ["57310001004"], SilentProgress()))
    return {
        "asked": [each for request in meta.requests for each in faults_of_request(request)],
        "answered": [
            fault
            for answer in meta.answers
            if operation_of(answer.request) != "permissions"
            for fault in faults_of_answer(operation_of(answer.request), answer.json())
        ],
    }


@pytest.mark.parametrize("shop_id", ["hot-rod-an", "nordkurve-teile"])
def test_neither_side_departs(meta: AdConnecting, shop_id: str) -> None:
    found = exchanged(meta, shop_id)
    assert found == {"asked": [], "answered": []}
    operations = Counter(operation_of(request) for request in meta.requests)
    assert set(operations) == {
        *("permissions", "account", "campaigns", "insights", "insights_job", "job", "job_rows"),
        "campaign",
    }
    told = [row for answer in meta.answers for row in answer.json().get("data", [])]
    assert any("1d_view" in action for row in told for action in row.get("actions", []))


def test_what_was_given_up_is_neither_asked_nor_told() -> None:
    words = set(specs()["adsinsights"]["enums"]["ActionAttributionWindows"])
    assert words >= GIVEN_UP, "the description still has them, so it alone does not protect us"
    assert not GIVEN_UP & set(WINDOWS)
    assert set(WINDOWS) <= words & specs()["adsactionstats"]["fields"].keys()


def test_the_words_we_know_are_those_of_the_description() -> None:
    enums = specs()["campaign"]["enums"]
    known = {column.name: column.words for column in CAMPAIGNS.columns if column.words}
    assert known == {
        "status": frozenset(enums["Status"]),
        "effective_status": frozenset(enums["EffectiveStatus"]),
    }
    assert sorted(resources._STATES) == sorted(insights._ALL_STATES) == enums["EffectiveStatus"]


def test_every_column_is_read_from_a_field_that_exists() -> None:
    fields = specs()["adsinsights"]["fields"].keys() | {"timezone_name"}
    assert {column.keys[0] for column in CAMPAIGN_DAYS.columns} <= fields
    assert fields >= INSIGHT_FIELDS


class TestTheContractCanFail:
    """Each way to be wrong is found, else the tests above say nothing."""

    @pytest.mark.parametrize(
        ("field", "change", "value"),
        [
            ("spend", "retype", 5),
            ("impressions", "rename", "shown"),
            ("async_percent_completion", "retype", "100"),
            ("report_run_id", "drop", None),
            ("created_time", "retype", "yesterday"),
            ("effective_status", "retype", "SLEEPING"),
            ("7d_click", "retype", 3),
            ("1d_view", "rename", "1d_glance"),
            ("cursors", "rename", "cursor"),
        ],
    )
    def test_by_the_simulator(
        self, meta: AdConnecting, simulator: SimulatorHandle, field: str, change: str, value: Any
    ) -> None:
        simulator.fault("drift", vendor="meta_ads", field=field, change=change, value=value)
        connector = meta.connector(history_days="100")
        try:
            gathered(connector.read(None, SilentProgress()))
        except Exception:
            assert meta.answers
        found = [
            fault
            for answer in meta.answers
            for fault in faults_of_answer(operation_of(answer.request), answer.json())
        ]
        assert found

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("INSIGHT_FIELDS", ("campaign_id", "cost")),
            ("WINDOWS", ("7d_click", "7d_view")),
            ("WINDOWS", ("90d_click",)),
        ],
    )
    def test_by_the_client(
        self, meta: AdConnecting, monkeypatch: pytest.MonkeyPatch, name: str, value: Any
    ) -> None:
        monkeypatch.setattr(insights, name, value)
        try:
            meta.read(history_days="3")
        except Exception:
            assert meta.requests
        assert [fault for request in meta.requests for fault in faults_of_request(request)]
