"""What is read of an ad account is what the world's own campaigns and orders come to."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hotdash.base.clock import days_between, local_day
from hotdash.base.money import minor_digits
from hotdash.base.progress import SilentProgress
from hotdash.connectors.contract import Reached
from hotdash.simulators.ad_accounts import AD_CAMPAIGN_PAUSED
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

DAYS = "google_ads_campaign_days"
SHOPS = (SHOP_ID, "kanto-garage", "nordkurve-teile")


def expected(world: World, shop_id: str) -> dict[tuple[date, int], Row]:
    ads = ad_world(world, "google_ads", shop_id)
    account = ads.account
    unit = Decimal(1).scaleb(-minor_digits(account.currency))
    today = local_day(UNTIL, account.timezone)
    credit: Counter[tuple[date, int]] = Counter()
    value: Counter[tuple[date, int]] = Counter()
    for claim in claimed(world, "google_ads", UNTIL, shop_id):
        key = claim_day(ads, claim), claim.campaign_id
        credit[key] += claim.credit
        value[key] += claim.value
    rows: dict[tuple[date, int], Row] = {}
    for day in ads.days(today - timedelta(days=730), today, UNTIL):
        key = day.day, day.campaign.campaign_id
        rows[key] = {
            "day": day.day,
            "campaign_id": day.campaign.campaign_id,
            "customer_id": account.account_id,
            "campaign_name": day.campaign.name,
            "campaign_status": "ENABLED",
            "cost": day.spend * unit,
            "clicks": day.clicks,
            "impressions": day.impressions,
            "conversions": Decimal(credit[key]) / 1000,
            "conversions_value": value[key] * unit,
            "currency": account.currency,
            "timezone": account.timezone,
        }
    return rows


class TestFirstRead:
    @pytest.mark.parametrize("shop_id", SHOPS)
    def test_is_what_the_world_comes_to(
        self, google: AdConnecting, world: World, shop_id: str
    ) -> None:
        told = google.read(shop_id=shop_id)
        wanted = expected(world, shop_id)
        found = told.rows[DAYS]
        assert len(found) == len(wanted) > 2_000
        assert {(row["day"], row["campaign_id"]): row for row in found} == wanted
        assert any(row["conversions"] % 1 for row in found), "conversions are fractions"
        assert told.unreadable == told.drifts == []

    def test_every_day_up_to_today_is_said_to_be_read_once(self, google: AdConnecting) -> None:
        today = local_day(UNTIL, "Asia/Tokyo")
        told = google.read(shop_id="kanto-garage")
        assert sorted(told.days) == list(days_between(today - timedelta(days=730), today))

    def test_each_query_is_one_operation_of_the_quota(self, google: AdConnecting) -> None:
        connector = google.connector()
        gathered(connector.read(None, SilentProgress()))
        asked = [call for call in google.calls if call.operation != "token"]
        assert sum(call.cost or 0 for call in asked) == len(asked) == 6
        assert connector.client.operations == 6

    def test_customer_and_campaigns(
        self, google: AdConnecting, simulator: SimulatorHandle, world: World
    ) -> None:
        [planted] = [each for each in world.incidents if each.kind == AD_CAMPAIGN_PAUSED]
        simulator.set_clock(simulator.now().fromisoformat(f"{planted.day}T20:00:00+00:00"))
        told = google.read(history_days="2")
        [customer] = told.rows["google_ads_customers"]
        assert (customer["currency"], customer["timezone"]) == ("USD", "America/Chicago")
        states = {row["name"]: row["status"] for row in told.rows["google_ads_campaigns"]}
        assert states == {
            "Brand search": "ENABLED",
            "AN fittings search": "PAUSED",
            "Shopping fuel systems": "ENABLED",
        }

    @pytest.mark.law(10)
    def test_days_are_the_accounts(self, google: AdConnecting) -> None:
        """While it is Friday in Chicago it is Saturday in Tokyo."""
        assert max(google.read(history_days="2").days) == date(2026, 11, 20)
        told = google.read(history_days="2", shop_id="kanto-garage")
        assert max(told.days) == date(2026, 11, 21)
        assert {row["timezone"] for row in told.rows[DAYS]} == {"Asia/Tokyo"}


class TestLaterReads:
    def test_restated_days_end_as_if_all_had_been_read_at_the_end(
        self, busy_simulator: SimulatorHandle
    ) -> None:
        simulator, google = busy_simulator, AdConnecting(busy_simulator, "google_ads")
        simulator.set_clock(UNTIL - timedelta(days=65))
        reads = [google.read(history_days="40")]
        for days in (1, 3, 0.2, 29, 1, 30.8):
            simulator.advance(timedelta(days=days))
            reads.append(google.read(reads[-1].cursor()))
        step_by_step = newest_days(reads, DAYS)
        at_once = newest_days([google.read(history_days="105")], DAYS)
        # A campaign's name and state are told as they were when the day was read.
        for row in (*step_by_step.values(), *at_once.values()):
            row.pop("campaign_status")
        assert step_by_step == at_once
        first = newest_days(reads[:1], DAYS)
        assert [key for key in first if first[key]["conversions"] != at_once[key]["conversions"]]

    def test_only_what_may_be_restated_is_asked_for(self, google: AdConnecting) -> None:
        first = google.read()
        google.calls.clear()
        again = google.read(first.cursor())
        assert len(again.days) == 33
        assert google.operations() == {
            "token": 1,
            "customer": 1,
            "campaigns": 1,
            "campaign_days": 1,
        }

    def test_a_cursor_of_the_future_loses_nothing(self, google: AdConnecting) -> None:
        cursor = {**google.read(history_days="2").cursor(), "day": "2031-01-01"}
        told = google.read(cursor)
        assert len(told.days) == 33
        assert told.cursor()["day"] == "2026-11-20"

    @pytest.mark.parametrize("changed", [{"timezone": "Asia/Tokyo"}, {"account_id": "1"}])
    def test_days_of_another_timezone_or_account_are_read_anew(
        self, google: AdConnecting, changed: dict[str, str]
    ) -> None:
        cursor = {**google.read(history_days="2").cursor(), **changed}
        assert len(google.read(cursor, history_days="60").days) == 61

    def test_from_an_instant_on(self, google: AdConnecting) -> None:
        connector = google.connector()
        since = UNTIL - timedelta(days=20)
        told = gathered(connector.read(connector.cursor_since(since), SilentProgress()))
        assert min(told.days) < since.date()

    def test_stopped_after_any_event_and_begun_again(self, google: AdConnecting) -> None:
        cursor = google.read(history_days="2").cursor()
        calm = google.read(cursor)
        events = len(list(google.connector().read(cursor, SilentProgress())))
        for stop in range(events):
            reading = google.connector().read(cursor, SilentProgress())
            for _ in range(stop):
                assert not isinstance(next(reading), Reached)
            reading.close()
        assert google.read(cursor).rows == calm.rows


class TestRefetch:
    def test_campaigns_and_those_that_are_gone(self, google: AdConnecting) -> None:
        connector = google.connector()
        campaigns = connector.tables[1]
        told = gathered(connector.refetch(campaigns, ["57310001002", "999"], SilentProgress()))
        [row] = told.rows["google_ads_campaigns"]
        assert row["campaign_id"] == 57310001002
        [deleted] = told.deleted
        assert deleted.keys.to_pylist() == [{"campaign_id": 999}]

    def test_whole_days(self, google: AdConnecting) -> None:
        connector = google.connector()
        asked = ["2026-11-18:57310001001", "2026-11-18:57310001002", "2026-10-01:57310001001"]
        told = gathered(connector.refetch(connector.tables[2], asked, SilentProgress()))
        assert sorted(map(str, told.days)) == ["2026-10-01", "2026-11-18"]
        assert len(told.rows[DAYS]) == 6
