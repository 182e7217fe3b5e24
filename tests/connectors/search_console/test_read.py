"""What is read from Search Console, against what plain Python makes of the world."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hotdash.connectors.contract import Rewinds
from hotdash.simulators.searches import ShopSearches
from hotdash.simulators.world import World
from tests.fixtures.google_sources import Google, read
from tests.fixtures.simulator import SEED, SHOP_ID

# The simulated time is 2026-11-20 10:00 in California; the 17th is the last whole day.
LAST = date(2026, 11, 17)
DAYS = [LAST - timedelta(days=19 - place) for place in range(20)]
TABLES = ("search_console_queries", "search_console_days")


@pytest.fixture(scope="module")
def searches(world: World) -> ShopSearches:
    return ShopSearches(world.of(SHOP_ID), SEED)


class TestFirstRead:
    def test_every_named_query(self, google: Google, searches: ShopSearches) -> None:
        told = read(google.search_console()).rows("search_console_queries")
        found = {(row["day"], row["page"], row["query"]): row for row in told}
        expected = {
            (day, f"https://www.{SHOP_ID}.example{each.page}", each.query): each
            for day in DAYS
            for each in searches.day(day)
            if each.is_named
        }
        assert set(found) == set(expected)
        for where, each in expected.items():
            row = found[where]
            assert (row["clicks"], row["impressions"]) == (each.clicks, each.impressions)
            assert row["ctr"] == round(Decimal(each.clicks / each.impressions), 9)
            assert row["position"] == round(Decimal(each.positions / each.impressions), 9)

    def test_totals_hold_what_is_not_named(self, google: Google, searches: ShopSearches) -> None:
        told = read(google.search_console())
        totals = {(row["day"], row["aggregation"]): row for row in told.rows(TABLES[1])}
        for day in DAYS:
            everything = searches.day(day)
            if not everything:
                continue
            by_page = totals[day, "BY_PAGE"]
            assert by_page["clicks"] == sum(each.clicks for each in everything)
            assert by_page["impressions"] == sum(each.impressions for each in everything)
            assert totals[day, "BY_PROPERTY"]["impressions"] <= by_page["impressions"]
        named = sum(row["clicks"] for row in told.rows(TABLES[0]))
        counted = sum(row["clicks"] for key, row in totals.items() if key[1] == "BY_PAGE")
        assert named < counted

    @pytest.mark.law(1)
    def test_each_whole_day_is_told_once(self, google: Google) -> None:
        told = read(google.search_console())
        for table in TABLES:
            assert told.days(table) == DAYS

    @pytest.mark.law(1)
    def test_days_google_leaves_out_are_complete_and_empty(self, google: Google) -> None:
        google.simulator.set_clock(datetime(2024, 11, 26, 18, tzinfo=UTC))
        told = read(google.search_console())
        assert len(told.days(TABLES[0])) == 20
        with_rows = {row["day"] for row in told.rows(TABLES[1])}
        assert 0 < len(with_rows) < 20

    def test_a_site_nobody_searched_for_goes_on_all_the_same(self, google: Google) -> None:
        google.simulator.set_clock(datetime(2023, 1, 10, 18, tzinfo=UTC))
        told = read(google.search_console())
        assert len(told.days(TABLES[0])) == 20
        assert not told.rows(TABLES[0])

    @pytest.mark.law(10)
    def test_the_day_is_pacific(self, google: Google) -> None:
        """One hour before the 20th begins in California the 19th is not over there."""
        google.simulator.set_clock(datetime(2026, 11, 20, 7, 0, tzinfo=UTC))
        before = read(google.search_console()).reached
        google.simulator.advance(timedelta(days=3))
        later = read(google.search_console()).reached
        assert date.fromisoformat(before.cursor["day"]) < date(2026, 11, 18)
        first, last = (date.fromisoformat(each.cursor["day"]) for each in (before, later))
        assert last - first == timedelta(days=3)
        assert later.complete_through.hour == 8

    def test_the_site_and_its_permission(self, google: Google) -> None:
        [site] = read(google.search_console("nordkurve-teile")).rows("search_console_sites")
        assert site["site_url"] == "sc-domain:nordkurve-teile.example"
        assert site["permission"] == "SITE_OWNER"
        assert site["timezone"] == "America/Los_Angeles"

    def test_small_pages_tell_the_same(self, google: Google) -> None:
        whole = read(google.search_console()).rows(TABLES[0])
        google.calls.clear()
        paged = read(google.search_console(search_console_page_rows="30")).rows(TABLES[0])
        assert paged == whole
        made = [call for call in google.calls if call.operation == "queries"]
        assert len(made) > len(whole) / 30

    def test_a_page_that_is_just_full_is_not_the_last(self, google: Google) -> None:
        rows = read(google.search_console(history_days="10")).rows(TABLES[0])
        exact = google.search_console(history_days="10", search_console_page_rows=str(len(rows)))
        google.calls.clear()
        assert read(exact).rows(TABLES[0]) == rows
        assert [call.operation for call in google.calls].count("queries") == 2

    def test_no_more_than_google_keeps(self, google: Google) -> None:
        connector = google.search_console(history_days="4000")
        assert len(read(connector).days(TABLES[0])) == 486


class TestLaterReads:
    def test_the_last_three_days_are_read_again(self, google: Google) -> None:
        first = read(google.search_console())
        google.simulator.advance(timedelta(days=2))
        later = read(google.search_console(), first.reached.cursor)
        assert later.days(TABLES[0]) == [date(2026, 11, day) for day in range(15, 20)]

    @pytest.mark.parametrize("day", ["2026-11-20", "2027-03-01", "9999-12-31"])
    def test_a_cursor_from_the_future_loses_nothing(self, google: Google, day: str) -> None:
        told = read(google.search_console(), {"day": day})
        assert told.days(TABLES[0]) == DAYS[-3:]
        assert told.reached.cursor == {"day": str(LAST)}

    def test_from_an_instant_on(self, google: Google) -> None:
        connector = google.search_console()
        assert isinstance(connector, Rewinds)
        cursor = connector.cursor_since(datetime(2026, 11, 10, 3, tzinfo=UTC))
        assert read(connector, cursor).days(TABLES[0])[0] <= date(2026, 11, 9)

    def test_nothing_comes_between(self, google: Google) -> None:
        first = read(google.search_console())
        google.simulator.advance(timedelta(days=30))
        days = read(google.search_console(), first.reached.cursor).days(TABLES[0])
        assert days == [days[0] + timedelta(days=place) for place in range(len(days))]
        assert days[0] <= LAST
        assert days[-1] == LAST + timedelta(days=30)
