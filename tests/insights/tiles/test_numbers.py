"""What every tile says of one small world, worked out by hand."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.contract import Cell, Tile
from hotdash.insights.tiles.definition import Gauges
from hotdash.insights.tiles.engine import load_tile
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.marts import Publisher, WrittenMarts
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.shops import add_shop
from tests.fixtures.tile_people import People
from tests.fixtures.tile_world import (
    FIRST,
    LAST,
    MARTS_BY_SOURCE,
    READ_AT,
    SHOP,
    every_source,
    noon,
    rich_world,
)

WEEK = Period(Range.DAYS_7, Compare.PREVIOUS)
DAY = timedelta(days=1)
Tiles = Mapping[str, Tile]


@pytest.fixture(scope="module")
def database(template_urls: DatabaseUrls) -> Iterator[Database]:
    with new_database(template_urls, "hotdash_template") as urls:
        database = Database(urls.owner, web_url=urls.web)
        yield database
        database.dispose()


@pytest.fixture(scope="module")
def tiles(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Tiles:
    with database.jobs() as session:
        shop = add_shop(session, SHOP)
    folder = tmp_path_factory.mktemp("tiles")
    warehouse = open_warehouse("duckdb", home=folder / "home", memory_mb=512, url=None)
    publisher = Publisher(
        *(database, WrittenMarts(warehouse, folder), FixedClock(READ_AT)),
        as_of=every_source(),
        marts_by_source=MARTS_BY_SOURCE,
    )
    publisher.build(rich_world())
    warehouse.close()
    with database.jobs() as session:
        people = People(session)
        people.act()
        people.report()
        session.execute(text("update app.shops set created_at = '2026-01-01'"))
    with database.as_user(shop.owner_id) as session:
        return {
            name: load_tile(session, name, SHOP, WEEK, READ_AT, gauges=Gauges(8, 6))
            for name in TILES
        }


def context(tile: Tile) -> dict[str, str | None]:
    return {item.metric: None if item.value is None else f"{item.value:f}" for item in tile.context}


def rows(tile: Tile, name: str) -> list[list[Cell]]:
    return [list(row) for each in tile.lists if each.name == name for row in each.rows]


def facts(tile: Tile) -> dict[str, str]:
    return {fact.name: fact.text for fact in tile.facts}


class TestCx:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["cx-pulse"]
        assert (tile.value, tile.unit) == (Decimal(200), "minutes")
        assert context(tile) == {
            "open_past_sla": "2",
            # Seven ratings, all good.
            "csat": "1",
            # Two of the nine conversations that were promised something.
            "sla_breach_rate": "0.222222",
            "resolution_time": "400",
            "conversations": "9",
        }

    def test_who_waits_past_a_promise_the_longest_first_and_once(self, tiles: Tiles) -> None:
        # From noon on the 14th to ten in the morning of the 21st: seven days less two hours.
        assert rows(tiles["cx-pulse"], "breached") == [
            [21, "First reply", "email", "high", noon(FIRST), 7 * 1440 - 120],
            [22, "First reply", "email", "high", noon(LAST), 22 * 60],
        ]

    def test_topics_beside_the_week_before(self, tiles: Tiles) -> None:
        # Numbers 8 to 14, the even ones with two labels; 21 is odd, 22 even. Before: 1 to 7.
        assert rows(tiles["cx-pulse"], "topics") == [["shipping", 9, 7, 2], ["returns", 5, 3, 1]]

    def test_days(self, tiles: Tiles) -> None:
        days = rows(tiles["cx-pulse"], "by_day")
        assert days[0] == [LAST, 2, 1, 1]
        assert [row[1] for row in days] == [2, 1, 1, 1, 1, 1, 2]

    def test_counts_what_the_metric_counts(self, tiles: Tiles, database: Database) -> None:
        question = Question.parse(
            shops=[SHOP], metrics=["open_past_sla"], first=FIRST, last=LAST, by=["day"]
        )
        with database.jobs() as session:
            answer = query(session, question, READ_AT)
        found = {row.key["day"]: row.cells["open_past_sla"].value for row in answer.rows}
        assert {day: value for day, value in found.items() if value} == {
            FIRST.isoformat(): 1,
            LAST.isoformat(): 1,
        }


class TestSales:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["sales-pulse"]
        assert (tile.value, tile.unit) == (Decimal("700.00"), "USD")
        assert context(tile) == {
            "orders": "14",
            "aov": "50.00",
            "median_order_value": "50.00",
            "refunds": "0.00",
            # 14 orders of 280 sessions.
            "conversion": "0.05",
        }

    def test_products(self, tiles: Tiles) -> None:
        # Seven halves of 100 each; the last hose was refunded by 5.
        assert rows(tiles["sales-pulse"], "products") == [
            ["Fitting", 7, Decimal("350.00")],
            ["Hose", 7, Decimal("345.00")],
        ]
        assert rows(tiles["sales-pulse"], "refunds") == [
            ["Hose", Decimal("5.00"), Decimal("350.00")]
        ]

    def test_channels(self, tiles: Tiles) -> None:
        assert rows(tiles["sales-pulse"], "channels") == [
            ["Paid search", 14, Decimal("700.00"), Decimal("70.00")]
        ]


class TestSeo:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["seo-pulse"]
        assert (tile.value, tile.unit) == (Decimal(70), "count")
        assert context(tile) == {
            "organic_sessions": "140",
            "search_impressions": "700",
            # 3500 of 700.
            "search_position": "5",
            "bounce_rate": "0.25",
            "traffic_anomalies": "1",
        }

    def test_pages_that_lost_visitors(self, tiles: Tiles) -> None:
        lost_pages = [["/valve", 30, 120, Decimal("-0.75"), LAST]]
        assert rows(tiles["seo-pulse"], "anomalies") == lost_pages
        pages = {row[0]: row[3:] for row in rows(tiles["seo-pulse"], "landing_pages")}
        assert pages == {
            "/valve": [Decimal("-0.75"), "lost visitors"],
            # 10 more of 90.
            "/hose": [Decimal("0.1111"), ""],
            "/sale": [Decimal("-0.75"), ""],
            "/new": [None, ""],
        }

    def test_rankings(self, tiles: Tiles) -> None:
        # Of the oil cooler 40 at 25 and 20 at 12: 1240 of 60.
        assert rows(tiles["seo-pulse"], "rankings") == [
            ["an hose", 6, 30, Decimal("2.0"), None],
            ["oil cooler", 1, 60, Decimal("20.7"), None],
            ["6an tee", 0, 5, Decimal("60.0"), None],
        ]

    def test_content_gaps_are_searched_often_and_stand_behind_the_first_page(
        self, tiles: Tiles
    ) -> None:
        assert rows(tiles["seo-pulse"], "gaps") == [["oil cooler", 60, 1, Decimal("12.0"), "/cool"]]

    def test_offers_to_assign_the_page(self, tiles: Tiles) -> None:
        action = tiles["seo-pulse"].next_action
        assert (action.text, action.about) == ("Look into 1 page that lost visitors", "anomalies")


class TestInventory:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["inventory-watch"]
        assert tile.value == 0
        # 300 for sale at 560 in 56 days; with today, of which nothing is known yet, six days of the
        # week sold 60 and left 300.
        assert context(tile) == {
            "inventory_coverage": "30",
            "stock_out_rate": "0",
            "reorder_units": "0",
            "overstocked_items": "0",
            "dead_items": "0",
            "sell_through": "0.166667",
        }

    def test_lists(self, tiles: Tiles) -> None:
        tile = tiles["inventory-watch"]
        assert rows(tile, "reorder") == [
            [
                *("AN-1", "Hose 1", "Earl", 10),
                # 56 sold on the 28 days on which it could be bought.
                Decimal("2.00"),
                *(5, 14, 28, 24, Decimal("900.50")),
            ],
            ["AN-2", "Hose 2", "Earl", 30, None, 0, 0, 0, 12, Decimal("99.50")],
        ]
        assert rows(tile, "overstock") == [["AN-3", "Hose 3", 500, 0, 400, Decimal("80.00")]]
        assert rows(tile, "dead") == [["AN-4", "Hose 4", 7, date(2026, 8, 1), Decimal("35.00")]]
        assert facts(tile)["money_at_risk"] == "$1,000 at risk"
        assert tile.next_action.text == "Review 2 items to reorder"


class TestFulfillment:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["fulfillment-flow"]
        # 70 of the 73 that left or should have.
        assert (tile.value, tile.unit) == (Decimal("0.958904"), "share")
        # 70 of the 71 that arrived came in time; 2 issues of 73.
        assert context(tile) == {
            "on_time_rate": "0.985915",
            "delivery_days": "2",
            "fulfillment_issue_rate": "0.027397",
        }

    def test_late_orders_the_longest_first(self, tiles: Tiles) -> None:
        # Due on the 15th and the 19th; the shop's day is the 21st.
        assert [row[:4] for row in rows(tiles["fulfillment-flow"], "late")] == [
            [900, FIRST, FIRST + DAY, 6],
            [901, LAST - 2 * DAY, LAST - DAY, 2],
        ]
        assert facts(tiles["fulfillment-flow"])["oldest_unshipped"] == (
            "Oldest unshipped: 6 days late"
        )

    def test_carriers(self, tiles: Tiles) -> None:
        assert rows(tiles["fulfillment-flow"], "carriers") == [
            ["UPS", 70, 70, Decimal("1.0000"), Decimal(2), 0],
            ["DHL", 1, 1, Decimal("0.0000"), Decimal(5), 1],
        ]

    def test_issues(self, tiles: Tiles) -> None:
        assert rows(tiles["fulfillment-flow"], "issues") == [
            [902, LAST, "DHL", "Carrier told of a delay", None],
            [900, FIRST, "", "Not sent, past its promise", None],
        ]


class TestOps:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["ops-pulse"]
        assert (tile.value, tile.unit) == (Decimal(1), "share")
        assert context(tile) == {
            "sla_resolution_time": "30",
            "anomaly_response_rate": "1",
            "decisions": "3",
            "time_to_decide": None,
            # Three decisions in three hours, and the first visit in an hour of its own.
            "decisions_per_operator_hour": "0.75",
            # Two of them are approvals of five minutes each.
            "time_saved": "15",
        }
        assert {each.metric: each.why for each in tile.context}["time_to_decide"]

    def test_pipeline_health(self, tiles: Tiles) -> None:
        told = facts(tiles["ops-pulse"])
        assert told["cache_hit_rate"] == "Ready answers: 75% of 8 since the start"
        assert told["api_error_rate"] == "API errors: 25% of 4 calls in 24 hours"
        assert told["facts_ingested"] == "Facts: 1 in 7 days"
        assert told["failing_sources"] == "Not answering: ga4"
        assert rows(tiles["ops-pulse"], "calls") == [["shopify", 4, 1, Decimal("0.2500")]]

    def test_what_nobody_counted_is_said_to_be(self, tiles: Tiles, database: Database) -> None:
        with database.jobs() as session:
            tile = load_tile(session, "ops-pulse", SHOP, WEEK, READ_AT + timedelta(days=30))
        told = facts(tile)
        assert told["cache_hit_rate"] == "Ready answers: not yet counted"
        assert told["api_error_rate"] == "API errors: not yet counted"
        assert told["facts_ingested"] == "Facts: not yet counted"


class TestGrowth:
    def test_numbers(self, tiles: Tiles) -> None:
        tile = tiles["growth"]
        assert (tile.value, tile.unit) == (Decimal("1000000.00"), "USD")
        # 133,100 in 91 days for 365 of them.
        assert context(tile) == {
            "revenue_run_rate": "533862.64",
            "sales_delta_week": "0",
            "revenue": "700.00",
        }

    def test_the_way_to_the_target(self, tiles: Tiles) -> None:
        tile = tiles["growth"]
        assert facts(tile) | {"period": ""} == {
            "period": "",
            "share": "10% of $10,000,000",
            # 1.1 to the third is 1.331; ten in 36 months is 6.6% each.
            "rate": "Grows 10% a month, would need 6.6%",
            # ln 10 / ln 1.1 months of 30.4375 days are 735.3; by the year, (10/9)^(1/12) - 1 a
            # month, ln 10 / ln(10/9) * 12 = 262.25 months or 7982.4 days.
            "arrival": "At this rate: 25 Nov 2028 (between 25 Nov 2028 and 28 Sep 2048)",
        }
        (way,) = rows(tile, "way")
        assert way[3] == Decimal("0.1000")
        assert way[7] == LAST + timedelta(days=736)
        assert way[9] == LAST + timedelta(days=7983)

    def test_months(self, tiles: Tiles) -> None:
        assert rows(tiles["growth"], "months") == [[date(2026, 11, 1), Decimal("1400.00"), 28, 14]]


def test_every_cell_of_every_list_is_text_in_json(tiles: Tiles) -> None:
    for tile in tiles.values():
        answer = tile.as_json()
        cells = [cell for each in answer["lists"] for row in each["rows"] for cell in row]
        assert all(cell is None or isinstance(cell, str) for cell in cells)
        assert all(len(each["rows"]) <= each["total"] for each in answer["lists"])
    assert tiles["cx-pulse"].as_json()["lists"][0]["rows"][0][4] == "2026-11-14T20:00:00.000000Z"


def test_no_tile_tells_anything_of_a_shop_to_a_stranger(database: Database, tiles: Tiles) -> None:
    assert tiles
    with database.as_user(None) as session:
        for relation in ("serving.current_fct_inventory", "app.api_calls", "app.source_states"):
            assert session.execute(text(f"select count(*) from {relation}")).scalar_one() == 0


def test_when_it_was_read_is_the_newest_that_all_of_it_is_known_for(tiles: Tiles) -> None:
    assert {name: set(tile.as_of) for name, tile in tiles.items()} == {
        "cx-pulse": {"chatwoot"},
        "sales-pulse": {"shopify", "ga4"},
        "seo-pulse": {"search_console", "ga4"},
        "inventory-watch": {"shopify"},
        "fulfillment-flow": {"shopify"},
        "ops-pulse": {"chatwoot", "ga4"},
        "growth": {"shopify"},
    }
    ages: set[datetime] = {at for tile in tiles.values() for at in tile.as_of.values()}
    assert ages == {READ_AT}
