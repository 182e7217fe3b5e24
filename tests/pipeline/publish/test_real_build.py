"""What dbt built on either engine is what readers see, hash for hash."""

from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import PublishedMart, published_marts
from tests.fixtures.marts import rows_hash
from tests.fixtures.raw_orders import Line, Order, Product, Refund, money
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.shops import SeededShop
from tests.fixtures.touches import before, tell_journey, visit
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse
from tests.pipeline.transform.ad_histories import tell_ads
from tests.pipeline.transform.operations_histories import tell_operations

pytestmark = [pytest.mark.law(6), pytest.mark.law(8)]

MAIL = "utm_source=newsletter&utm_medium=email"
# Order 2: 120.00 sold on the 30th of October, nothing given back that day.
REPORT_OF_A_DAY = (
    {"day": date(2026, 10, 30), "orders": 1, "gross_sales": money(120)}
    | dict.fromkeys(("net_sales", "total_sales"), money(120))
    | dict.fromkeys(("discounts", "returns", "shipping", "taxes"), money(0))
)
OURS, THEIRS = "hot-rod-an", "kustom-kyoto"


@pytest.fixture
def world(built: BuiltWarehouse) -> RawWorld:
    world = built.new_world()
    world.shop(OURS, "America/Los_Angeles", "USD")
    world.shop(THEIRS, "Asia/Tokyo", "JPY")
    world.load(
        OURS,
        [
            Order(
                1,
                "2026-09-30T23:30Z",
                [Line(1, "19.99", 3, discount="5", tax="4.13", rate="0.0925")],
            ),
            Order(
                2,
                "2026-10-31T06:59:59.999999Z",
                [Line(2, "120.00")],
                status="PARTIALLY_REFUNDED",
                refunds=[Refund(1, "2026-11-01T12:00Z", lines=[(2, "60.00", "0")])],
            ),
            Order(3, "2026-10-05T12:00Z", [Line(3, "7.50", product_id=1)], status=None),
        ],
        products=[Product(1, "Hose", "2.50")],
    )
    world.load(THEIRS, [Order(1, "2026-10-01T00:00Z", [Line(1, "12000")], currency="JPY")])
    tell_journey(
        world,
        OURS,
        {
            1: [
                visit(1, before("2026-09-30T23:30Z", hours=1), MAIL),
                visit(2, before("2026-09-30T23:30Z", hours=2), "utm_medium=email"),
            ]
        },
    )
    tell_journey(
        world, THEIRS, {1: [visit(1, before("2026-10-01T00:00Z", hours=1), "utm_source=x")]}
    )
    world.slices(OURS, "shopify", {"shopify_sales_report_days": [REPORT_OF_A_DAY]})
    world.rates(OURS, ("2026-10-01", "EUR", "USD", "1.1"))
    for step in range(2):
        tell_operations(Random(step), world, OURS, step)
    tell_ads(Random(1), world, OURS, "USD")
    tell_ads(Random(2), world, THEIRS, "JPY")
    return world


def publish_build(database: Database, built: BuiltWarehouse) -> dict[tuple[str, str], Outcome]:
    as_of = {shop: {"shopify": AS_OF} for shop in (OURS, THEIRS)}
    outcomes = publish(
        database, built.warehouse, new_id(), [OURS, THEIRS], {}, as_of, FixedClock(AS_OF)
    )
    return {(each.shop_id, each.mart): each.outcome for each in outcomes}


def rows_in_serving(database: Database, mart: PublishedMart) -> list[dict[str, Any]]:
    with database.jobs() as session:
        found = session.execute(text(f"select {', '.join(mart.columns)} from api.{mart.name}"))
        return [dict(row) for row in found.mappings()]


def rows_in_warehouse(built: BuiltWarehouse, mart: PublishedMart) -> list[dict[str, Any]]:
    return built.rows(f"select {', '.join(mart.columns)} from marts.{mart.name}")


def test_readers_see_the_marts_row_by_row(
    built: BuiltWarehouse,
    world: RawWorld,
    database: Database,
    two_shops: tuple[SeededShop, SeededShop],
) -> None:
    del two_shops
    built.build()
    assert set(publish_build(database, built).values()) == {Outcome.PUBLISHED}
    assert not [mart for mart in published_marts().values() if not rows_in_serving(database, mart)]
    for mart in published_marts().values():
        served, computed = rows_in_serving(database, mart), rows_in_warehouse(built, mart)
        assert rows_hash(mart, served) == rows_hash(mart, computed)

    assert set(publish_build(database, built).values()) == {Outcome.UNCHANGED}

    world.load(OURS, [Order(4, "2026-10-06T12:00Z", [Line(4, "1.00")])])
    built.build()
    told = publish_build(database, built)
    assert told[OURS, "fct_revenue"] is Outcome.PUBLISHED
    assert {outcome for (shop, _), outcome in told.items() if shop == THEIRS} == {Outcome.UNCHANGED}
    for mart in published_marts().values():
        assert rows_hash(mart, rows_in_serving(database, mart)) == rows_hash(
            mart, rows_in_warehouse(built, mart)
        )
