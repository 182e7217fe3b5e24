"""What is read of an ad account is what the world's own campaigns and orders come to."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hotdash.base.clock import days_between, local_day
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Reached
from hotdash.connectors.meta_ads import client as meta_client
from hotdash.simulators.world import World
from tests.fixtures.ads import (
    AdConnecting,
    Row,
    ad_world,
    claim_day,
    claimed,
    gathered,
    newest_days,
)
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

DAYS = "meta_ads_campaign_days"
ABROAD = "nordkurve-teile"
WINDOWS = {"1d_click": 1, "7d_click": 7, "28d_click": 28}


def expected(world: World, shop_id: str = SHOP_ID) -> dict[tuple[date, int], Row]:
    ads = ad_world(world, "meta_ads", shop_id)
    account = ads.account
    rows: dict[tuple[date, int], Row] = {}
    today = local_day(UNTIL, account.timezone)
    for day in ads.days(today - timedelta(days=730), today, UNTIL):
        rows[day.day, day.campaign.campaign_id] = {
            "day": day.day,
            "campaign_id": day.campaign.campaign_id,
            "account_id": account.account_id,
            "campaign_name": day.campaign.name,
            "spend": Decimal(day.spend) / 100,
            "impressions": day.impressions,
            "clicks": day.clicks,
            "currency": account.currency,
            "timezone": account.timezone,
        }
    counts: dict[tuple[date, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    values: dict[tuple[date, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for claim in claimed(world, "meta_ads", UNTIL, shop_id):
        key = claim_day(ads, claim), claim.campaign_id
        reached = {n for n, days in WINDOWS.items() if claim.age <= timedelta(days=days)}
        for window in {"1d_view"} if claim.is_view else reached:
            counts[key][window] += 1
            values[key][window] += claim.value
    for key, row in rows.items():
        for window in (*WINDOWS, "1d_view"):
            row[f"purchases_{window}"] = counts[key][window]
            row[f"purchase_value_{window}"] = Decimal(values[key][window]) / 100
        for name in ("purchases", "purchase_value"):
            row[name] = row[f"{name}_7d_click"] + row[f"{name}_1d_view"]
    return rows


def whole(row: Row) -> Row:
    """What Meta leaves out is nothing."""
    return {k: v or 0 if k.startswith("purchase") else v for k, v in row.items()}


class TestFirstRead:
    @pytest.mark.parametrize("shop_id", [SHOP_ID, ABROAD])
    def test_is_what_the_world_comes_to(
        self, meta: AdConnecting, world: World, shop_id: str
    ) -> None:
        told = meta.read(shop_id=shop_id)
        found = [whole(row) for row in told.rows[DAYS]]
        wanted = expected(world, shop_id)
        assert len(found) == len(wanted) > 2_000
        assert {(row["day"], row["campaign_id"]): row for row in found} == wanted
        assert sum(row["purchases_28d_click"] for row in found) > 0
        assert sum(row["purchases_1d_view"] for row in found) > 0
        assert told.unreadable == told.drifts == []

    def test_every_day_up_to_today_is_said_to_be_read_once(self, meta: AdConnecting) -> None:
        today = local_day(UNTIL, "America/Chicago")
        told = meta.read()
        assert sorted(told.days) == list(days_between(today - timedelta(days=730), today))

    def test_large_ranges_are_left_to_jobs_which_are_not_hammered(self, meta: AdConnecting) -> None:
        meta.read()
        operations = meta.operations()
        assert operations["insights_job"] == 4
        assert operations["insights_progress"] == 3 * 4
        assert len(meta.sleeps) == 3

    def test_account_and_campaigns(self, meta: AdConnecting, world: World) -> None:
        told = meta.read(history_days="2")
        [account] = told.rows["meta_ads_accounts"]
        assert (account["currency"], account["timezone"]) == ("USD", "America/Chicago")
        campaigns = {row["campaign_id"]: row for row in told.rows["meta_ads_campaigns"]}
        assert campaigns.keys() == {c.campaign_id for c in ad_world(world, "meta_ads").campaigns}
        assert {row["effective_status"] for row in campaigns.values()} == {"ACTIVE"}

    def test_history_is_as_long_as_asked_for(self, meta: AdConnecting) -> None:
        assert len(meta.read(history_days="10").days) == 11

    def test_what_an_archived_campaign_spent_stays(self, meta: AdConnecting) -> None:
        told = meta.read(shop_id=ABROAD)
        [archived] = [
            row["campaign_id"]
            for row in told.rows["meta_ads_campaigns"]
            if row["effective_status"] == "ARCHIVED"
        ]
        assert sum(row["spend"] for row in told.rows[DAYS] if row["campaign_id"] == archived) > 0

    @pytest.mark.law(10)
    def test_days_and_money_are_the_accounts_not_the_shops(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        """Half past midnight in Berlin the account's day in New York is still the one before."""
        simulator.set_clock(UNTIL.replace(hour=23, minute=30))
        told = meta.read(shop_id=ABROAD, history_days="3")
        assert simulator.shops[ABROAD]["timezone"] == "Europe/Berlin"
        assert max(told.days) == UNTIL.date() < local_day(simulator.now(), "Europe/Berlin")
        assert {(row["timezone"], row["currency"]) for row in told.rows[DAYS]} == {
            ("America/New_York", "USD")
        }


class TestLaterReads:
    def test_restated_days_end_as_if_all_had_been_read_at_the_end(
        self, busy_simulator: SimulatorHandle
    ) -> None:
        simulator, meta = busy_simulator, AdConnecting(busy_simulator, "meta_ads")
        simulator.set_clock(UNTIL - timedelta(days=65))
        reads = [meta.read(history_days="40")]
        for days in (1, 3, 0.2, 29, 1, 30.8):
            simulator.advance(timedelta(days=days))
            reads.append(meta.read(reads[-1].cursor()))
        step_by_step = newest_days(reads, DAYS)
        at_once = newest_days([meta.read(history_days="105")], DAYS)
        assert step_by_step == at_once
        first = newest_days(reads[:1], DAYS)
        grown = [key for key in first if first[key]["purchases"] != at_once[key]["purchases"]]
        assert grown, "purchases did arrive later"

    def test_only_what_may_be_restated_is_asked_for(self, meta: AdConnecting) -> None:
        first = meta.read()
        meta.calls.clear()
        again = meta.read(first.cursor())
        assert len(again.days) == 31
        assert meta.operations() == {"account": 1, "campaigns": 1, "insights": 3}

    def test_a_cursor_of_the_future_loses_nothing(self, meta: AdConnecting) -> None:
        cursor = {**meta.read(history_days="2").cursor(), "day": "2031-01-01"}
        told = meta.read(cursor)
        assert len(told.days) == 31
        assert told.cursor()["day"] == "2026-11-20"

    def test_a_clock_of_ours_that_is_ahead_skips_no_day(
        self, meta: AdConnecting, simulator: SimulatorHandle
    ) -> None:
        class Ahead:
            def now(self) -> object:
                return simulator.now() + timedelta(days=40)

        told = meta.read(history_days="5", clock=Ahead())
        assert max(told.days).isoformat() == told.cursor()["day"] == "2026-11-20"
        assert told.reached is not None
        assert told.reached.complete_through == UNTIL

    @pytest.mark.parametrize("changed", [{"timezone": "Asia/Tokyo"}, {"account_id": "1"}])
    def test_days_of_another_timezone_or_account_are_read_anew(
        self, meta: AdConnecting, changed: dict[str, str]
    ) -> None:
        cursor = {**meta.read(history_days="2").cursor(), **changed}
        assert len(meta.read(cursor, history_days="60").days) == 61

    def test_from_an_instant_on(self, meta: AdConnecting) -> None:
        connector = meta.connector()
        since = UNTIL - timedelta(days=20)
        told = gathered(connector.read(connector.cursor_since(since), SilentProgress()))
        assert min(told.days) < since.date()
        assert max(told.days) == UNTIL.date()

    def test_stopped_after_any_event_and_begun_again(
        self, meta: AdConnecting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(meta_client, "PAGE", 20)
        cursor = meta.read(history_days="2").cursor()
        calm = meta.read(cursor)
        events = len(list(meta.connector().read(cursor, SilentProgress())))
        for stop in range(events):
            reading = meta.connector().read(cursor, SilentProgress())
            for _ in range(stop):
                assert not isinstance(next(reading), Reached)
            reading.close()
        assert meta.read(cursor).rows == calm.rows


class TestRefetch:
    def test_campaigns_and_those_that_are_gone(self, meta: AdConnecting) -> None:
        connector = meta.connector()
        _, campaigns, _ = connector.tables
        known = str(ad_ids(meta)[0])
        told = gathered(connector.refetch(campaigns, [known, "999"], SilentProgress()))
        assert [str(row["campaign_id"]) for row in told.rows["meta_ads_campaigns"]] == [known]
        [deleted] = told.deleted
        assert deleted.keys.to_pylist() == [{"campaign_id": 999}]

    def test_whole_days(self, meta: AdConnecting) -> None:
        connector = meta.connector()
        asked = ["2026-11-02:57310001004", "2026-11-02:57310001005", "2026-10-01:57310001004"]
        told = gathered(connector.refetch(connector.tables[2], asked, SilentProgress()))
        assert sorted(map(str, told.days)) == ["2026-10-01", "2026-11-02"]
        assert len(told.rows[DAYS]) == 6


def ad_ids(meta: AdConnecting) -> list[int]:
    return [row["campaign_id"] for row in meta.read(history_days="1").rows["meta_ads_campaigns"]]
