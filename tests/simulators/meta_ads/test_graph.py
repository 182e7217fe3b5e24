"""The simulated Graph API, asked as somebody else's client would ask it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.meta_ads.state import MetaState
from hotdash.simulators.simulation import Simulation
from hotdash.simulators.world import World
from tests.fixtures.simulator import SEED, UNTIL, SimulatorHandle

Ask = Callable[..., httpx.Response]
WEEK = {"since": "2026-11-10", "until": "2026-11-16"}


@pytest.fixture
def ask(simulator: SimulatorHandle) -> Ask:
    source = simulator.shops["hot-rod-an"]["sources"]["meta_ads"]

    def asked(path: str, method: str = "GET", token: str = source["access_token"], **params: Any):
        account = f"act_{source['account_id']}"
        told = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
        url = f"{source['base_url']}/v26.0/{path.replace('act', account)}"
        headers = {"Authorization": f"Bearer {token}"}
        return simulator.http.request(method, url, params=told, headers=headers)

    return asked


def code(answer: httpx.Response) -> tuple[int, int | None]:
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


class TestInsights:
    def test_the_same_bytes_for_the_same_question(self, ask: Ask) -> None:
        params = {"level": "campaign", "time_range": WEEK, "fields": "spend,actions"}
        assert ask("act/insights", **params).content == ask("act/insights", **params).content

    def test_pages_of_25_and_a_next_address_that_carries_the_token(self, ask: Ask) -> None:
        month = {"since": "2026-10-01", "until": "2026-10-31"}
        first = ask("act/insights", level="campaign", time_increment="1", time_range=month).json()
        assert len(first["data"]) == 25
        assert "access_token=EAA" in first["paging"]["next"]
        rows, page = first["data"], first
        while "next" in page["paging"]:
            page = httpx.get(page["paging"]["next"]).json()
            rows += page["data"]
        assert len(rows) == 93
        assert "after" in page["paging"]["cursors"], "also on the last page"

    def test_days_add_up_to_the_account_and_to_the_whole_range(self, ask: Ask) -> None:
        def clicks(level: str, increment: str) -> int:
            answer = ask(
                "act/insights",
                level=level,
                time_increment=increment,
                time_range=WEEK,
                fields="clicks",
                limit="500",
            )
            return sum(int(row["clicks"]) for row in answer.json()["data"])

        assert clicks("campaign", "1") == clicks("account", "1") == clicks("account", "all_days")
        assert clicks("campaign", "1") > 0

    def test_purchases_are_told_under_three_names(self, ask: Ask) -> None:
        year = {"since": "2026-09-01", "until": "2026-11-20"}
        rows = ask(
            "act/insights",
            level="campaign",
            time_increment="1",
            time_range=year,
            fields="actions",
            action_attribution_windows=["7d_click", "1d_view"],
            limit="1000",
        ).json()["data"]
        kinds = Counter(a["action_type"] for row in rows for a in row.get("actions", []))
        assert kinds["purchase"] == kinds["omni_purchase"] > 0

    def test_days_of_the_future_are_not_told(self, ask: Ask) -> None:
        future = {"since": "2026-11-21", "until": "2026-11-25"}
        assert ask("act/insights", time_range=future).json() == {"data": []}

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"fields": "cost"}, (100, None)),
            ({"level": "universe"}, (100, None)),
            ({"action_attribution_windows": ["5d_click"]}, (100, None)),
            ({"time_range": {"since": "2026-11-10"}}, (100, None)),
            ({"time_range": {"since": "2021-01-01", "until": "2021-01-02"}}, (100, 3018)),
            ({"time_range": {"since": "2026-01-01", "until": "2026-06-01"}}, (100, 1504018)),
            ({"limit": "5000"}, (100, None)),
            ({"after": "%%"}, (100, None)),
        ],
    )
    def test_refusals(self, ask: Ask, params: dict[str, Any], expected: tuple[int, int]) -> None:
        answer = ask("act/insights", **{"time_range": WEEK, **params})
        assert answer.status_code == 400
        assert code(answer) == expected

    def test_windows_that_were_given_up_pass_and_tell_nothing(self, ask: Ask) -> None:
        answer = ask(
            "act/insights",
            time_range=WEEK,
            fields="actions",
            action_attribution_windows=["7d_view", "28d_view"],
        )
        assert "7d_view" not in answer.text

    def test_an_archived_campaign_shows_only_when_asked_for(
        self, simulator: SimulatorHandle
    ) -> None:
        source = simulator.shops["nordkurve-teile"]["sources"]["meta_ads"]

        def names(**params: str) -> set[str]:
            span = {"since": "2026-08-20", "until": "2026-08-25"}
            params |= {"level": "campaign", "time_range": json.dumps(span)}
            answer = simulator.http.get(
                f"{source['base_url']}/v26.0/act_{source['account_id']}/insights",
                params={**params, "fields": "campaign_name"},
                headers={"Authorization": f"Bearer {source['access_token']}"},
            )
            return {row["campaign_name"] for row in answer.json()["data"]}

        states = [
            {
                "field": "campaign.effective_status",
                "operator": "IN",
                "value": ["ACTIVE", "PAUSED", "ARCHIVED"],
            }
        ]
        assert names(filtering=json.dumps(states)) - names() == {"Catalogue sales"}

    def test_rows_of_a_job_that_is_not_done(self, ask: Ask) -> None:
        run = ask("act/insights", "POST", time_range=WEEK).json()["report_run_id"]
        early = ask(f"{run}/insights")
        assert code(early) == (2601, 1815107)
        assert early.json()["error"]["is_transient"] is True
        fields = "async_status,async_percent_completion"
        course = [ask(run, fields=fields).json() for _ in range(3)]
        assert [(each["async_status"], each["async_percent_completion"]) for each in course] == [
            ("Job Not Started", 0),
            ("Job Running", 100),
            ("Job Completed", 100),
        ]
        assert ask(f"{run}/insights").json()["data"]


class TestLimits:
    def test_so_many_calls_in_an_hour_and_then_none(self, tmp_path: Path) -> None:
        clock = SimulatedClock(UNTIL + timedelta(minutes=15), frozen=True)
        state = MetaState(Simulation(World(60, SEED, UNTIL), clock, tmp_path))
        account = state.accounts[0]
        for _ in range(1800):
            assert account.regain_minutes == 0
            account.count_call()
        assert account.regain_minutes == 45
        clock.advance(timedelta(minutes=45))
        assert (account.percent, account.regain_minutes) == (0, 0)

    def test_every_answer_says_how_full_they_are(self, ask: Ask) -> None:
        headers = ask("act", fields="name").headers
        [limits] = next(iter(json.loads(headers["x-business-use-case-usage"]).values()))
        assert limits["type"] == "ads_insights"
        assert limits["estimated_time_to_regain_access"] == 0
        assert set(json.loads(headers["x-fb-ads-insights-throttle"])) == {
            *("app_id_util_pct", "acc_id_util_pct", "ads_api_access_tier")
        }


def test_a_shop_without_an_account_has_no_credentials(simulator: SimulatorHandle) -> None:
    assert "meta_ads" not in simulator.shops["kanto-garage"]["sources"]
