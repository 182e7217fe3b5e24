"""What is computed beforehand is what would be computed now, and is not used a moment too long."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.beforehand import published_tiles
from hotdash.insights.tiles.engine import load_tile
from hotdash.jobs.precompute_tiles import precompute_tiles
from hotdash.storage.appdb.repositories.policies import PolicyDecision, decide_policy
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, Rows, order, revenue_day
from tests.fixtures.shops import SeededShop

SHOP = "hot-rod-an"
LAST = date(2026, 11, 20)


def year_of_orders(factor: int = 1) -> Rows:
    days = [LAST - timedelta(days=offset) for offset in range(0, 760, 7)]
    values = [Decimal(factor * (number * 7919 % 9973)) / 100 for number in range(len(days))]
    return {
        "fct_revenue": [
            revenue_day(SHOP, day, value) for day, value in zip(days, values, strict=True)
        ],
        "fct_orders": [
            order(SHOP, number, day, values[number], taxes=Decimal(3))
            for number, day in enumerate(days)
        ],
    }


def medians(publisher: Publisher, shop: SeededShop) -> dict[tuple[Range, Compare], tuple[str, str]]:
    found = dict[tuple[Range, Compare], tuple[str, str]]()
    for span in Range:
        for compare in Compare:
            with publisher.database.as_user(shop.owner_id) as session:
                tile = load_tile(
                    session, "sales-pulse", SHOP, Period(span, compare), publisher.clock.now()
                )
            (item,) = (each for each in tile.context if each.metric == "median_order_value")
            found[span, compare] = (str(item.value), str(item.delta))
    return found


def test_says_what_would_be_computed(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build(year_of_orders())
    computed_now = medians(publisher, shop)

    rows = len(published_tiles()) * len(Range) * len(Compare)
    assert precompute_tiles(publisher.database, [SHOP], publisher.clock) == 11 + rows

    assert medians(publisher, shop) == computed_now
    assert len({value for value, _ in computed_now.values()}) == 4


def test_is_what_tiles_read(publisher: Publisher, shop: SeededShop, database: Database) -> None:
    publisher.build(year_of_orders())
    precompute_tiles(database, [SHOP], publisher.clock)
    with database.jobs() as session:
        session.execute(text("update serving.order_value_medians set value = 4711"))

    assert {value for value, _ in medians(publisher, shop).values()} == {"4711.00"}


def test_is_done_once(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build(year_of_orders())
    precompute_tiles(publisher.database, [shop.shop_id], publisher.clock)

    assert precompute_tiles(publisher.database, [SHOP], publisher.clock) == 0


@pytest.mark.usefixtures("shop")
def test_of_an_unpublished_shop_is_nothing(publisher: Publisher) -> None:
    assert precompute_tiles(publisher.database, [SHOP], publisher.clock) == 0


def test_ends_with_the_publication(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build(year_of_orders())
    precompute_tiles(publisher.database, [SHOP], publisher.clock)
    before = medians(publisher, shop)

    publisher.build(year_of_orders(factor=2))

    assert medians(publisher, shop).keys() == before.keys()
    assert medians(publisher, shop) != before


def test_ends_with_another_decision(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build(year_of_orders())
    precompute_tiles(publisher.database, [SHOP], publisher.clock)
    before = medians(publisher, shop)[Range.DAYS_30, Compare.NONE]
    decision = PolicyDecision(
        SHOP, "include_taxes", "true", date(2020, 1, 1), publisher.clock.now(), "ana", "Tax too."
    )
    with publisher.database.jobs() as session:
        decide_policy(session, decision)

    after = medians(publisher, shop)[Range.DAYS_30, Compare.NONE]

    assert Decimal(after[0]) == Decimal(before[0]) + 3
