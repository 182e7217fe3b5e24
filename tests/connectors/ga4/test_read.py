"""What is read from Google Analytics, against what plain Python makes of the world."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hotdash.connectors.contract import RawKind, Rewinds
from hotdash.connectors.ga4.tables import TABLES
from hotdash.simulators.ga4.properties import visible
from hotdash.simulators.shop_profiles import TRAFFIC_ANOMALY
from hotdash.simulators.traffic import ShopTraffic
from hotdash.simulators.world import World
from tests.fixtures.google_sources import Google, Told, read
from tests.fixtures.simulator import SEED, SHOP_ID

# The simulated time is 2026-11-20 18:00 UTC: the 20th in California.
YESTERDAY = date(2026, 11, 19)
DAYS = [YESTERDAY - timedelta(days=19 - place) for place in range(20)]
SETTLED = DAYS[:-2]
TIMEZONE = "America/Los_Angeles"


@pytest.fixture(scope="module")
def traffic(world: World) -> ShopTraffic:
    return ShopTraffic(world.of(SHOP_ID), SEED, TIMEZONE)


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("day", "landing_page", "source", "medium", "campaign", "channel_group")
    return tuple(row[name] for name in names)


class TestFirstRead:
    def test_every_cell_of_the_settled_days(self, google: Google, traffic: ShopTraffic) -> None:
        told = {key(row): row for row in read(google.ga4()).rows("ga4_traffic")}
        expected = {
            (
                day,
                cell.landing_page,
                cell.source,
                cell.medium,
                cell.campaign,
                cell.channel_group,
            ): seen
            for day in SETTLED
            for cell, seen in traffic.day(day).items()
        }
        assert {each for each in told if each[0] in SETTLED} == set(expected)
        for where, seen in expected.items():
            row = told[where]
            assert (row["sessions"], row["engaged_sessions"]) == (seen.sessions, seen.engaged)
            assert row["active_users"] == seen.users
            assert row["purchases"] == len(seen.purchases)
            assert row["key_events"] == seen.carts + len(seen.purchases)
            assert row["purchase_revenue"] == Decimal(sum(seen.purchases)) / 100
            if seen.sessions:
                bounced = Decimal(seen.sessions - seen.engaged) / seen.sessions
                assert abs(row["bounce_rate"] - bounced) < Decimal("0.00000001")

    def test_days_that_are_still_processed_are_told_as_far_as_they_are(
        self, google: Google, traffic: ShopTraffic
    ) -> None:
        told = read(google.ga4()).rows("ga4_traffic")
        for day, share in ((YESTERDAY, 0.94), (YESTERDAY - timedelta(days=1), 0.985)):
            expected = sum(
                visible(seen.sessions, share, (day, cell))
                for cell, seen in traffic.day(day).items()
            )
            assert sum(row["sessions"] for row in told if row["day"] == day) == expected

    def test_product_views(self, google: Google, traffic: ShopTraffic) -> None:
        told = read(google.ga4()).rows("ga4_product_views")
        found = {(row["day"], row["page_path"]): row["views"] for row in told}
        for day in SETTLED:
            for path, (views, _) in traffic.product_views(day).items():
                assert found[day, path] == views

    @pytest.mark.law(1)
    def test_each_ended_day_is_told_once_and_today_is_not(self, google: Google) -> None:
        told = read(google.ga4())
        for table in TABLES:
            if table.kind is RawKind.SLICE:
                assert told.days(table.name) == DAYS

    @pytest.mark.law(10)
    def test_the_day_is_the_propertys(self, google: Google) -> None:
        """In California it is still the 19th when it is the 20th in Chicago already."""
        google.simulator.set_clock(datetime(2026, 11, 20, 6, 30, tzinfo=UTC))
        told = read(google.ga4())
        assert max(told.days("ga4_traffic")) == date(2026, 11, 18)
        [found] = told.rows("ga4_properties")
        assert (found["timezone"], found["currency"]) == (TIMEZONE, "USD")
        assert {row["timezone"] for row in told.rows("ga4_report_days")} == {TIMEZONE}

    @pytest.mark.law(10)
    def test_it_is_complete_to_the_end_of_the_propertys_yesterday(self, google: Google) -> None:
        """Midnight in California is eight in the morning, UTC."""
        reached = read(google.ga4()).reached
        assert reached.cursor == {"day": "2026-11-19"}
        assert reached.complete_through == datetime(2026, 11, 20, 8, tzinfo=UTC)

    def test_the_history_that_was_entered(self, google: Google) -> None:
        connector = google.ga4(fields={"history_days": "5"}, history_days="")
        assert len(read(connector).days("ga4_traffic")) == 5

    def test_small_pages_tell_the_same(self, google: Google) -> None:
        whole = read(google.ga4())
        google.simulator.reset()
        paged = read(google.ga4(ga4_page_rows="37"))
        for table in ("ga4_traffic", "ga4_product_views"):
            assert paged.rows(table) == whole.rows(table)
        pages = [call for call in google.calls if call.operation == "traffic"]
        rows = len(whole.rows("ga4_traffic"))
        assert len(pages) == 1 + -(-rows // 37)

    def test_days_before_the_shop_opened_are_empty_and_complete(self, google: Google) -> None:
        google.simulator.set_clock(datetime(2024, 11, 22, 18, tzinfo=UTC))
        told = read(google.ga4())
        assert len(told.days("ga4_traffic")) == 20
        assert min(row["day"] for row in told.rows("ga4_traffic")) > told.days("ga4_traffic")[0]
        by_day = {row["day"]: row["rows"] for row in told.rows("ga4_report_days")}
        assert by_day[told.days("ga4_traffic")[0]] == 0


class TestHowExact:
    def flags(self, told: Told, name: str) -> set[Any]:
        return {row[name] for row in told.rows("ga4_report_days")}

    def test_rows_lumped_together_are_said(self, google: Google, world: World) -> None:
        [crawl] = [each for each in world.incidents if each.kind == TRAFFIC_ANOMALY]
        told = read(google.ga4())
        assert self.flags(told, "has_other_row") == {True, False}
        lumped = [row for row in told.rows("ga4_traffic") if row["landing_page"] == "(other)"]
        assert [str(row["day"]) for row in lumped] == [crawl.day]

    def test_withheld_rows(self, google: Google) -> None:
        assert self.flags(read(google.ga4()), "is_thresholded") == {False}
        assert self.flags(read(google.ga4("kanto-garage")), "is_thresholded") == {True}

    def test_samples(self, google: Google) -> None:
        assert self.flags(read(google.ga4()), "samples_read") == {None}
        told = read(google.ga4("nordkurve-teile"))
        assert self.flags(told, "samples_read") == {20 * 600}
        assert self.flags(told, "sampling_space") == {20 * 1_000}

    def test_days_younger_than_two_may_change(self, google: Google) -> None:
        told = read(google.ga4()).rows("ga4_report_days")
        changing = {row["day"] for row in told if row["may_change"]}
        assert changing == set(DAYS[-2:])

    def test_the_quota_that_is_left(self, google: Google) -> None:
        told = read(google.ga4())
        [left] = told.rows("ga4_quota")
        costs = [call.cost for call in google.calls if call.operation != "token"]
        assert left["day_tokens_left"] == 200_000 - sum(cost or 0 for cost in costs)
        assert left["last_cost"] == costs[-1]
        assert left["concurrent_left"] == 10


class TestLaterReads:
    def test_the_last_three_days_are_read_again(self, google: Google) -> None:
        first = read(google.ga4())
        google.simulator.advance(timedelta(days=2))
        later = read(google.ga4(), first.reached.cursor)
        assert later.days("ga4_traffic") == [date(2026, 11, day) for day in range(17, 22)]
        assert later.reached.cursor == {"day": "2026-11-21"}

    def test_what_was_still_processed_has_grown(self, google: Google, traffic: ShopTraffic) -> None:
        first = read(google.ga4())
        google.simulator.advance(timedelta(days=2))
        later = read(google.ga4(), first.reached.cursor)

        def sessions(told: Told) -> int:
            rows = told.rows("ga4_traffic")
            return sum(row["sessions"] for row in rows if row["day"] == YESTERDAY)

        whole = sum(seen.sessions for seen in traffic.day(YESTERDAY).values())
        assert sessions(first) < sessions(later) == whole

    def test_twice_in_an_hour_reads_three_days_again(self, google: Google) -> None:
        first = read(google.ga4())
        again = read(google.ga4(), first.reached.cursor)
        assert again.days("ga4_traffic") == DAYS[-3:]
        assert again.reached.cursor == first.reached.cursor

    @pytest.mark.parametrize("day", ["2026-11-20", "2027-03-01", "9999-12-31"])
    def test_a_cursor_from_the_future_loses_nothing(self, google: Google, day: str) -> None:
        told = read(google.ga4(), {"day": day})
        assert told.days("ga4_traffic") == DAYS[-3:]
        assert told.reached.cursor == {"day": "2026-11-19"}

    def test_from_an_instant_on(self, google: Google) -> None:
        connector = google.ga4()
        assert isinstance(connector, Rewinds)
        cursor = connector.cursor_since(datetime(2026, 11, 10, 3, tzinfo=UTC))
        assert read(connector, cursor).days("ga4_traffic")[0] <= date(2026, 11, 9)

    def test_nothing_came_between(self, google: Google) -> None:
        """A source that rested for long goes on where it was, without a gap."""
        first = read(google.ga4())
        google.simulator.advance(timedelta(days=40))
        later = read(google.ga4(), first.reached.cursor)
        days = later.days("ga4_traffic")
        assert days == [days[0] + timedelta(days=place) for place in range(len(days))]
        assert days[0] < YESTERDAY
        assert days[-1] == YESTERDAY + timedelta(days=40)
